// A WebSocket client of servers that echo messages: runs its checks, and prints "ok NAME"
// or "FAILED NAME REASON" for each.
//
// A text "close CODE REASON" lets such a server close; it knows the sub-protocol
// "binary". With --deflate it must agree on compression, and its answer have each WORD of
// "--agreed WORD" in it.
#include <cstdio>

#include "io/core/async-completion.hpp"
#include "io/websock/websock-messages.hpp"
#include "tests/interop/deflate-flags.hpp"
#include "tests/interop/serving.hpp"
#include "tests/interop/tls-options.hpp"

using namespace qio;
using namespace qio::interop;

namespace {

struct Setup {
    std::size_t port = 0;
    std::string path = "/";
    TlsOptions tls;
    std::shared_ptr<TlsCredentials> credentials; ///< null: no TLS
    DeflateFlags deflate;
    std::vector<std::string> agreed; ///< parts of the answer's extensions
    bool has_no_empty = false;       ///< no messages of 0 bytes
};

Error wrong(const std::string& message) {
    return {ErrorKind::protocol, 0, message};
}

std::string pattern(std::size_t size) {
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; ++i)
        text[i] = char(i * 131 + i / 251);
    return text;
}

std::string extensions_of(const ChannelWebsock& channel) {
    const auto* field = channel.response().field("sec-websocket-extensions");
    return field ? *field : "";
}

using Opened = Result<std::shared_ptr<ChannelWebsock>>;

/// One connection to the server, ready for data.
Co<Opened> open(const Setup& setup) {
    const InetAddress address{.host = "127.0.0.1", .port = std::to_string(setup.port)};
    const auto socket = ChannelSocket::connect_wait(address, {.deadline = in_time()});
    if (!socket)
        co_return socket.error();
    (*socket)->set_delay(Hint::off);
    std::shared_ptr<Channel> below = *socket;
    if (setup.credentials) {
        const auto tls =
            ChannelTls::client(below, *setup.credentials, setup.tls.client());
        if (!tls)
            co_return tls.error();
        const auto secured = (*tls)->handshake_wait({.deadline = in_time()});
        if (!secured)
            co_return secured.error();
        below = *tls;
    }
    const auto channel =
        ChannelWebsock::client(below, {.host = "localhost:" + address.port,
                                       .path = setup.path,
                                       .sub_protocols = {"something-else", "binary"},
                                       .deflate = setup.deflate.value()});
    const auto opened = co_await completion_of<void>(
        [&](auto done) { channel->handshake({}, std::move(done)); });
    if (!opened)
        co_return opened.error();
    if (setup.deflate.value() && !channel->is_compressed())
        co_return wrong("no compression was agreed on");
    const std::string extensions = extensions_of(*channel);
    for (const auto& word : setup.agreed)
        if (!extensions.contains(word))
            co_return wrong("no " + word + " in '" + extensions + "'");
    co_return channel;
}

/// A connection with its messages.
struct Talk {
    explicit Talk(std::shared_ptr<ChannelWebsock> opened)
        : channel(std::move(opened)), messages(channel), io(channel) {}

    Co<Result<void>> send(MessageKind kind, std::string_view text,
                          MessageEnd end = MessageEnd::yes) {
        ByteView rest = as_bytes(text);
        do {
            const auto sent = co_await io.retry(
                Condition::out, [&] { return messages.send(kind, rest, end); },
                in_time());
            if (!sent)
                co_return sent.error();
            rest = rest.subspan(*sent);
        } while (!rest.empty());
        co_return Result<void>();
    }

    Co<Result<void>> expect(MessageKind kind, std::string_view text) {
        const auto message = co_await io.retry(
            Condition::in, [&] { return messages.receive_message(); }, in_time());
        if (!message)
            co_return message.error();
        if (message->is_end)
            co_return wrong("an end in place of a message");
        if (message->kind != kind || as_text(message->data) != text)
            co_return wrong("another message of " + std::to_string(message->data.size()) +
                            " bytes");
        co_return Result<void>();
    }

    std::shared_ptr<ChannelWebsock> channel;
    WebsockMessages messages;
    AsyncChannel io;
};

Co<Result<void>> end(Talk& talk, ws::CloseCode code = ws::CloseCode::normal) {
    const auto closed = co_await completion_of<void>([&](auto done) {
        talk.channel->close_gracefully(code, "done", {}, std::move(done));
    });
    if (!closed)
        co_return closed;
    const auto& said = talk.channel->peer_close();
    if (!said || said->code != code)
        co_return wrong("answered with close code " +
                        std::to_string(said && said->code ? int(*said->code) : 0));
    co_return Result<void>();
}

// ---- the checks

Co<Result<void>> echoes(Talk& talk, MessageKind kind, std::string text) {
    for (int round = 0; round < 2; ++round) {
        auto result = co_await talk.send(kind, text);
        if (result)
            result = co_await talk.expect(kind, text);
        if (!result)
            co_return result;
    }
    co_return co_await end(talk);
}

