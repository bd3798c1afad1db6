// WebSocket servers that accept every connection and read what comes: ours and libsoup's.
#include "tests/bench/servers.hpp"

#include <string>
#include <utility>

#include "tests/bench/harness.hpp"

namespace qio::bench {

QioServer::QioServer() : listener_(NetListener::create()) {
    listener_->set_callback(
        [this](std::shared_ptr<ChannelSocket> socket) { accept(std::move(socket)); });
    if (const auto opened = listener_->open(InetAddress{"127.0.0.1", "0"}); !opened)
        give_up(opened.error().message);
}

std::uint16_t QioServer::port() const {
    const auto addresses = listener_->addresses();
    const auto& address = std::get<InetAddress>(addresses.front());
    return std::uint16_t(std::stoi(address.port));
}

void QioServer::accept(std::shared_ptr<ChannelSocket> socket) {
    const auto channel = ChannelWebsock::server(std::move(socket));
    channel->handshake({}, [this, channel](Result<void> result) {
        if (!result)
            give_up(result.error().message);
        auto& borrowed = *channel;
        connections_.push_back(
            {channel, Watch(borrowed, Condition::in,
                            [this, &borrowed](Condition) { read(borrowed); })});
    });
}

void QioServer::read(Channel& channel) {
    std::array<std::byte, 4096> buffer;
    received_ += must(channel.read(buffer)).value_or(0);
}

LibsoupServer::LibsoupServer() : server_(soup_server_new(nullptr, nullptr)) {
    std::array<char*, 2> protocols{const_cast<char*>("binary"), nullptr};
    soup_server_add_websocket_handler(server_.get(), nullptr, nullptr, protocols.data(),
                                      on_connection, this, nullptr);
    if (!soup_server_listen_local(server_.get(), 0, SOUP_SERVER_LISTEN_IPV4_ONLY,
                                  nullptr))
        give_up("libsoup does not listen");
}

LibsoupServer::~LibsoupServer() {
    soup_server_disconnect(server_.get());
}

std::uint16_t LibsoupServer::port() const {
    GSList* const uris = soup_server_get_uris(server_.get());
    const int port = g_uri_get_port(static_cast<GUri*>(uris->data));
    g_slist_free_full(uris, reinterpret_cast<GDestroyNotify>(&g_uri_unref));
    return std::uint16_t(port);
}

void LibsoupServer::on_connection(SoupServer*, SoupServerMessage*, const char*,
                                  SoupWebsocketConnection* connection,
                                  gpointer self) noexcept {
    g_object_ref(connection);
    g_signal_connect(connection, "message", G_CALLBACK(on_message), self);
    static_cast<LibsoupServer*>(self)->connections_.emplace_back(connection);
}

void LibsoupServer::on_message(SoupWebsocketConnection*, int, GBytes* message,
                               gpointer self) noexcept {
    static_cast<LibsoupServer*>(self)->received_ += g_bytes_get_size(message);
}

} // namespace qio::bench
