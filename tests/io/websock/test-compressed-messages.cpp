// Compression as a connection uses it: agreed on, sent, received, and bounded.
#include "io/websock/websock-messages.hpp"

#include <malloc.h>

#include <random>

#include "io/websock/deflate-stream.hpp"
#include "tests/io/websock/from-hex.hpp"
#include "tests/support/scripted-channel.hpp"
#include "tests/support/stacks.hpp"
#include "tests/support/websock-peer.hpp"
#include "tests/support/websock-server.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

const std::string offer = "Sec-WebSocket-Extensions: permessage-deflate\r\n";

ws::HandshakePolicy compressing_policy(const ws::DeflateOptions& options = {}) {
    auto policy = ws::vnc_listener_policy();
    policy.deflate = options;
    return policy;
}

/// A server that has agreed to compress, in a test's hands.
struct CompressingServer : WebsockServer {
    explicit CompressingServer(const std::string& offered = offer,
                               const ChannelPair& below = make_pipe_pair(1 << 20))
        : WebsockServer(compressing_policy(), below) {
        start();
        send(upgrade_request(offered));
        run_until([this] {
            receive_response();
            return completions != 0;
        });
    }
};

/// A message as another program would compress it.
Bytes compressed(std::string_view text) {
    ws::MessageDeflater deflater({}, {});
    Bytes out(text.size() + 1000);
    const auto progress = deflater.deflate(as_bytes(text), ws::Fin::yes, out);
    out.resize(progress->produced);
    return out;
}

std::string inflated(ByteView payload) {
    ws::MessageInflater inflater({});
    Bytes out(1 << 20);
    const auto progress = inflater.inflate(payload, ws::Fin::yes, out);
    return progress && progress->done
               ? std::string(as_text(ByteView(out).first(progress->produced)))
               : "broken";
}

std::string all_messages(WebsockMessages& messages) {
    std::string list;
    for (;;) {
        const auto message = messages.receive_message();
        if (!message || !*message || (*message)->is_end)
            return list + (!message ? "error" : !*message ? "" : "end");
        list += std::string(as_text((*message)->data)) + "|";
    }
}

// O-40, O-41, P-WS-19: only if both want it.
void it_is_agreed_on_only_if_both_want_it(void**) {
    const struct {
        std::string offered;
        bool wanted;
        bool agreed;
    } cases[] = {
        {offer, true, true},
        {offer, false, false},
        {"", true, false},
        {"Sec-WebSocket-Extensions: x-other\r\n", true, false},
        {"Sec-WebSocket-Extensions: x-other\r\n" + offer, true, true},
        {"Sec-WebSocket-Extensions: permessage-deflate; unknown\r\n", true, false},
        {"Sec-WebSocket-Extensions: permessage-deflate; unknown, permessage-deflate\r\n",
         true, true},
        {"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n", true,
         true},
    };
    for (auto& [offered, wanted, agreed] : cases) {
        WebsockServer server(wanted ? compressing_policy() : ws::vnc_listener_policy());
        server.start();
        server.send(upgrade_request(offered));
        assert_true(server.wait_until_done());
        assert_false(server.error.has_value());
        server.receive_response();
        assert_int_equal(server.channel->is_compressed(), agreed);
        assert_int_equal(server.response.contains("Sec-WebSocket-Extensions: "
                                                  "permessage-deflate"),
                         agreed);
    }
}

void malformed_extensions_are_refused_where_they_are_looked_at(void**) {
    for (const bool wanted : {true, false}) {
        WebsockServer server(wanted ? compressing_policy() : ws::vnc_listener_policy());
        server.start();
        server.send(upgrade_request("Sec-WebSocket-Extensions: a;;b\r\n"));
        if (wanted)
            (void)server.peer->shutdown(Direction::write);
        assert_true(server.wait_until_done());
        server.receive_response();
        assert_int_equal(server.response.starts_with("HTTP/1.1 400 "), wanted);
    }
}

void options_out_of_range_are_refused_before_a_word(void**) {
    const ws::DeflateOptions wrong{.level = 10};
    WebsockServer server(compressing_policy(wrong));
    server.start();
    assert_true(server.wait_until_done());
    assert_true(server.error->kind == ErrorKind::invalid_argument);
    WebsockPeer peer({.host = "server.example", .deflate = wrong});
    peer.start();
    assert_true(peer.wait_until_done());
    assert_true(peer.error->kind == ErrorKind::invalid_argument);
}

