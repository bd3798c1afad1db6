// What the echo servers here share.
#include "tests/interop/serving.hpp"

#include <glib-unix.h>

#include <array>
#include <cstdio>

#include "io/base/handle.hpp"
#include "io/core/async-completion.hpp"
#include "io/socket/net-listener.hpp"

namespace qio::interop {

namespace {

constexpr std::chrono::seconds patience(30);

gboolean quit(gpointer loop) noexcept {
    g_main_loop_quit(static_cast<GMainLoop*>(loop));
    return G_SOURCE_CONTINUE;
}

} // namespace

void say(const std::string& line) {
    std::printf("%s\n", line.c_str());
    std::fflush(stdout);
}

Deadline in_time() {
    return deadline_after(patience);
}

int run_server(std::size_t port, Serve serve) {
    const auto listener = NetListener::create();
    listener->set_callback([&](auto socket) {
        socket->set_delay(Hint::off);
        spawn(nullptr, serve(std::move(socket)));
    });
    const InetAddress address{.host = "127.0.0.1", .port = std::to_string(port)};
    if (const auto listening = listener->open(address); !listening) {
        std::fprintf(stderr, "%s\n", listening.error().message.c_str());
        return 1;
    }
    const Handle<GMainLoop, &g_main_loop_unref> loop(g_main_loop_new(nullptr, FALSE));
    g_unix_signal_add(SIGTERM, &quit, loop.get());
    g_unix_signal_add(SIGINT, &quit, loop.get());
    say("listening " + std::get<InetAddress>(listener->addresses().front()).port);
    g_main_loop_run(loop.get());
    return 0;
}

Co<Result<std::shared_ptr<ChannelTls>>> accept_tls(std::shared_ptr<Channel> socket,
                                                   const TlsCredentials& credentials,
                                                   const tls::ServerOptions& options) {
    const auto made = ChannelTls::server(std::move(socket), credentials, options);
    if (!made)
        co_return made.error();
    const auto tls = *made;
    const auto open = co_await completion_of<void>(
        [&](auto done) { tls->handshake({.deadline = in_time()}, std::move(done)); });
    if (!open)
        co_return open.error();
    co_return tls;
}

Co<Result<void>> echo(AsyncChannel& channel, std::size_t limit, std::size_t& count) {
    std::array<std::byte, 32 * 1024> buffer;
    while (limit == 0 || count < limit) {
        const auto received = co_await channel.read(buffer, in_time());
        if (!received)
            co_return received.error();
        if (*received == 0)
            break;
        const ByteView bytes(buffer.data(), *received);
        const auto sent = co_await channel.write_all(bytes, in_time());
        if (!sent)
            co_return sent.error();
        count += *received;
    }
    co_return Result<void>();
}

} // namespace qio::interop
