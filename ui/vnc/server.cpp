// A VNC server for one display: listeners, clients, and what they may use of us.
#include "ui/vnc/server.hpp"

#include "ui/vnc/server-impl.hpp"

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

Result<std::size_t> Server::type_text(std::string_view utf8) {
    const auto keep = impl_; // the emulator may end us
    return keep->typer().type(utf8);
}

void Server::stop_typing() {
    const auto keep = impl_;
    keep->typer().stop();
}

Result<void> Server::give_control(std::uint64_t client) {
    return impl_->change_control([&](auto& control) { return control.give(client); });
}

Result<void> Server::refuse_control(std::uint64_t client) {
    return impl_->change_control([&](auto& control) { return control.refuse(client); });
}

void Server::take_control() {
    (void)impl_->change_control(
        [](auto& control) { return control.take(), Result<void>(); });
}

void Server::release_control() {
    (void)impl_->change_control(
        [](auto& control) { return control.release(), Result<void>(); });
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
