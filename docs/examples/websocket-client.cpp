// Says something to a WebSocket server and prints what comes back:
// websocket-client HOST PORT TEXT
#include <cstdio>

#include <io/core/watch.hpp>
#include <io/socket/channel-socket.hpp>
#include <io/websock/websock-messages.hpp>

struct Conversation {
    GMainLoop* loop = g_main_loop_new(nullptr, FALSE);
    const char* text;
    int status = 1;
    std::shared_ptr<qio::ChannelWebsock> channel{};
    std::optional<qio::WebsockMessages> messages{};
    qio::Watch watch{};

    void end(const qio::Error& error) {
        std::fprintf(stderr, "%s\n", error.message.c_str());
        g_main_loop_quit(loop);
    }

    void connected(qio::Result<std::shared_ptr<qio::ChannelSocket>> socket,
                   std::string host) {
        if (!socket)
            return end(socket.error());
        channel = qio::ChannelWebsock::client(*socket, {.host = std::move(host)});
        messages.emplace(channel);
        channel->handshake({}, [this](qio::Result<void> done) {
            if (!done)
                return end(done.error());
            (void)messages->send(qio::MessageKind::binary,
                                 qio::as_bytes(std::string_view(text)));
            watch = qio::Watch(*channel, qio::Condition::in,
                               [this](qio::Condition) { receive(); });
        });
    }

    void receive() {
        const auto message = messages->receive_message();
        if (!message)
            return end(message.error());
        if (!*message) // not all of it yet
            return;
        std::printf("%.*s\n", int((*message)->data.size()),
                    qio::as_text((*message)->data).data());
        watch.reset();
        channel->close_gracefully(qio::ws::CloseCode::normal, "", {},
                                  [this](qio::Result<void>) {
                                      status = 0;
                                      g_main_loop_quit(loop);
                                  });
    }
};

int main(int argc, char** argv) {
    if (argc != 4)
        return std::fprintf(stderr, "usage: websocket-client HOST PORT TEXT\n"), 2;
    Conversation conversation{.text = argv[3]};
    const std::string host = std::string(argv[1]) + ":" + argv[2];
    qio::ChannelSocket::connect(
        qio::InetAddress{.host = argv[1], .port = argv[2]},
        {.deadline = qio::deadline_after(std::chrono::seconds(10))},
        [&](auto socket) { conversation.connected(std::move(socket), host); });
    g_main_loop_run(conversation.loop);
    return conversation.status;
}
