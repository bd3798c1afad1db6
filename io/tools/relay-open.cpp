// From a relay address to a channel, and the layers upon an accepted one.
#include "io/tools/relay-open.hpp"

#include <ranges>
#include <utility>

#include "io/core/async-completion.hpp"
#include "io/tls/channel-tls.hpp"
#include "io/websock/channel-websock.hpp"

namespace qio::relay {

namespace {

// Handshakes have deadlines of their own, too; here the one of LayerOptions counts.
constexpr std::chrono::hours no_deadline{24 * 365};

const InetAddress* inet_of(const RelayAddress& address) {
    const auto* socket = std::get_if<SocketAddress>(&address.leaf);
    return socket ? std::get_if<InetAddress>(socket) : nullptr;
}

std::string host_of(const RelayAddress& address) {
    const auto* inet = inet_of(address);
    return inet ? inet->host : "localhost";
}

/// As a client names the server in its request.
std::string authority_of(const RelayAddress& address, bool is_secure) {
    const auto* inet = inet_of(address);
    if (!inet)
        return "localhost";
    const bool is_number = inet->host.contains(':');
    const std::string host = is_number ? "[" + inet->host + "]" : inet->host;
    return inet->port == (is_secure ? "443" : "80") ? host : host + ":" + inet->port;
}

bool is_tls(const Layer& layer) {
    return std::holds_alternative<TlsLayer>(layer);
}

ws::ClientHandshakeOptions client_options(const RelayAddress& address,
                                          const WsLayer& layer) {
    const bool is_secure = std::ranges::any_of(address.layers, is_tls);
    ws::ClientHandshakeOptions options;
    options.host = layer.host.empty() ? authority_of(address, is_secure) : layer.host;
    options.path = layer.path.empty() ? "/" : layer.path;
    options.sub_protocols = layer.protocol;
    options.origin = layer.origin.empty() ? "" : layer.origin.front();
    if (layer.deflate.value_or(false))
        options.deflate = ws::DeflateOptions{};
    options.deadline = no_deadline;
    return options;
}

ws::HandshakePolicy server_policy(const WsLayer& layer, Authorize authorize) {
    auto policy = ws::vnc_listener_policy();
    if (!layer.protocol.empty())
        policy.sub_protocols = layer.protocol;
    if (!layer.path.empty())
        policy.paths = {layer.path};
    if (!layer.host.empty())
        policy.hosts = {layer.host};
    if (layer.deflate.value_or(false))
        policy.deflate = ws::DeflateOptions{};
    policy.origins = layer.origin;
    if (!layer.origin.empty())
        policy.origin_rule =
            layer.origin.front() == "*" ? ws::OriginRule::any : ws::OriginRule::listed;
    policy.authorize = std::move(authorize);
    policy.deadline = no_deadline;
    return policy;
}

OperationOptions operation(const LayerOptions& options) {
    return {.context = nullptr, .deadline = options.deadline, .stop = options.stop};
}

Co<Result<ChannelRef>> shake_hands(Result<std::shared_ptr<ChannelTls>> made,
                                   LayerOptions options) {
    if (!made)
        co_return std::move(made).error().with_context("tls");
    const auto channel = *std::move(made);
    const auto limits = operation(options);
    auto done = co_await completion_of<void>([&channel, &limits](auto completion) {
        channel->handshake(limits, std::move(completion));
    });
    if (!done)
        co_return std::move(done).error().with_context("tls");
    co_return ChannelRef(channel);
}

Co<Result<ChannelRef>> shake_hands(std::shared_ptr<ChannelWebsock> channel,
                                   const WsLayer& layer, LayerOptions options) {
    const auto limits = operation(options);
    const std::chrono::milliseconds ping =
        layer.ping != 0 ? std::chrono::seconds(layer.ping) : options.heartbeat;
    auto done = co_await completion_of<void>([&channel, &limits](auto completion) {
        channel->handshake(limits, std::move(completion));
    });
    if (!done)
        co_return std::move(done).error().with_context("ws");
    if (ping.count() != 0)
        channel->start_keep_alive({.interval = ping, .answer = ping});
    co_return ChannelRef(channel);
}

Result<std::shared_ptr<ChannelTls>> make_client(const ChannelRef& channel,
                                                const TlsLayer& layer,
                                                const RelayAddress& address,
                                                CredentialStore& credentials) {
    const auto parts = QIO_TRY(credentials.get(layer, tls::Endpoint::client));
    tls::ClientOptions options;
    options.server_name = layer.name.empty() ? host_of(address) : layer.name;
    options.alpn = layer.alpn;
    options.authorization = parts.authorization;
    return ChannelTls::client(channel, *parts.credentials, std::move(options));
}

Result<std::shared_ptr<ChannelTls>> make_server(const ChannelRef& channel,
                                                const TlsLayer& layer,
                                                CredentialStore& credentials) {
    const auto parts = QIO_TRY(credentials.get(layer, tls::Endpoint::server));
    tls::ServerOptions options;
    options.authorization = parts.authorization;
    options.alpn = layer.alpn;
    return ChannelTls::server(channel, *parts.credentials, std::move(options));
}

} // namespace

Co<Result<ChannelRef>> open_target(std::shared_ptr<const RelayAddress> address,
                                   CredentialStore& credentials, LayerOptions options) {
    auto opening = open_leaf(address->leaf, options.deadline, options.stop);
    auto channel = co_await std::move(opening);
    for (const auto& layer : address->layers | std::views::reverse) {
        if (!channel)
            break;
        const auto below = *channel;
        if (const auto* tls = std::get_if<TlsLayer>(&layer)) {
            auto made = make_client(below, *tls, *address, credentials);
            auto shaking = shake_hands(std::move(made), options);
            channel = co_await std::move(shaking);
            continue;
        }
        const auto& ws = std::get<WsLayer>(layer);
        auto made = ChannelWebsock::client(below, client_options(*address, ws));
        auto shaking = shake_hands(std::move(made), ws, options);
        channel = co_await std::move(shaking);
    }
    co_return channel;
}

Co<Result<ChannelRef>> accept_layer(ChannelRef channel, const Layer& layer,
                                    CredentialStore& credentials, LayerOptions options,
                                    Authorize authorize) {
    if (const auto* tls = std::get_if<TlsLayer>(&layer)) {
        auto made = make_server(channel, *tls, credentials);
        auto shaking = shake_hands(std::move(made), std::move(options));
        co_return co_await std::move(shaking);
    }
    const auto& ws = std::get<WsLayer>(layer);
    auto made = ChannelWebsock::server(channel, server_policy(ws, std::move(authorize)));
    auto shaking = shake_hands(std::move(made), ws, std::move(options));
    co_return co_await std::move(shaking);
}

std::shared_ptr<ChannelWebsock> as_websocket(const ChannelRef& channel) {
    return std::dynamic_pointer_cast<ChannelWebsock>(channel);
}

} // namespace qio::relay