// RFC 7692 §7.1: what a client must fail the connection for.
void a_client_checks_the_servers_choice(void**) {
    const struct {
        const char* fields;
        bool fits;
        bool compresses;
    } cases[] = {
        {"", true, false},
        {"Sec-WebSocket-Extensions: permessage-deflate\r\n", true, true},
        {"Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover\r\n",
         true, true},
        {"Sec-WebSocket-Extensions: permessage-bzip2\r\n", false, false},
        {"Sec-WebSocket-Extensions: permessage-deflate; unknown\r\n", false, false},
        {"Sec-WebSocket-Extensions: permessage-deflate, permessage-deflate\r\n", false,
         false},
        {"Sec-WebSocket-Extensions: permessage-deflate\r\n"
         "Sec-WebSocket-Extensions: permessage-deflate\r\n",
         false, false},
    };
    for (auto& [fields, fits, compresses] : cases) {
        WebsockPeer peer({.host = "server.example", .deflate = ws::DeflateOptions{}});
        peer.start();
        assert_true(peer.receive_request());
        assert_true(
            peer.request.contains("Sec-WebSocket-Extensions: permessage-deflate"));
        peer.send(response_to(peer.request, fields));
        assert_true(peer.wait_until_done());
        assert_int_equal(!peer.error, fits);
        assert_int_equal(peer.channel->is_compressed(), compresses);
    }
}

void compressed_and_plain_messages_mix(void**) {
    const std::string text(5000, 't');
    for (const bool whole : {true, false}) {
        CompressingServer server;
        WebsockMessages messages(server.channel);
        const Bytes packed = compressed(text);
        const auto packed_text = as_text(packed);
        server.send_frame(0xC1, packed_text);
        server.send_frame(0x81, "plain");
        server.send_frame(0x41, packed_text.substr(0, 5));
        server.send_frame(0x89, "ping");
        server.send_frame(0x00, "");
        server.send_frame(0x80, packed_text.substr(5));
        server.send_frame(0xC2, std::string_view("\0", 1)); // an empty message
        server.send_frame(0x82, "");
        server.send_frame(0x88, close_payload(1000));
        if (whole) {
            assert_true(all_messages(messages) == text + "|plain|" + text + "|||end");
            continue;
        }
        std::string list;
        Bytes buffer(7);
        for (bool over = false; !over;) {
            const auto part = messages.receive(buffer);
            assert_true(part && *part);
            list += as_text(ByteView(buffer).first((*part)->size));
            list += (*part)->is_last ? "|" : "";
            over = (*part)->is_end;
        }
        assert_true(list == text + "|plain|" + text + "|||");
    }
}