Co<Result<void>> joins_fragments(Talk& talk) {
    const std::string text = pattern(70001);
    const std::string_view all = text;
    auto result =
        co_await talk.send(MessageKind::binary, all.substr(0, 10), MessageEnd::no);
    if (result)
        result = co_await talk.send(MessageKind::binary, "", MessageEnd::no);
    if (const auto sent = talk.channel->send_ping(as_bytes("between")); !sent || !*sent)
        co_return wrong("no ping");
    if (result)
        result = co_await talk.send(MessageKind::binary, all.substr(10, 60000),
                                    MessageEnd::no);
    if (result)
        result = co_await talk.send(MessageKind::binary, all.substr(60010));
    if (result)
        result = co_await talk.expect(MessageKind::binary, text);
    if (!result)
        co_return result;
    co_return co_await end(talk);
}

Co<Result<void>> answers_pings(Talk& talk) {
    std::string answer = "none";
    talk.channel->on_pong([&](ByteView payload) { answer = as_text(payload); });
    for (const std::size_t size : {std::size_t(1), std::size_t(125)}) {
        const std::string payload = pattern(size);
        if (const auto sent = talk.channel->send_ping(as_bytes(payload)); !sent || !*sent)
            co_return wrong("no ping");
        // The pong comes before the echo of what was sent behind the ping.
        auto result = co_await talk.send(MessageKind::binary, "behind");
        if (result)
            result = co_await talk.expect(MessageKind::binary, "behind");
        if (!result)
            co_return result;
        if (answer != payload)
            co_return wrong("another pong");
    }
    co_return co_await end(talk);
}

Co<Result<void>> echoes_a_code(Talk& talk, ws::CloseCode code) {
    co_return co_await end(talk, code);
}

Co<Result<void>> is_closed_by_the_server(Talk& talk) {
    const auto sent = co_await talk.send(MessageKind::text, "close 4001 farewell");
    if (!sent)
        co_return sent;
    const auto message = co_await talk.io.retry(
        Condition::in, [&] { return talk.messages.receive_message(); }, in_time());
    if (!message)
        co_return message.error();
    const auto& said = talk.channel->peer_close();
    if (!message->is_end || !said || said->code != ws::CloseCode(4001) ||
        said->reason != "farewell")
        co_return wrong("not closed as asked");
    co_return Result<void>();
}

Co<Result<void>> has_the_sub_protocol(Talk& talk) {
    if (talk.channel->sub_protocol() != "binary")
        co_return wrong("the sub-protocol is '" + talk.channel->sub_protocol() + "'");
    co_return co_await end(talk);
}

struct Check {
    std::string name;
    std::function<Co<Result<void>>(Talk&)> run;
};

std::vector<Check> all_checks() {
    std::vector<Check> checks;
    for (const std::size_t size : {0, 1, 125, 126, 65535, 65536, 1024 * 1024})
        checks.push_back({"echo-" + std::to_string(size), [size](Talk& talk) {
                              return echoes(talk, MessageKind::binary, pattern(size));
                          }});
    checks.push_back({"text", [](Talk& talk) {
                          return echoes(talk, MessageKind::text,
                                        "gr\u00fc\u00dfe \u4e16\u754c \U0001F600");
                      }});
    checks.push_back({"fragments", &joins_fragments});
    checks.push_back({"ping", &answers_pings});
    for (const int code : {1000, 3000, 4999})
        checks.push_back({"close-" + std::to_string(code), [code](Talk& talk) {
                              return echoes_a_code(talk, ws::CloseCode(code));
                          }});
    checks.push_back({"closed-by-server", &is_closed_by_the_server});
    checks.push_back({"sub-protocol", &has_the_sub_protocol});
    return checks;
}

Co<Result<void>> run_check(const Setup& setup, const Check& check) {
    const auto opened = co_await open(setup);
    if (!opened)
        co_return opened.error();
    Talk talk(*opened);
    co_return co_await check.run(talk);
}

Co<void> run_all(const Setup& setup, GMainLoop* loop, int& status) {
    for (const auto& check : all_checks()) {
        if (setup.has_no_empty && check.name == "echo-0")
            continue;
        const auto result = co_await run_check(setup, check);
        say(result ? "ok " + check.name
                   : "FAILED " + check.name + " " + result.error().message);
        if (!result)
            status = 1;
    }
    g_main_loop_quit(loop);
}

} // namespace

int main(int argc, char** argv) {
    Setup setup;
    Options options("ws-ask");
    setup.tls.add_to(options);
    setup.deflate.add_to(options);
    options.list("--agreed", setup.agreed)
        .flag("--no-empty", setup.has_no_empty)
        .number("--port", setup.port)
        .text("--path", setup.path)
        .parse(argc, argv);
    if (!setup.tls.directory.empty()) {
        auto credentials = setup.tls.credentials(tls::Endpoint::client);
        if (!credentials)
            options.refuse(credentials.error().message);
        setup.credentials = *std::move(credentials);
    }
    const Handle<GMainLoop, &g_main_loop_unref> loop(g_main_loop_new(nullptr, FALSE));
    int status = 0;
    spawn(nullptr, run_all(setup, loop.get(), status));
    g_main_loop_run(loop.get());
    return status;
}
