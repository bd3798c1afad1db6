// Sends back what a WebSocket client sends to ws://localhost:8080/.
#include <io/core/transfer.hpp>
#include <io/socket/net-listener.hpp>
#include <io/websock/channel-websock.hpp>

void echo(std::shared_ptr<qio::Channel> channel) {
    auto watch = std::make_shared<qio::Watch>();
    *watch = qio::Watch(*channel, qio::Condition::in, [=](qio::Condition) {
        std::byte buffer[4096];
        const auto count = channel->read(buffer); // holds nothing if only a ping came
        if (!count || *count == 0u || (*count && !write_all(*channel, {buffer, **count})))
            watch->reset(); // the client has gone: lets go of the channel, too
    });
}

int main() {
    const auto listener = qio::NetListener::create();
    if (!listener->open(qio::InetAddress{.host = "localhost", .port = "8080"}))
        return 1;
    listener->set_callback([](auto socket) {
        const auto channel = qio::ChannelWebsock::server(socket);
        channel->handshake({}, [=](auto result) {
            if (result)
                echo(channel);
        });
    });
    g_main_loop_run(g_main_loop_new(nullptr, false));
}
