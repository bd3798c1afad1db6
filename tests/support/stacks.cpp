// Every pair of connected channels the contract is tested over.
#include "tests/support/stacks.hpp"

#include <gio/gio.h>
#include <sys/socket.h>

#include <array>

#include "io/gio/channel-gio.hpp"
#include "io/plain/channel-file.hpp"
#include "io/socket/channel-socket.hpp"
#include "io/websock/channel-websock.hpp"
#include "tests/support/layers.hpp"
#include "tests/support/loop.hpp"
#include "tests/support/tls.hpp"
#include "tests/support/websock-client.hpp"

namespace qio::test {

namespace {

ChannelPair make_pipe() {
    return make_pipe_pair();
}
ChannelPair make_file_pipe_pair() {
    auto pair = ChannelFile::pipes();
    g_assert(pair.has_value());
    return {pair->first, pair->second};
}
ChannelPair make_websock_over_pipe() {
    return put_websock_on(make_pipe_pair());
}
ChannelPair make_websock_over_websock() {
    return put_websock_on(put_websock_on(make_unix_pair()));
}
ChannelPair make_websock_over_tls() {
    return put_websock_on(put_tls_on(make_unix_pair()));
}

/// Up to two layers on each kind of channel: 24 stacks.
void add_layered(std::vector<Stack>& stacks) {
    using enum Layer;
    const std::vector<Layers> all_layers = {
        {},
        {tls},
        {websock},
        {tls, tls},
        {websock, tls},
        {tls, websock},
        {websock, websock},
        {compressed_websock},
    };
    const std::vector<Stack> bases = {
        {"pipe", &make_pipe}, {"unix", &make_unix_pair}, {"tcp", &make_tcp_pair}};
    for (auto& layers : all_layers)
        for (auto& base : bases)
            stacks.push_back({name_of(layers, base.name), [make = base.make, layers] {
                                  return put_layers_on(make(), layers);
                              }});
}

std::vector<Stack> make_stacks() {
    std::vector<Stack> stacks = {
        {"file pipe pair", &make_file_pipe_pair},
        {"gio socket", &make_gio_pair},
        {"websock with another client, over pipe", &make_websock_over_pipe},
        {"websock with another client, over websock", &make_websock_over_websock},
        {"websock with another client, over tls", &make_websock_over_tls},
    };
    add_layered(stacks);
    return stacks;
}

} // namespace

const std::vector<Stack>& all_stacks() {
    static const std::vector<Stack> stacks = make_stacks();
    return stacks;
}

ChannelPair make_unix_pair() {
    auto pair = ChannelSocket::socket_pair();
    g_assert(pair.has_value());
    return {pair->first, pair->second};
}

ChannelPair make_gio_pair() {
    std::array<int, 2> fds;
    const int result = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds.data());
    g_assert(result == 0);
    std::array<std::shared_ptr<Channel>, 2> ends;
    for (std::size_t i = 0; i < 2; ++i) {
        GSocket* socket = g_socket_new_from_fd(fds[i], nullptr);
        GSocketConnection* connection =
            g_socket_connection_factory_create_connection(socket);
        g_object_unref(socket);
        auto end = ChannelGio::from_stream(G_IO_STREAM(connection));
        g_object_unref(connection);
        g_assert(end.has_value());
        ends[i] = *end;
    }
    return {ends[0], ends[1]};
}

ChannelPair make_tcp_pair() {
    auto listener =
        ChannelSocket::listen(InetAddress{.host = "127.0.0.1", .port = "0"}, 1);
    g_assert(listener.has_value());
    std::shared_ptr<Channel> client;
    ChannelSocket::connect(*(*listener)->local_address(), {}, [&](auto result) {
        g_assert(result.has_value());
        client = *result;
    });
    std::shared_ptr<Channel> server;
    run_until([&] {
        if (!server)
            if (auto accepted = (*listener)->accept(); accepted && *accepted)
                server = **accepted;
        return client && server;
    });
    g_assert(client && server);
    return {client, server};
}

ChannelPair put_websock_on(ChannelPair below) {
    auto server = ChannelWebsock::server(below.second);
    bool done = false;
    server->handshake({}, [&](Result<void> result) {
        g_assert(result.has_value());
        done = true;
    });
    const std::string response = WebsockClient::shake_hands(*below.first);
    g_assert(response.starts_with("HTTP/1.1 101 "));
    run_until([&] { return done; });
    return {std::make_shared<WebsockClient>(below.first), server};
}

} // namespace qio::test
