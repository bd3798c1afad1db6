// Sends back what a WebSocket client sends to ws://localhost:8080/.
#include <io/socket/net-listener.hpp>
#include <io/websock/channel-websock.hpp>

struct Session {
    qio::Watch watch;
    std::byte buffer[4096];
    std::span<std::byte> unsent; // while there is some, nothing is read
};

void echo(std::shared_ptr<qio::Channel> channel) {
    auto session = std::make_shared<Session>();
    session->watch = qio::Watch(*channel, qio::Condition::in, [=](qio::Condition) {
        auto& [watch, buffer, unsent] = *session;
        if (unsent.empty()) {
            const auto count = channel->read(buffer); // holds nothing if only a ping came
            if (!count || *count == 0u)
                return watch.reset(); // the client has gone: lets go of the channel, too
            unsent = std::span(buffer).first(count->value_or(0));
        }
        const auto count = channel->write(unsent);
        if (!count)
            return watch.reset();
        unsent = unsent.subspan(count->value_or(0));
        watch.set_condition(unsent.empty() ? qio::Condition::in : qio::Condition::out);
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
