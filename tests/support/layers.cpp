// Putting TLS and WebSocket on a channel.
#include "tests/support/layers.hpp"

#include "io/core/async-completion.hpp"
#include "io/tls/channel-tls.hpp"
#include "io/websock/channel-websock.hpp"
#include "tests/support/loop.hpp"
#include "tests/support/tls.hpp"

namespace qio::test {

namespace {

using Made = Result<std::shared_ptr<Channel>>;

template <class Layered>
Co<Made> shake_hands(std::shared_ptr<Layered> channel, OperationOptions options) {
    auto handshake = completion_of<void>([channel, options](auto completion) {
        channel->handshake(options, std::move(completion));
    });
    const auto done = co_await handshake;
    if (!done)
        co_return done.error();
    co_return channel;
}

Co<Made> put_tls_on(std::shared_ptr<Channel> below, End end, OperationOptions options) {
    auto made =
        end == End::client
            ? ChannelTls::client(below, TestCredentials::psk(tls::Endpoint::client), {})
            : ChannelTls::server(below, TestCredentials::psk(tls::Endpoint::server));
    if (!made)
        co_return made.error();
    co_return co_await shake_hands(*made, options);
}

std::shared_ptr<ChannelWebsock> make_websock(std::shared_ptr<Channel> below, Layer layer,
                                             End end) {
    std::optional<ws::DeflateOptions> deflate;
    if (layer == Layer::compressed_websock)
        deflate = ws::DeflateOptions{.level = 1};
    if (end == End::client)
        return ChannelWebsock::client(below,
                                      {.host = "server.example", .deflate = deflate});
    auto policy = ws::vnc_listener_policy();
    policy.deflate = deflate;
    return ChannelWebsock::server(below, policy);
}

Co<Made> put_websock_on(std::shared_ptr<Channel> below, Layer layer, End end,
                        OperationOptions options) {
    auto made = make_websock(below, layer, end);
    auto shaken = co_await shake_hands(made, options);
    if (shaken && made->is_compressed() != (layer == Layer::compressed_websock))
        co_return Error{ErrorKind::protocol, 0, "compression was not agreed as asked"};
    co_return shaken;
}

} // namespace

std::string name_of(const Layers& layers, const std::string& base) {
    std::string name = base;
    for (const auto layer : layers)
        name = (layer == Layer::tls       ? "tls over "
                : layer == Layer::websock ? "websock over "
                                          : "compressed websock over ") +
               name;
    return name;
}

Co<Made> put_layers_on(std::shared_ptr<Channel> below, Layers layers, End end,
                       OperationOptions options) {
    for (const auto layer : layers) {
        auto made = layer == Layer::tls ? put_tls_on(below, end, options)
                                        : put_websock_on(below, layer, end, options);
        auto put = co_await std::move(made);
        if (!put)
            co_return put.error();
        below = *put;
    }
    co_return below;
}

ChannelPair put_layers_on(ChannelPair below, const Layers& layers) {
    ChannelPair pair;
    spawn<std::shared_ptr<Channel>>(
        nullptr, put_layers_on(below.first, layers, End::client),
        [&](Made made) { pair.first = made ? *made : nullptr; });
    spawn<std::shared_ptr<Channel>>(
        nullptr, put_layers_on(below.second, layers, End::server),
        [&](Made made) { pair.second = made ? *made : nullptr; });
    g_assert(run_until([&] { return pair.first && pair.second; }));
    return pair;
}

} // namespace qio::test
