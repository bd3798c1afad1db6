// A server and its client as coroutines: an echo with a deadline on every step.
#include <cstdio>
#include <string>

#include <io/socket/async-socket.hpp>

using namespace std::chrono_literals;

qio::Co<void> serve(std::shared_ptr<qio::Channel> channel) {
    qio::AsyncChannel io(std::move(channel));
    std::byte buffer[4096];
    for (;;) {
        const auto count = co_await io.read(buffer, qio::deadline_after(30s));
        if (!count || *count == 0)
            co_return; // the client has gone, or said nothing for too long
        if (!co_await io.write_all(std::span(buffer).first(*count)))
            co_return;
    }
}

qio::Co<void> accept(std::shared_ptr<qio::ChannelSocket> socket, std::stop_token stop) {
    qio::AsyncListener listener(std::move(socket));
    while (const auto client = co_await listener.accept({}, stop))
        qio::spawn(nullptr, serve(*client));
}

qio::Co<qio::Result<std::string>> ask(qio::SocketAddress server, std::string question) {
    const auto channel = co_await qio::async_connect(std::move(server));
    if (!channel)
        co_return channel.error();
    qio::AsyncChannel io(*channel);
    const auto sent = co_await io.write_all(qio::as_bytes(question));
    if (!sent)
        co_return sent.error();
    std::string answer(question.size(), '\0');
    const auto got = co_await io.read_all_or_end(
        std::as_writable_bytes(std::span(answer)), qio::deadline_after(5s));
    if (!got)
        co_return got.error();
    co_return answer;
}

int main() {
    const auto listener = qio::ChannelSocket::listen(
        qio::InetAddress{.host = "127.0.0.1", .port = "0"}, 16);
    if (!listener)
        return std::fprintf(stderr, "%s\n", listener.error().message.c_str()), 1;
    std::stop_source stop;
    qio::spawn(nullptr, accept(*listener, stop.get_token()));

    bool is_over = false;
    qio::spawn<std::string>(nullptr, ask(*(*listener)->local_address(), "hello"),
                            [&](qio::Result<std::string> answer) {
                                std::puts(answer ? answer->c_str()
                                                 : answer.error().message.c_str());
                                is_over = true;
                            });
    while (!is_over)
        g_main_context_iteration(nullptr, TRUE);
    stop.request_stop();
}
