// A VNC server for one display: listeners, clients, and what they may use of us.
#include "ui/vnc/server.hpp"

#include <algorithm>

#include "io/base/trace.hpp"
#include "io/core/wakeup.hpp"
#include "ui/vnc/client-list.hpp"
#include "ui/vnc/listeners.hpp"
#include "ui/vnc/update-dispatcher.hpp"

namespace qio::vnc {

namespace {

std::vector<SocketAddress> addresses_but(Speak excluded,
                                         std::vector<ListenerInfo> listeners) {
    std::vector<SocketAddress> all;
    for (auto& listener : listeners)
        if (listener.speak != excluded)
            all.push_back(std::move(listener.address));
    return all;
}

} // namespace

class Server::Impl final : public std::enable_shared_from_this<Impl>,
                           public ClientHost,
                           public Destination,
                           UpdateAudience,
                           ui::DisplayListener {
public:
    Impl(std::shared_ptr<ui::Display> display, const ServerOptions& options,
         GMainContext* context)
        : display_(std::move(display)), options_(options),
          security_(options.security ? options.security : *Security::create()),
          context_(context_or_default(context)),
          listeners_(
              {{options.max_connecting, options.max_connecting_per_address},
               options.greeting_delay,
               options.handshake_deadline},
              [this](const Visit&) { return Route{shared_from_this()}; }, context_.get()),
          goodbyes_(std::max<std::size_t>(options.max_connecting, 1), context_.get()),
          dispatcher_(*this, options.encode_threads, context_.get()),
          wakeup_([this] { take_changes(); }, context_.get()) {
        display_->add_listener(*this);
        state_ = display_->take_changes(*this);
        dispatcher_.display_changed(state_);
    }

    /// Ends everything. A client that is just ending lifts all it holds in here, too.
    void stop() {
        display_->remove_listener(*this);
        listeners_.close();
        is_stopped_ = true;
        end_all_but(nullptr);
    }

    Listeners& listeners() { return listeners_; }
    bool is_stopped() const { return is_stopped_; }
    std::size_t client_count() const { return clients_.running(); }
    std::size_t connecting_count() const {
        return clients_.size() - client_count() + listeners_.arriving();
    }
    void add(std::shared_ptr<Channel> channel, std::optional<SocketAddress> peer,
             AskWho ask);
    void connect_to(const SocketAddress& address, Completion<void> completion);
    ServerInfo info() const {
        return {listeners_.info(), clients_.infos(), clients_.total()};
    }

    // ---- Destination

    void take(Newcomer newcomer) override;

    // ---- ClientHost

    bool admit(Client& client, bool shared) override {
        const bool exclusive = !shared && options_.share != SharePolicy::ignore;
        if (exclusive && options_.share == SharePolicy::force_shared)
            return false;
        if (exclusive)
            end_all_but(&client);
        else if (has_exclusive_client())
            return false;
        if (client_count() >= options_.max_clients)
            return false;
        if (const auto info = clients_.set_running(client, shared))
            tell(options_.events.initialized, *info);
        return true;
    }

    const std::shared_ptr<Security>& security() const override { return security_; }
    const ui::DisplayChanges& display_state() const override { return state_; }
    void refresh_display() override { take_changes(); }
    UpdateSender::Loss loss() const override {
        return options_.lossy ? UpdateSender::Loss::allowed : UpdateSender::Loss::never;
    }
    bool power_control() const override { return options_.power_control; }
    void audio_listeners_changed() override {
        const bool wanted = std::ranges::any_of(
            clients_.all(), [](auto& client) { return client->wants_audio(); });
        if (!is_stopped_ && std::exchange(audio_wanted_, wanted) != wanted)
            display_->want_audio(*this, wanted);
    }
    void update_wanted() override { dispatcher_.schedule(); }
    ui::InputSink* input() const override { return display_->input(); }
    void client_ended(Client& client, const Transport& transport,
                      EndReason reason) override {
        goodbyes_.say(transport, reason);
        const auto info = clients_.remove(client);
        audio_listeners_changed();
        if (info)
            tell(options_.events.disconnected, *info);
    }

private:
    // Context: any thread.
    void display_changed() noexcept override { wakeup_.signal(); }

    void take_changes() {
        const auto keep = shared_from_this();
        state_ = display_->take_changes(*this);
        dispatcher_.display_changed(state_);
        // A client may end while it is told, and end others.
        for (const auto& client : clients_.all())
            client->display_changed();
        dispatcher_.dispatch();
    }

    // ---- UpdateAudience

    std::vector<std::shared_ptr<Client>> update_clients() const override {
        auto running = clients_.all();
        std::erase_if(running, [](auto& client) { return !client->is_running(); });
        return running;
    }
    std::shared_ptr<void> keep_alive() override { return shared_from_this(); }

    bool has_exclusive_client() const {
        return options_.share == SharePolicy::allow_exclusive &&
               std::ranges::any_of(clients_.all(), [](auto& client) {
                   return client->is_running() && !client->is_shared();
               });
    }

    void end_all_but(const Client* kept) {
        for (const auto& client : clients_.all())
            if (client.get() != kept && (kept == nullptr || client->is_running()))
                client->end(EndReason::going_away);
    }

    static void tell(const std::function<void(const ClientInfo&)>& whom,
                     const ClientInfo& info) {
        // A copy: the server, and with it the function, may go in the call.
        if (const auto function = whom)
            function(info);
    }

    const std::shared_ptr<ui::Display> display_;
    const ServerOptions options_;
    const std::shared_ptr<Security> security_;
    const ContextRef context_;
    ui::DisplayChanges state_;
    bool audio_wanted_ = false;
    Listeners listeners_;
    ClientList clients_;
    Goodbyes goodbyes_;
    UpdateDispatcher dispatcher_;
    Wakeup wakeup_;
    bool is_stopped_ = false; // but held by a client, or a router's visit
};

void Server::Impl::take(Newcomer newcomer) {
    if (is_stopped_)
        return goodbyes_.say(newcomer.transport, EndReason::going_away);
    const auto keep = shared_from_this();
    const auto client =
        std::make_shared<Client>(keep, std::move(newcomer.transport), context_.get());
    QIO_TRACE(vnc, client_accepted, "client=%p", static_cast<void*>(client.get()));
    newcomer.slot.on_evicted([weak = std::weak_ptr(client)] {
        if (const auto evicted = weak.lock())
            evicted->end(EndReason::going_away);
    });
    const std::chrono::milliseconds left(milliseconds_left(newcomer.deadline));
    const auto info =
        clients_.add(client, std::move(newcomer.info), std::move(newcomer.slot));
    client->start(left);
    tell(options_.events.connected, info);
}

void Server::Impl::add(std::shared_ptr<Channel> channel,
                       std::optional<SocketAddress> peer, AskWho ask) {
    auto slot = listeners_.slots().take(share_key(peer));
    ClientInfo info;
    info.peer = std::move(peer);
    auto transport = Transport::plain(std::move(channel));
    auto security = transport.security();
    security.is_trusted = ask == AskWho::no;
    transport.set_security(std::move(security));
    info.security = transport.security();
    take({std::move(transport), std::move(info),
          deadline_after(options_.handshake_deadline), std::move(slot)});
}

void Server::Impl::connect_to(const SocketAddress& address, Completion<void> completion) {
    ChannelSocket::connect(
        address,
        {.context = context_.get(),
         .deadline = deadline_after(options_.handshake_deadline)},
        [weak = weak_from_this(), address,
         done = std::move(completion)](auto socket) mutable {
            const auto self = weak.lock();
            if (!socket)
                return done(std::move(socket).error());
            if (!self || self->is_stopped_)
                return done(Error{ErrorKind::cancelled, 0, "the server has gone"});
            self->add(*std::move(socket), address, AskWho::yes);
            done({});
        });
}

Server::Server(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() {
    impl_->stop();
}

std::unique_ptr<Server> Server::create(std::shared_ptr<ui::Display> display,
                                       const ServerOptions& options,
                                       GMainContext* context) {
    return std::unique_ptr<Server>(
        new Server(std::make_shared<Impl>(std::move(display), options, context)));
}

Result<void> Server::listen(const SocketAddress& address) {
    return listen(address, {.speak = Speak::rfb});
}

Result<void> Server::listen_websocket(const SocketAddress& address,
                                      ws::HandshakePolicy policy) {
    return listen(address, {.speak = Speak::websocket, .websocket = std::move(policy)});
}

Result<void> Server::listen(const SocketAddress& address, ListenOptions options) {
    return impl_->listeners().open({address, std::move(options)});
}

Result<void> Server::set_listeners(std::vector<Listening> all) {
    return impl_->listeners().replace(std::move(all));
}

std::vector<SocketAddress> Server::addresses() const {
    return addresses_but(Speak::websocket, impl_->listeners().info());
}

std::vector<SocketAddress> Server::websocket_addresses() const {
    return addresses_but(Speak::rfb, impl_->listeners().info());
}

void Server::add_client(std::shared_ptr<Channel> channel, AskWho ask) {
    impl_->add(std::move(channel), std::nullopt, ask);
}

void Server::connect_to(const SocketAddress& address, Completion<void> completion) {
    impl_->connect_to(address, std::move(completion));
}

ServerInfo Server::info() const {
    return impl_->info();
}

std::weak_ptr<Destination> Server::destination() const {
    return impl_;
}

std::function<std::optional<ServerInfo>()> Server::info_source() const {
    return [weak = std::weak_ptr(impl_)]() -> std::optional<ServerInfo> {
        const auto impl = weak.lock();
        if (!impl || impl->is_stopped())
            return std::nullopt;
        return impl->info();
    };
}

std::size_t Server::client_count() const {
    return impl_->client_count();
}

std::size_t Server::connecting_count() const {
    return impl_->connecting_count();
}

} // namespace qio::vnc