// The same as a byte stream, into buffers of any size, also larger ones.
void a_stream_is_decompressed_into_buffers_of_any_size(void**) {
    std::string text;
    for (int i = 0; i < 20'000; ++i)
        text += std::to_string(i * i);
    const auto packed = compressed(text);
    for (const std::size_t size : {1u, 100u, 20'000u, 200'000u}) {
        CompressingServer server;
        server.send_frame(0xC2, as_text(packed));
        server.send_frame(0x82, "behind");
        const auto seen = drained(*server.channel, size);
        assert_true(seen.text() == text + "behind");
        assert_true(drain() < 5);
    }
}

void what_has_come_of_a_message_is_delivered_before_its_end(void**) {
    const Bytes packed = compressed(std::string(3000, 'x') + std::string(3000, 'y'));
    for (std::size_t cut = 0; cut <= packed.size(); ++cut) {
        const ByteView come = ByteView(packed).first(cut);
        Bytes all(10'000);
        const auto expected =
            ws::MessageInflater({}).inflate(come, ws::Fin::no, all)->produced;
        CompressingServer server;
        server.send_frame(0x42, as_text(come));
        assert_int_equal(drained(*server.channel, 100).data.size(), expected);
    }
}

// Output that waits in the decompressor wakes a watch, though no byte is to come.
void a_watch_wakes_until_all_of_it_is_read(void**) {
    CompressingServer server;
    server.send_frame(0xC2, as_text(compressed(std::string(30'000, 'x'))));
    std::size_t received = 0;
    const Watch watch(*server.channel, Condition::in, [&](Condition) {
        std::byte bytes[100];
        received += server.channel->read(bytes).value().value_or(0);
    });
    assert_true(run_until([&] { return received == 30'000; }));
    assert_true(drain() < 5);
}

// P-WS-07, TRAP-12 where RSV1 has a meaning; RFC 7692 §7.2.2 for what is no compressed
// data.
void what_is_not_allowed_closes_with_its_code(void**) {
    const struct {
        const char* hex;
        int code;
    } cases[] = {
        {"A2 80 00000000", 1002},                   // RSV2
        {"92 80 00000000", 1002},                   // RSV3
        {"C9 80 00000000", 1002},                   // a compressed ping
        {"C8 80 00000000", 1002},                   // and close
        {"02 80 00000000 C0 80 00000000", 1002},    // RSV1 later on
        {"42 80 00000000 C0 80 00000000", 1002},    //
        {"C2 81 00000000 07", 1007},                // a reserved block type
        {"C2 84 00000000 FFFFFFFF", 1007},          //
        {"42 81 00000000 06 80 80 00000000", 1007}, // breaks off
    };
    for (auto& [hex, code] : cases)
        for (const bool in_messages : {true, false}) {
            CompressingServer server;
            std::optional<WebsockMessages> messages;
            if (in_messages)
                messages.emplace(server.channel);
            server.send(ws::from_hex(hex));
            const bool told = in_messages ? all_messages(*messages) == "error"
                                          : drained(*server.channel).error.has_value();
            if (!told || server.frames().size() != 1)
                print_error("%s\n", hex);
            assert_true(told);
            assert_int_equal(close_code_of(server.frames().back()), code);
        }
}

void what_came_before_a_violation_is_delivered_first(void**) {
    CompressingServer server;
    const auto packed = compressed("before");
    server.send_frame(0x42, as_text(packed));
    server.send_frame(0x82, "within a message");
    const auto seen = drained(*server.channel);
    assert_string_equal(seen.text().c_str(), "before");
    assert_true(seen.error.has_value());
}

void what_came_before_a_goodbye_is_delivered_first(void**) {
    for (const std::size_t size : {1u, 6u, 100u}) {
        CompressingServer server;
        server.send_frame(0x42, as_text(compressed("before")));
        server.send_frame(0x88, close_payload(1000));
        const auto seen = drained(*server.channel, size);
        assert_string_equal(seen.text().c_str(), "before");
        assert_true(seen.ended);
    }
}

// O-40: a message that grows without bound is stopped at the limit, or streams through.
void a_bomb_takes_no_memory(void**) {
    const Bytes bomb = compressed(std::string(60 << 20, 'b'));
    assert_true(bomb.size() < 100'000);
    {
        CompressingServer server;
        WebsockMessages messages(server.channel, 100'000);
        server.send_frame(0xC2, as_text(bomb));
        const std::size_t before = mallinfo2().uordblks;
        assert_true(messages.receive_message().error().kind == ErrorKind::limit);
        assert_true(mallinfo2().uordblks < before + (1 << 20));
        assert_int_equal(close_code_of(server.frames().back()), 1009);
    }
    CompressingServer server;
    server.send_frame(0xC2, as_text(bomb));
    Bytes sink(30'000);
    const std::size_t before = mallinfo2().uordblks;
    std::size_t received = 0;
    while (const std::size_t count = server.channel->read(sink).value().value_or(0))
        received += count;
    assert_int_equal(received, 60 << 20);
    assert_true(mallinfo2().uordblks < before + (1 << 20));
}

void messages_worth_it_are_sent_compressed(void**) {
    const std::string text(3000, 't');
    CompressingServer server;
    WebsockMessages messages(server.channel);
    (void)messages.send(MessageKind::text, as_bytes(text));
    (void)messages.send(MessageKind::binary, as_bytes("small"));
    (void)messages.send(MessageKind::text, {});
    auto& frames = server.frames();
    assert_int_equal(frames.size(), 3);
    assert_int_equal(frames[0].first_byte, 0xC1);
    assert_true(frames[0].payload.size() < 100);
    assert_true(inflated(frames[0].payload) == text);
    assert_int_equal(frames[1].first_byte, 0x82);
    assert_int_equal(frames[2].first_byte, 0x81);
}

void a_message_whose_first_part_compresses_to_nothing_keeps_its_kind(void**) {
    const std::string text(200'000, 't');
    CompressingServer server;
    WebsockMessages messages(server.channel);
    assert_int_equal(**messages.send(MessageKind::text, as_bytes(text)), text.size());
    auto& frames = server.frames();
    assert_int_equal(frames.size(), 1);
    assert_int_equal(frames[0].first_byte, 0xC1);
    assert_true(inflated(frames[0].payload) == text);
}

void writes_of_a_stream_are_sent_compressed(void**) {
    CompressingServer server;
    const std::string one(1000, 'a'), two(1000, 'b');
    // Behind many empty ones.
    std::vector<iovec> vectors(100);
    vectors.push_back(to_iovec(as_bytes(one)));
    vectors.push_back(to_iovec(as_bytes(two)));
    assert_int_equal(**server.channel->writev(vectors), 2000);
    auto& frames = server.frames();
    assert_int_equal(frames.size(), 1);
    assert_int_equal(frames[0].first_byte, 0xC2);
    assert_true(inflated(frames[0].payload) == one + two);
}

// What was compressed cannot be given back; the last byte of it is reported when all of
// it has left.
void a_write_is_reported_when_all_of_it_has_left(void**) {
    CompressingServer server(offer, make_pipe_pair(1000));
    std::mt19937 random(3);
    Bytes noise(20'000);
    for (auto& byte : noise)
        byte = std::byte(random());
    std::size_t received = 0;
    std::size_t sent = **server.channel->write(noise);
    assert_int_equal(sent, noise.size() - 1);
    const ByteView last = ByteView(noise).subspan(sent);
    assert_false(server.channel->write(last).value().has_value());
    while (true) {
        for (server.frames(); !server.parser.frames.empty();
             server.parser.frames.pop_front())
            received += server.parser.frames.front().payload.size();
        const auto count = server.channel->write(last);
        assert_true(count.has_value());
        if (*count) {
            assert_int_equal(**count, 1);
            break;
        }
        assert_true(received < noise.size());
    }
    for (auto& frame : server.frames())
        received += frame.payload.size();
    assert_in_range(received, noise.size(), noise.size() + 100);
}

/// Data that compresses well, badly or not at all, by turns.
std::string mixed(std::size_t size, unsigned seed) {
    std::mt19937 random(seed);
    std::string text;
    while (text.size() < size) {
        const std::size_t run = 1 + random() % 5000;
        const bool is_noise = random() % 2 == 0;
        for (std::size_t i = 0; i < run; ++i)
            text += is_noise ? char(random()) : char('a' + seed % 20);
    }
    text.resize(size);
    return text;
}

/// Both ends ours, and agreed on compression.
std::pair<std::shared_ptr<ChannelWebsock>, std::shared_ptr<ChannelWebsock>>
put_websock_ends_on(const ChannelPair& below, const ws::DeflateOptions& options) {
    auto client = ChannelWebsock::client(below.first,
                                         {.host = "server.example", .deflate = options});
    auto server = ChannelWebsock::server(below.second, compressing_policy(options));
    int done = 0;
    for (auto& end : {client, server})
        end->handshake({}, [&](Result<void> result) { done += !!result; });
    run_until([&] { return done == 2; });
    return {client, server};
}

// Both ends ours, masked and not, over transports that cut and block, in parts of
// messages.
void messages_survive_cutting_and_blocking(void**) {
    for (const auto& options :
         {ws::DeflateOptions{},
          ws::DeflateOptions{.own_window_bits = 9,
                             .own_takeover = ws::ContextTakeover::no,
                             .level = 9,
                             .memory_level = 1},
          ws::DeflateOptions{.level = 1, .memory_level = 9, .min_bytes = 0}})
        for (const bool client_sends : {true, false})
            for (const std::size_t chunk : {97u, 30'000u}) {
                auto [first, second] = make_pipe_pair(6000);
                const auto scripted = std::make_shared<ScriptedChannel>(
                    second, Script{.max_chunk = chunk, .block_every = 3});
                const auto ends = put_websock_ends_on(
                    {client_sends ? scripted : first, client_sends ? first : scripted},
                    options);
                assert_true(ends.first->is_compressed() && ends.second->is_compressed());
                WebsockMessages from(client_sends ? ends.first : ends.second);
                WebsockMessages to(client_sends ? ends.second : ends.first);
                std::vector<std::string> sent, received;
                for (unsigned i = 0; i < 12; ++i)
                    sent.push_back(mixed(i * i * i * 150, i));
                std::size_t next = 0, offset = 0;
                bool failed = false;
                const Watch writer(from.channel(), Condition::out, [&](Condition) {
                    while (next < sent.size() && !failed) {
                        // In parts of uneven size, the last one perhaps empty.
                        const auto rest = as_bytes(sent[next]).subspan(offset);
                        const std::size_t size =
                            std::min<std::size_t>(rest.size(), 70'000);
                        const auto end =
                            size == rest.size() ? MessageEnd::yes : MessageEnd::no;
                        const auto count =
                            from.send(MessageKind::binary, rest.first(size), end);
                        failed = !count;
                        if (!count || !*count)
                            return;
                        offset += **count;
                        if (offset == sent[next].size() && end == MessageEnd::yes) {
                            ++next;
                            offset = 0;
                        }
                    }
                });
                const Watch reader(to.channel(), Condition::in, [&](Condition) {
                    while (!failed) {
                        const auto message = to.receive_message();
                        failed = !message;
                        if (!message || !*message)
                            return;
                        received.emplace_back(as_text((*message)->data));
                    }
                });
                run_until([&] { return failed || received.size() == sent.size(); });
                assert_false(failed);
                assert_true(received == sent);
            }
}

void a_failure_at_any_operation_is_told(void**) {
    const Bytes packed = compressed(std::string(500, 'x'));
    unsigned failures = 0;
    for (unsigned n = 1; n < 30; ++n) {
        auto [peer, below] = make_pipe_pair();
        const auto scripted = std::make_shared<ScriptedChannel>(
            below, Script{.max_chunk = 40, .fail_at = n});
        WebsockServer server(compressing_policy(), {peer, scripted});
        server.start();
        server.send(upgrade_request(offer));
        assert_true(server.wait_until_done());
        if (server.error)
            continue;
        server.send_frame(0xC2, as_text(packed));
        (void)server.peer->shutdown(Direction::write);
        const auto seen = drained_to_end(*server.channel);
        assert_int_equal(seen.error.has_value(), scripted->has_failed());
        assert_true(seen.error || seen.text() == std::string(500, 'x'));
        failures += seen.error.has_value();
    }
    assert_true(failures >= 1);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(it_is_agreed_on_only_if_both_want_it),
        cmocka_unit_test(malformed_extensions_are_refused_where_they_are_looked_at),
        cmocka_unit_test(options_out_of_range_are_refused_before_a_word),
        cmocka_unit_test(a_client_checks_the_servers_choice),
        cmocka_unit_test(compressed_and_plain_messages_mix),
        cmocka_unit_test(a_stream_is_decompressed_into_buffers_of_any_size),
        cmocka_unit_test(what_has_come_of_a_message_is_delivered_before_its_end),
        cmocka_unit_test(a_watch_wakes_until_all_of_it_is_read),
        cmocka_unit_test(what_is_not_allowed_closes_with_its_code),
        cmocka_unit_test(what_came_before_a_violation_is_delivered_first),
        cmocka_unit_test(what_came_before_a_goodbye_is_delivered_first),
        cmocka_unit_test(a_bomb_takes_no_memory),
        cmocka_unit_test(messages_worth_it_are_sent_compressed),
        cmocka_unit_test(a_message_whose_first_part_compresses_to_nothing_keeps_its_kind),
        cmocka_unit_test(writes_of_a_stream_are_sent_compressed),
        cmocka_unit_test(a_write_is_reported_when_all_of_it_has_left),
        cmocka_unit_test(messages_survive_cutting_and_blocking),
        cmocka_unit_test(a_failure_at_any_operation_is_told),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
