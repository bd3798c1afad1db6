// Listens on several addresses and hands over the connections.
#include "io/socket/net-listener.hpp"

#include "io/base/trace.hpp"
#include "io/socket/listen.hpp"

namespace qio {

namespace {

using std::chrono::milliseconds;

// Connections taken per wake-up, so that a storm of them leaves time for the others.
constexpr int max_accepts_per_wakeup = 32;
constexpr milliseconds min_pause{100};
constexpr milliseconds max_pause{1000};

} // namespace

NetListener::NetListener(GMainContext* context)
    : context_(context_or_default(context)), pause_length_(min_pause) {}

NetListener::~NetListener() = default;

std::shared_ptr<NetListener> NetListener::create(GMainContext* context) {
    return std::shared_ptr<NetListener>(new NetListener(context));
}

Result<void> NetListener::open(const SocketAddress& address, int backlog) {
    for (auto& socket : QIO_TRY(listen_all(address, backlog)))
        add(std::move(socket));
    return {};
}

void NetListener::add(std::shared_ptr<ChannelSocket> socket) {
    entries_.push_back({std::move(socket), {}});
    watch_all();
}

void NetListener::set_callback(ClientCallback callback) {
    callback_ =
        callback ? std::make_shared<ClientCallback>(std::move(callback)) : nullptr;
    watch_all();
}

void NetListener::watch_all() {
    const bool wanted = callback_ != nullptr && !resume_.is_active();
    for (auto& entry : entries_) {
        if (!wanted)
            entry.watch.reset();
        else if (!entry.watch.is_active())
            entry.watch = Watch(
                *entry.socket, Condition::in,
                [this, socket = entry.socket.get()](Condition) { accept_batch(*socket); },
                context_.get());
    }
}

void NetListener::accept_batch(ChannelSocket& socket) {
    const auto self = shared_from_this();
    const auto keep_socket = socket.shared_from_this();
    for (int i = 0; i < max_accepts_per_wakeup; ++i) {
        const auto callback = callback_; // it may replace itself
        if (!callback || socket.fd() < 0)
            return;
        auto client = socket.accept();
        if (!client)
            return pause();
        if (!*client)
            return;
        pause_length_ = min_pause;
        QIO_TRACE(listener, accepted, "fd=%d", (**client)->fd());
        (*callback)(std::move(**client));
    }
}

void NetListener::pause() {
    QIO_TRACE(listener, paused, "for %d ms", int(pause_length_.count()));
    resume_ = Timer(
        pause_length_,
        [this] {
            resume_.reset();
            watch_all();
        },
        Timer::Repeat::no, context_.get());
    pause_length_ = std::min(2 * pause_length_, max_pause);
    watch_all();
}

std::vector<SocketAddress> NetListener::addresses() const {
    std::vector<SocketAddress> list;
    for (auto& entry : entries_)
        if (auto address = entry.socket->local_address())
            list.push_back(std::move(*address));
    return list;
}

void NetListener::close() {
    resume_.reset();
    for (auto& entry : std::exchange(entries_, {})) {
        entry.watch.reset();
        (void)entry.socket->close();
    }
}

} // namespace qio
