// A VNC server for one display: listeners, clients, and what they may use of us.
#include "ui/vnc/server.hpp"

#include <algorithm>

#include "io/base/trace.hpp"
#include "io/core/wakeup.hpp"
#include "io/socket/net-listener.hpp"
#include "ui/vnc/client.hpp"
#include "ui/vnc/update-dispatcher.hpp"

namespace qio::vnc {

namespace {

std::vector<SocketAddress>
addresses_of(const std::vector<std::shared_ptr<NetListener>>& listeners) {
    std::vector<SocketAddress> all;
    for (auto& listener : listeners)
        std::ranges::move(listener->addresses(), std::back_inserter(all));
    return all;
}

} // namespace

class Server::Impl final : public std::enable_shared_from_this<Impl>,
                           public ClientHost,
                           UpdateAudience,
                           ui::DisplayListener {
public:
    using MakeTransport = std::function<Transport(std::shared_ptr<ChannelSocket>)>;
    using Listeners = std::vector<std::shared_ptr<NetListener>>;

    Impl(std::shared_ptr<ui::Display> display, const ServerOptions& options,
         GMainContext* context)
        : display_(std::move(display)), options_(options),
          security_(options.security ? options.security : *Security::create()),
          context_(context_or_default(context)),
          goodbyes_(std::max<std::size_t>(options.max_connecting, 1), context_.get()),
          dispatcher_(*this, options.encode_threads, context_.get()),
          wakeup_([this] { take_changes(); }, context_.get()) {
        display_->add_listener(*this);
        state_ = display_->take_changes(*this);
        dispatcher_.display_changed(state_);
    }

    /// Ends everything. A client that is just ending lifts all it holds in here, too.
    void stop() {
        stopped_ = true;
        display_->remove_listener(*this);
        close_listeners(plain_);
        close_listeners(websocket_);
        end_all_but(nullptr);
    }

    Result<void> listen(Listeners& listeners, const SocketAddress& address,
                        MakeTransport make) {
        auto listener = NetListener::create(context_.get());
        QIO_TRY(listener->open(address));
        listener->set_callback(
            [this, make = std::move(make)](std::shared_ptr<ChannelSocket> socket) {
                add(make(std::move(socket)));
            });
        listeners.push_back(std::move(listener));
        return {};
    }

    void add(Transport transport) {
        if (connecting_count() >= options_.max_connecting)
            end_oldest_connecting();
        const auto client = std::make_shared<Client>(
            shared_from_this(), std::move(transport), context_.get());
        QIO_TRACE(vnc, client_accepted, "client=%p", static_cast<void*>(client.get()));
        clients_.push_back(client);
        client->start(options_.handshake_deadline);
    }

    std::size_t client_count() const {
        return std::size_t(std::ranges::count_if(
            clients_, [](auto& client) { return client->is_running(); }));
    }
    std::size_t connecting_count() const { return clients_.size() - client_count(); }

    // ---- ClientHost

    bool admit(Client& client, bool shared) override {
        const bool exclusive = !shared && options_.share != SharePolicy::ignore;
        if (exclusive && options_.share == SharePolicy::force_shared)
            return false;
        if (exclusive)
            end_all_but(&client);
        else if (has_exclusive_client())
            return false;
        return client_count() < options_.max_clients;
    }

    const std::shared_ptr<Security>& security() const override { return security_; }
    const ui::DisplayChanges& display_state() const override { return state_; }
    void refresh_display() override { take_changes(); }
    bool power_control() const override { return options_.power_control; }
    void audio_listeners_changed() override {
        const bool wanted = std::ranges::any_of(
            clients_, [](auto& client) { return client->wants_audio(); });
        if (!stopped_ && std::exchange(audio_wanted_, wanted) != wanted)
            display_->want_audio(*this, wanted);
    }
    void update_wanted() override { dispatcher_.schedule(); }
    ui::InputSink* input() const override { return display_->input(); }
    void client_ended(Client& client, const Transport& transport,
                      EndReason reason) override {
        goodbyes_.say(transport, reason);
        std::erase_if(clients_, [&](auto& other) { return other.get() == &client; });
        audio_listeners_changed();
    }

    Listeners plain_;
    Listeners websocket_;

private:
    // Context: any thread.
    void display_changed() noexcept override { wakeup_.signal(); }

    void take_changes() {
        const auto keep = shared_from_this();
        state_ = display_->take_changes(*this);
        dispatcher_.display_changed(state_);
        // A client may end while it is told, and end others.
        for (const auto& client : std::vector(clients_))
            client->display_changed();
        dispatcher_.dispatch();
    }

    // ---- UpdateAudience

    std::vector<std::shared_ptr<Client>> update_clients() const override {
        std::vector<std::shared_ptr<Client>> running;
        std::ranges::copy_if(clients_, std::back_inserter(running),
                             [](auto& client) { return client->is_running(); });
        return running;
    }
    std::shared_ptr<void> keep_alive() override { return shared_from_this(); }

    bool has_exclusive_client() const {
        return options_.share == SharePolicy::allow_exclusive &&
               std::ranges::any_of(clients_, [](auto& client) {
                   return client->is_running() && !client->is_shared();
               });
    }

    void end_all_but(const Client* kept) {
        for (const auto& client : std::vector(clients_))
            if (client.get() != kept && (kept == nullptr || client->is_running()))
                client->end(EndReason::going_away);
    }

    void end_oldest_connecting() {
        const auto oldest = std::ranges::find_if(
            clients_, [](auto& client) { return !client->is_running(); });
        if (oldest == clients_.end())
            return;
        const auto client = *oldest;
        client->end(EndReason::going_away);
    }

    static void close_listeners(Listeners& listeners) {
        for (auto& listener : listeners) {
            listener->set_callback({});
            listener->close();
        }
    }

    const std::shared_ptr<ui::Display> display_;
    const ServerOptions options_;
    const std::shared_ptr<Security> security_;
    const ContextRef context_;
    ui::DisplayChanges state_;
    bool audio_wanted_ = false;
    bool stopped_ = false;                         // the display no longer knows us
    std::vector<std::shared_ptr<Client>> clients_; // in the order they came
    Goodbyes goodbyes_;
    UpdateDispatcher dispatcher_;
    Wakeup wakeup_;
};

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
    return impl_->listen(impl_->plain_, address,
                         [](std::shared_ptr<ChannelSocket> socket) {
                             return Transport::plain(std::move(socket));
                         });
}

Result<void> Server::listen_websocket(const SocketAddress& address,
                                      ws::HandshakePolicy policy) {
    return impl_->listen(
        impl_->websocket_, address,
        [policy = std::move(policy)](std::shared_ptr<ChannelSocket> socket) {
            return Transport::websocket(std::move(socket), policy);
        });
}

std::vector<SocketAddress> Server::addresses() const {
    return addresses_of(impl_->plain_);
}

std::vector<SocketAddress> Server::websocket_addresses() const {
    return addresses_of(impl_->websocket_);
}

void Server::add_client(std::shared_ptr<Channel> channel, AskWho ask) {
    auto transport = Transport::plain(std::move(channel));
    auto security = transport.security();
    security.is_trusted = ask == AskWho::no;
    transport.set_security(std::move(security));
    impl_->add(std::move(transport));
}

std::size_t Server::client_count() const {
    return impl_->client_count();
}

std::size_t Server::connecting_count() const {
    return impl_->connecting_count();
}

} // namespace qio::vnc
