// Where connections come from, and those that are not sorted yet.
#include "ui/vnc/listeners.hpp"

#include <algorithm>
#include <map>

#include "io/base/trace.hpp"

namespace qio::vnc {

namespace {

constexpr std::chrono::seconds browser_memory{2};

bool contains(const auto& list, const auto& value) {
    return std::ranges::find(list, value) != list.end();
}

} // namespace

Listeners::Listeners(const Settings& settings, Router router, GMainContext* context)
    : settings_(settings), router_(std::move(router)), context_(context),
      slots_(settings.limits) {}

Listeners::~Listeners() {
    close();
}

Result<std::shared_ptr<Listeners::Entry>>
Listeners::make_entry(const Listening& listening) const {
    const auto& options = listening.options;
    QIO_TRY(ws::check(options.websocket));
    const auto entry = std::make_shared<Entry>();
    entry->wanted = listening.address;
    entry->listener = NetListener::create(context_);
    entry->options = std::make_shared<const ListenOptions>(options);
    QIO_TRY(entry->listener->open(listening.address, options.backlog));
    return entry;
}

/// The callback is what keeps an entry, until close() takes it away.
void Listeners::serve(const std::shared_ptr<Entry>& entry) {
    entry->listener->set_callback([this, entry](std::shared_ptr<ChannelSocket> socket) {
        accepted(entry->options, std::move(socket));
    });
    entries_.push_back(entry);
}

Result<void> Listeners::open(Listening listening) {
    serve(QIO_TRY(make_entry(listening)));
    return {};
}

/// By what was asked for, or by what came of it. Any free port is never the same one.
std::shared_ptr<Listeners::Entry> Listeners::find(const SocketAddress& address) const {
    const auto found = std::ranges::find_if(entries_, [&](auto& entry) {
        const auto* inet = std::get_if<InetAddress>(&address);
        return (entry->wanted == address && (inet == nullptr || inet->port != "0")) ||
               contains(entry->listener->addresses(), address);
    });
    return found != entries_.end() ? *found : nullptr;
}

Result<void> Listeners::replace(std::vector<Listening> all) {
    Entries fresh;
    std::map<std::shared_ptr<Entry>, const ListenOptions*> kept;
    for (const auto& listening : all) {
        QIO_TRY(ws::check(listening.options.websocket));
        const auto entry = find(listening.address);
        if (!entry || !kept.emplace(entry, &listening.options).second)
            fresh.push_back(QIO_TRY(make_entry(listening)));
    }
    // From here on nothing fails.
    const auto old = std::exchange(entries_, {});
    for (const auto& entry : old) {
        const auto found = kept.find(entry);
        if (found == kept.end()) {
            close(*entry);
            continue;
        }
        entry->options = std::make_shared<const ListenOptions>(*found->second);
        entries_.push_back(entry);
    }
    for (const auto& entry : fresh)
        serve(entry);
    return {};
}

void Listeners::close(Entry& entry) {
    entry.listener->set_callback({});
    entry.listener->close();
}

void Listeners::close() {
    for (const auto& entry : std::exchange(entries_, {}))
        close(*entry);
    for (const auto& arrival : std::exchange(arrivals_, {}))
        arrival->abort();
}

std::vector<ListenerInfo> Listeners::info() const {
    std::vector<ListenerInfo> all;
    for (const auto& entry : entries_)
        for (auto& address : entry->listener->addresses())
            all.push_back({std::move(address), entry->options->speak,
                           entry->options->credentials != nullptr});
    return all;
}

/// Whatever is called from here may destroy this object.
void Listeners::accepted(const std::shared_ptr<const ListenOptions>& options,
                         std::shared_ptr<ChannelSocket> socket) {
    ArrivalHost& host = *this;
    const auto remote = socket->remote_address();
    auto peer = remote ? std::optional(*remote) : std::nullopt;
    const std::weak_ptr<const bool> alive = alive_;
    auto slot = slots_.take(share_key(peer)); // perhaps another's, who has to go
    if (alive.expired())
        return;
    Arrival::Terms terms{options,
                         std::move(peer),
                         Clock::now(),
                         settings_.greeting_delay,
                         settings_.browser_delay,
                         deadline_after(settings_.deadline),
                         context_};
    const bool needs_path = settings_.needs_path && options->speak == Speak::websocket;
    if (!Arrival::must_look(*options) && !needs_path)
        return Arrival::take_at_once(host, std::move(socket), terms, std::move(slot));
    const auto arrival = std::make_shared<Arrival>(host, std::move(socket),
                                                   std::move(terms), std::move(slot));
    arrivals_.push_back(arrival);
    arrival->start();
}

void Listeners::speaks_http(const std::optional<SocketAddress>& peer) {
    browsers_.is_here(share_key(peer), Clock::now());
}

/// A browser opens connections while it asks for something, or just before.
bool Listeners::is_browsing(const std::optional<SocketAddress>& peer,
                            Clock::time_point around) const {
    return browsers_.was_here_since(share_key(peer), around - browser_memory);
}

void Listeners::arrival_ended(Arrival& arrival) {
    std::erase_if(arrivals_, [&](auto& other) { return other.get() == &arrival; });
}

} // namespace qio::vnc
