// Listens on several addresses and hands over the connections.
#include "io/socket/net-listener.hpp"

#include <algorithm>

#include "io/base/trace.hpp"
#include "io/socket/listen.hpp"

namespace qio {

namespace {

using std::chrono::milliseconds;

// Connections taken per wake-up, so that a storm of them leaves time for the others.
constexpr int max_accepts_per_wakeup = 32;
constexpr milliseconds min_pause{100};
constexpr milliseconds max_pause{1000};

ContextRef new_reference(const ContextRef& context) {
    return ContextRef(g_main_context_ref(context.get()));
}

/// The next connection of any of the sockets, if one waits.
Result<NetListener::Client> accept_any(const std::vector<NetListener::Client>& sockets) {
    for (const auto& socket : sockets)
        if (auto client = QIO_TRY(socket->accept()))
            return *std::move(client);
    return NetListener::Client();
}

Result<NetListener::Client>
wait_for_client(const std::vector<NetListener::Client>& sockets,
                const WaitOptions& options) {
    const ContextRef context(g_main_context_new());
    std::vector<Watch> watches;
    for (const auto& socket : sockets)
        watches.emplace_back(*socket, Condition::in, [](Condition) {}, context.get());
    Timer deadline;
    if (options.deadline)
        deadline = Timer(
            milliseconds(milliseconds_left(options.deadline)), [] {}, Timer::Repeat::yes,
            context.get());
    const auto wake_up = [&] { g_main_context_wakeup(context.get()); };
    const std::stop_callback stop(options.stop, wake_up);
    for (;;) {
        if (options.stop.stop_requested())
            return Error{ErrorKind::cancelled, 0, "the wait was cancelled"};
        if (auto client = QIO_TRY(accept_any(sockets)))
            return client;
        if (milliseconds_left(options.deadline) == 0)
            return Error{ErrorKind::timed_out, 0, "the deadline passed"};
        g_main_context_iteration(context.get(), TRUE);
    }
}

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

void NetListener::add(Client socket) {
    {
        const std::lock_guard lock(mutex_);
        if (!name_.empty())
            socket->set_name(name_);
        entries_.push_back({std::move(socket), {}});
    }
    update();
}

void NetListener::set_name(std::string name) {
    const std::lock_guard lock(mutex_);
    name_ = std::move(name);
}

void NetListener::set_callback(ClientCallback callback) {
    std::shared_ptr<Handler> handler;
    if (callback) {
        const std::lock_guard lock(mutex_);
        const auto& context = handler_ ? handler_->context : context_;
        handler = std::make_shared<Handler>(std::move(callback), new_reference(context));
    }
    replace(std::move(handler));
}

void NetListener::set_callback(ClientCallback callback, GMainContext* context) {
    std::shared_ptr<Handler> handler;
    if (callback)
        handler =
            std::make_shared<Handler>(std::move(callback), context_or_default(context));
    replace(std::move(handler));
}

void NetListener::replace(std::shared_ptr<Handler> handler) {
    {
        const std::lock_guard lock(mutex_);
        handler_.swap(handler);
    }
    update();
    // The old one goes here, without the lock: what it holds may come back to us.
}

/// The handler, if the watches are already where it belongs. Context: a watch's.
std::shared_ptr<NetListener::Handler> NetListener::handler_here() const {
    const std::lock_guard lock(mutex_);
    return handler_ && handler_->context == context_ ? handler_ : nullptr;
}

/// Brings the watches in line with the handler. They are touched on their own context
/// only: here and now, or a moment later.
void NetListener::update() {
    bool done = false;
    while (!done) {
        ContextRef context;
        {
            const std::lock_guard lock(mutex_);
            context = new_reference(context_);
        }
        if (!g_main_context_is_owner(context.get()))
            return post(context.get(), [weak = weak_from_this()] {
                if (const auto self = weak.lock())
                    self->update();
            });
        const std::lock_guard lock(mutex_);
        if (context != context_)
            continue;
        done = !handler_ || handler_->context == context_;
        done ? watch_all_locked() : move_locked();
    }
}

/// The old watches go before there are new ones: no connection has two takers.
void NetListener::move_locked() {
    for (auto& entry : entries_)
        entry.watch.reset();
    resume_.reset();
    context_ = new_reference(handler_->context);
}

void NetListener::watch_all_locked() {
    const bool wanted = handler_ != nullptr && !resume_.is_active();
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
        const auto handler = handler_here(); // it may replace itself
        if (!handler || socket.fd() < 0)
            return;
        auto client = socket.accept();
        if (!client)
            return pause();
        if (!*client)
            return;
        {
            const std::lock_guard lock(mutex_);
            pause_length_ = min_pause;
        }
        QIO_TRACE(listener, accepted, "fd=%d", (**client)->fd());
        handler->function(std::move(**client));
    }
}

void NetListener::pause() {
    {
        const std::lock_guard lock(mutex_);
        QIO_TRACE(listener, paused, "for %d ms", int(pause_length_.count()));
        resume_ =
            Timer(pause_length_, [this] { resume(); }, Timer::Repeat::no, context_.get());
        pause_length_ = std::min(2 * pause_length_, max_pause);
    }
    update();
}

void NetListener::resume() {
    {
        const std::lock_guard lock(mutex_);
        resume_.reset();
    }
    update();
}

Result<NetListener::Client> NetListener::accept_wait(const WaitOptions& options) {
    const auto self = shared_from_this();
    const auto waiting_on = sockets();
    if (waiting_on.empty())
        return Error{ErrorKind::invalid_argument, 0,
                     "the listener has no sockets; open an address first"};
    std::shared_ptr<Handler> resting;
    {
        const std::lock_guard lock(mutex_);
        resting.swap(handler_);
    }
    update();
    auto client = wait_for_client(waiting_on, options);
    {
        const std::lock_guard lock(mutex_);
        if (!handler_) // nobody set another one meanwhile
            handler_.swap(resting);
    }
    update();
    return client;
}

bool NetListener::is_connected() const {
    const std::lock_guard lock(mutex_);
    return !entries_.empty();
}

std::vector<NetListener::Client> NetListener::sockets() const {
    const std::lock_guard lock(mutex_);
    std::vector<Client> list;
    for (auto& entry : entries_)
        list.push_back(entry.socket);
    return list;
}

std::vector<SocketAddress> NetListener::addresses() const {
    std::vector<SocketAddress> list;
    for (auto& socket : sockets())
        if (auto address = socket->local_address())
            list.push_back(std::move(*address));
    return list;
}

void NetListener::close() {
    std::vector<Entry> entries;
    {
        const std::lock_guard lock(mutex_);
        resume_.reset();
        entries.swap(entries_);
    }
    for (auto& entry : entries) {
        entry.watch.reset();
        (void)entry.socket->close();
    }
}

} // namespace qio
