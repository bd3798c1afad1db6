// A WebSocket server that echoes, for tests with real clients: the byte stream of each,
// or its messages. With --deflate it takes only those that agree on compression.
#include "io/core/async-completion.hpp"
#include "io/websock/websock-messages.hpp"
#include "tests/interop/deflate-flags.hpp"
#include "tests/interop/serving.hpp"
#include "tests/interop/tls-options.hpp"

using namespace qio;
using namespace qio::interop;

namespace {

struct Setup {
    ws::HandshakePolicy policy;
    std::shared_ptr<TlsCredentials> credentials; ///< null: no TLS
    bool has_messages = false;
};

ws::ClosePayload ordinary_close() {
    return {ws::CloseCode::normal, {}};
}

/// "close CODE REASON": what the client wants to be told.
std::optional<ws::ClosePayload> asked_close(const Message& message) {
    const std::string text(as_text(message.data));
    int code = 0, end = 0;
    if (message.kind != MessageKind::text ||
        std::sscanf(text.c_str(), "close %d %n", &code, &end) != 1 || end == 0)
        return std::nullopt;
    return ws::ClosePayload{ws::CloseCode(code), text.substr(std::size_t(end))};
}

/// Returns how to close.
Co<Result<ws::ClosePayload>> echo_messages(std::shared_ptr<ChannelWebsock> channel) {
    WebsockMessages messages(channel);
    AsyncChannel io(channel);
    for (;;) {
        const auto message = co_await io.retry(
            Condition::in, [&] { return messages.receive_message(); }, in_time());
        if (!message)
            co_return message.error();
        if (message->is_end)
            co_return ordinary_close();
        if (const auto close = asked_close(*message))
            co_return *close;
        // At least one call, since a message may be empty.
        ByteView rest = message->data;
        do {
            const auto sent = co_await io.retry(
                Condition::out, [&] { return messages.send(message->kind, rest); },
                in_time());
            if (!sent)
                co_return sent.error();
            rest = rest.subspan(*sent);
        } while (!rest.empty());
    }
}

Co<void> echo_stream(std::shared_ptr<ChannelWebsock> channel) {
    AsyncChannel io(channel);
    std::size_t count = 0;
    (void)co_await echo(io, 0, count);
}

Co<void> serve(std::shared_ptr<ChannelSocket> socket, const Setup& setup) {
    std::shared_ptr<Channel> below = socket;
    if (setup.credentials) {
        const auto tls = co_await accept_tls(socket, *setup.credentials, {});
        if (!tls)
            co_return;
        below = *tls;
    }
    const auto channel = ChannelWebsock::server(below, setup.policy);
    const auto open = co_await completion_of<void>(
        [&](auto done) { channel->handshake({}, std::move(done)); });
    if (!open)
        co_return;
    auto close = ordinary_close();
    if (setup.policy.deflate && !channel->is_compressed())
        close = {ws::CloseCode(4000), "no compression was agreed on"};
    else if (setup.has_messages)
        close = (co_await echo_messages(channel)).value_or(close);
    else
        co_await echo_stream(channel);
    // Lets the last frame, perhaps a close frame that says what was wrong, arrive.
    (void)co_await completion_of<void>([&](auto done) {
        channel->close_gracefully(*close.code, close.reason, {}, std::move(done));
    });
}

} // namespace

int main(int argc, char** argv) {
    Setup setup;
    TlsOptions tls;
    DeflateFlags deflate;
    std::size_t port = 0;
    Options options("ws-echo");
    tls.add_to(options);
    deflate.add_to(options);
    options.number("--port", port)
        .list("--sub-protocol", setup.policy.sub_protocols)
        .flag("--messages", setup.has_messages)
        .parse(argc, argv);
    setup.policy.deflate = deflate.value();
    if (!tls.directory.empty()) {
        auto credentials = tls.credentials(tls::Endpoint::server);
        if (!credentials)
            options.refuse(credentials.error().message);
        setup.credentials = *std::move(credentials);
    }
    return run_server(port, [&](auto socket) { return serve(std::move(socket), setup); });
}
