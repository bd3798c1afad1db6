// Messages over a WebSocket: kinds, boundaries, limits, and the queue of those sent.
#include "io/websock/websock-messages.hpp"

#include "io/websock/frame.hpp"
#include "tests/io/websock/from-hex.hpp"
#include "tests/support/scripted-channel.hpp"
#include "tests/support/stacks.hpp"
#include "tests/support/websock-peer.hpp"
#include "tests/support/websock-server.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

/// A server in a test's hands whose owner deals in messages.
struct MessageServer : OpenWebsock {
    explicit MessageServer(const ChannelPair& below = make_pipe_pair(1 << 20),
                           std::size_t max_message = 1 << 20)
        : OpenWebsock(below), messages(channel, max_message) {}
    WebsockMessages messages;
};

std::string kind_name(MessageKind kind) {
    return kind == MessageKind::text ? "text" : "binary";
}

/// All messages that are there, as "kind:data", joined by blanks; what ended it behind.
std::string all_messages(WebsockMessages& messages) {
    std::string list;
    for (;;) {
        const auto message = messages.receive_message();
        if (!message)
            return list + "error";
        if (!*message)
            return list;
        if ((*message)->is_end)
            return list + "end";
        list += kind_name((*message)->kind) + ":" +
                std::string(as_text((*message)->data)) + " ";
    }
}

/// The same, received in parts of a few bytes: "kind:part|part|".
std::string all_parts(WebsockMessages& messages, std::size_t size) {
    std::string list;
    Bytes buffer(size);
    for (bool is_first = true;;) {
        const auto part = messages.receive(buffer);
        if (!part)
            return list + "error";
        if (!*part)
            return list;
        if ((*part)->is_end)
            return list + "end";
        if (is_first)
            list += kind_name((*part)->kind) + ":";
        list += as_text(ByteView(buffer).first((*part)->size));
        is_first = (*part)->is_last;
        list += is_first ? " " : "";
    }
}

void kinds_and_boundaries_are_kept(void**) {
    for (const std::size_t size : {0u, 1u, 2u, 5u, 20'000u}) {
        MessageServer server;
        server.send_frame(0x81, "one");
        server.send_frame(0x82, "two");
        server.send_frame(0x81, "");
        server.send_frame(0x82, "");
        server.send_frame(0x01, "th");
        server.send_frame(0x89, "ping");
        server.send_frame(0x00, "");
        server.send_frame(0x00, "ree");
        server.send_frame(0x80, "");
        server.send_frame(0x02, "");
        server.send_frame(0x80, "four");
        server.send_frame(0x88, close_payload(1000));
        const auto list =
            size == 0 ? all_messages(server.messages) : all_parts(server.messages, size);
        assert_string_equal(
            list.c_str(), "text:one binary:two text: binary: text:three binary:four end");
        assert_int_equal(server.frames().size(), 2);
        assert_true(as_text(server.frames()[0].payload) == "ping");
    }
}

// A message that is not whole is neither lost nor told.
void a_message_arrives_byte_by_byte(void**) {
    MessageServer server;
    Bytes wire;
    for (const auto& frame : {client_frame(0x01, "h\xC3"), client_frame(0x89, "?"),
                              client_frame(0x80, "\xA4llo"), client_frame(0x82, "x")})
        wire.insert(wire.end(), frame.begin(), frame.end());
    std::string list;
    for (const auto byte : wire) {
        server.send(ByteView(&byte, 1));
        list += all_messages(server.messages);
    }
    assert_string_equal(list.c_str(), "text:h\xC3\xA4llo binary:x ");
}

void a_message_larger_than_all_buffers_comes_whole(void**) {
    for (const std::size_t size : {16'383u, 16'384u, 70'000u, 1'000'000u}) {
        MessageServer server(make_pipe_pair(2 << 20), size);
        std::string text(size, 'a');
        for (std::size_t i = 0; i < size; ++i)
            text[i] = char('a' + i % 23);
        server.send_frame(0x81, text);
        server.send_frame(0x82, "next");
        assert_true(all_messages(server.messages) == "text:" + text + " binary:next ");
    }
}

// Also one that is handed out where it was received.
void a_message_holds_until_the_next_call(void**) {
    for (const std::size_t size : {5u, 300u})
        for (const bool closes : {true, false}) {
            MessageServer server;
            const std::string text(size, 'm');
            server.send_frame(0x81, "first");
            server.send_frame(0x81, text);
            server.send_frame(0x81, "next");
            server.send_frame(0x88, "");
            assert_true(server.messages.receive_message().value().has_value());
            const auto message = server.messages.receive_message().value();
            (void)server.messages.send(MessageKind::text, as_bytes(text));
            if (closes)
                (void)server.channel->close();
            else
                (void)server.channel->shutdown(Direction::both);
            assert_true(as_text(message->data) == text);
        }
}

// P-WS-11, O-33, O-44: exactly at the limit, one beyond, announced, in fragments.
void a_message_beyond_the_limit_closes_with_1009(void**) {
    const struct {
        const char* hex;
        bool fits;
    } cases[] = {
        {"82 83 00000000 616263", true},
        {"82 84 00000000", false},
        {"82 84 00000000 61626364", false},
        {"82 FF 7FFFFFFFFFFFFFFF 00000000", false},
        {"02 82 00000000 6162 80 81 00000000 63", true},
        {"02 83 00000000 616263 80 80 00000000", true},
        {"02 83 00000000 616263 00 80 00000000 80 80 00000000", true},
        {"02 82 00000000 6162 80 82 00000000", false},
        {"02 83 00000000 616263 80 81 00000000", false},
    };
    for (auto& [hex, fits] : cases)
        for (const bool is_first : {true, false}) {
            MessageServer server(make_pipe_pair(), 3);
            if (!is_first)
                server.send_frame(0x82, "abc");
            server.send(ws::from_hex(hex));
            if (!is_first)
                assert_true(server.messages.receive_message().value().has_value());
            const auto message = server.messages.receive_message();
            if (fits) {
                assert_true(message.has_value() && *message);
                assert_true(as_text((*message)->data) == "abc");
                continue;
            }
            assert_false(message.has_value());
            assert_true(message.error().kind == ErrorKind::limit);
            assert_int_equal(close_code_of(server.frames().front()), 1009);
            assert_true(server.messages.receive_message().error().kind ==
                        ErrorKind::limit);
        }
}

// O-34: what is announced costs nothing before it comes.
void an_announced_message_takes_no_memory_in_advance(void**) {
    MessageServer server(make_pipe_pair(), std::size_t(1) << 40);
    server.send(ws::from_hex("82 FF 000000FF00000000 00000000 61"));
    assert_false(server.messages.receive_message().value().has_value());
}

// §8.1: the first wrong byte ends it, in whichever piece it comes.
void text_that_is_not_utf8_closes_with_1007_at_once(void**) {
    const char* const cases[] = {
        "81 81 00000000 FF",                   // no lead byte
        "81 82 00000000 C080",                 // overlong
        "81 83 00000000 EDA080",               // surrogate
        "81 84 00000000 F4908080",             // beyond U+10FFFF
        "81 81 00000000 C3",                   // ends in a character
        "01 81 00000000 C3 80 80 00000000",    // the same, in fragments
        "01 81 00000000 C3 00 81 00000000 41", // not even whole
        "81 85 00000000 61FF",                 // nor is its frame
    };
    for (const char* hex : cases)
        for (const std::size_t size : {0u, 1u, 100u}) {
            MessageServer server;
            server.send_frame(0x81, "good");
            server.send(ws::from_hex(hex));
            const auto list = size == 0 ? all_messages(server.messages)
                                        : all_parts(server.messages, size);
            assert_true(list.starts_with("text:good "));
            assert_true(list.ends_with("error"));
            assert_int_equal(close_code_of(server.frames().front()), 1007);
            assert_true(server.messages.receive_message().error().kind ==
                        ErrorKind::protocol);
        }
}

void characters_may_be_split_anywhere(void**) {
    const std::string text = "\xE2\x82\xAC\xF0\x9F\x98\x80\xC3\xA4";
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        MessageServer server;
        server.send_frame(0x01, text.substr(0, cut));
        server.send_frame(0x80, text.substr(cut));
        assert_true(all_messages(server.messages) == "text:" + text + " ");
        // A character that was whole is not carried into the next message.
        server.send_frame(0x81, text);
        assert_true(all_parts(server.messages, 1) == "text:" + text + " ");
    }
}

void an_end_within_a_message_is_an_error(void**) {
    for (const bool in_frame : {true, false}) {
        MessageServer server;
        server.send(ws::from_hex(in_frame ? "82 85 00000000 61" : "02 81 00000000 61"));
        (void)server.peer->shutdown(Direction::write);
        assert_string_equal(all_messages(server.messages).c_str(), "error");
        assert_true(server.messages.receive_message().error().kind ==
                    ErrorKind::disconnected);
    }
}

void the_other_face_is_refused(void**) {
    MessageServer server;
    std::byte byte{};
    assert_true(server.channel->read({&byte, 1}).error().kind ==
                ErrorKind::invalid_argument);
    assert_true(server.channel->write({&byte, 1}).error().kind ==
                ErrorKind::invalid_argument);
    assert_true(server.messages.receive({}).error().kind == ErrorKind::invalid_argument);
    // Nor do the two ways of receiving mix within a message.
    server.send_frame(0x82, "abc");
    assert_int_equal((*server.messages.receive({&byte, 1}))->size, 1);
    assert_true(server.messages.receive_message().error().kind ==
                ErrorKind::invalid_argument);
    Bytes rest(10);
    assert_true((*server.messages.receive(rest))->is_last);
    server.send_frame(0x02, "abc");
    assert_false(server.messages.receive_message().value().has_value());
    assert_true(server.messages.receive(rest).error().kind ==
                ErrorKind::invalid_argument);
}

void before_the_handshake_and_after_the_end_there_are_errors(void**) {
    WebsockServer server;
    WebsockMessages messages(server.channel);
    assert_true(messages.receive_message().error().kind == ErrorKind::invalid_argument);
    assert_true(messages.send(MessageKind::text, {}).error().kind ==
                ErrorKind::invalid_argument);
    assert_true(server.open());
    assert_int_equal(**messages.send(MessageKind::text, as_bytes("a")), 1);
    server.send_frame(0x88, close_payload(1000));
    assert_string_equal(all_messages(messages).c_str(), "end");
    assert_true(messages.send(MessageKind::text, {}).error().kind ==
                ErrorKind::disconnected);
    (void)server.channel->close();
    assert_true(messages.receive_message().error().kind == ErrorKind::closed);
    assert_true(messages.send(MessageKind::text, {}).error().kind == ErrorKind::closed);
}

// ---- sending

/// The frames as "first byte:payload" in hex and text.
std::string frame_list(const std::deque<ServerFrame>& frames) {
    std::string list;
    char hex[8];
    for (auto& frame : frames) {
        (void)snprintf(hex, sizeof hex, "%02x:", frame.first_byte);
        list += hex + std::string(as_text(frame.payload)) + " ";
    }
    return list;
}

void each_message_is_sent_with_its_kind(void**) {
    MessageServer server;
    auto& messages = server.messages;
    assert_int_equal(**messages.send(MessageKind::text, as_bytes("one")), 3);
    assert_int_equal(**messages.send(MessageKind::binary, as_bytes("two")), 3);
    assert_int_equal(**messages.send(MessageKind::text, {}), 0);
    assert_int_equal(**messages.send(MessageKind::binary, {}), 0);
    assert_string_equal(frame_list(server.frames()).c_str(), "81:one 82:two 81: 82: ");
}

void a_message_can_be_sent_in_parts_with_pings_between(void**) {
    MessageServer server;
    auto& messages = server.messages;
    (void)messages.send(MessageKind::text, as_bytes("be\xC3"), MessageEnd::no);
    assert_true(*server.channel->send_ping(as_bytes("?")));
    server.send_frame(0x89, "!");
    assert_string_equal(all_messages(messages).c_str(), "");
    (void)messages.send(MessageKind::text, as_bytes("\xA4g"), MessageEnd::no);
    (void)messages.send(MessageKind::text, {}, MessageEnd::yes);
    (void)messages.send(MessageKind::binary, as_bytes("x"));
    assert_string_equal(frame_list(server.frames()).c_str(),
                        "01:be\xC3 89:? 8a:! 00:\xA4g 80: 82:x ");
}

void text_that_is_not_utf8_is_not_sent(void**) {
    MessageServer server;
    auto& messages = server.messages;
    for (const char* text : {"\xFF", "a\xC3", "\xED\xA0\x80"}) {
        assert_true(messages.send(MessageKind::text, as_bytes(text)).error().kind ==
                    ErrorKind::invalid_argument);
        assert_int_equal(**messages.send(MessageKind::binary, as_bytes(text)),
                         strlen(text));
    }
    (void)messages.send(MessageKind::text, as_bytes("\xC3"), MessageEnd::no);
    assert_false(messages.send(MessageKind::text, {}).has_value());
    assert_true(messages.send(MessageKind::text, as_bytes("\xA4")).has_value());
    assert_int_equal(server.frames().size(), 5);
}

// The cork: one write of the channel below for many messages.
void messages_gathered_by_a_cork_leave_together(void**) {
    auto [peer, below] = make_pipe_pair(1 << 20);
    const auto counted = std::make_shared<ScriptedChannel>(below, Script{});
    MessageServer server({peer, counted});
    const unsigned before = counted->operations();
    server.channel->set_cork(Hint::on);
    for (int i = 0; i < 200; ++i)
        assert_int_equal(**server.messages.send(MessageKind::binary, Bytes(64)), 64);
    assert_int_equal(counted->operations(), before);
    assert_true(drain() < 3);
    assert_true(server.frames().empty());
    server.channel->set_cork(Hint::off);
    assert_int_equal(counted->operations(), before + 1);
    assert_int_equal(server.frames().size(), 200);
    // Many of them do not wait for ever.
    server.channel->set_cork(Hint::on);
    for (int i = 0; i < 2000; ++i)
        assert_int_equal(**server.messages.send(MessageKind::binary, Bytes(64)), 64);
    assert_in_range(server.frames().size(), 1900, 2200);
    assert_in_range(counted->operations(), before + 5, before + 20);
}

void what_is_queued_leaves_when_asked_to(void**) {
    MessageServer server(make_pipe_pair(1000));
    for (int i = 0; i < 5; ++i)
        (void)server.messages.send(MessageKind::binary, Bytes(500));
    std::size_t received = server.frames().size();
    assert_in_range(received, 1, 4);
    for (int i = 0; i < 4 && !*server.messages.flush(); ++i)
        received = server.frames().size();
    assert_true(*server.messages.flush());
    assert_int_equal(server.frames().size(), 5);
    server.channel->set_cork(Hint::on);
    (void)server.messages.send(MessageKind::binary, Bytes(5));
    assert_true(*server.messages.flush());
    assert_int_equal(server.frames().size(), 6);
}

// Nobody polls for what the cork holds, but a pong takes it along.
void a_pong_takes_along_what_a_cork_holds(void**) {
    MessageServer server;
    const Watch watch(*server.channel, Condition::in,
                      [&](Condition) { (void)all_messages(server.messages); });
    server.channel->set_cork(Hint::on);
    (void)server.messages.send(MessageKind::text, as_bytes("held"));
    assert_true(drain() < 5);
    assert_true(server.frames().empty());
    server.send_frame(0x89, "ping");
    drain();
    assert_string_equal(frame_list(server.frames()).c_str(), "81:held 8a:ping ");
}

void closing_takes_along_what_a_cork_holds(void**) {
    MessageServer server;
    server.channel->set_cork(Hint::on);
    (void)server.messages.send(MessageKind::text, as_bytes("held"));
    (void)server.channel->close();
    assert_string_equal(frame_list(server.frames()).substr(0, 11).c_str(), "81:held 88:");
}

// P-WS-15: what is queued has a bound; room is told by `out`.
void a_peer_that_does_not_read_stops_the_sender(void**) {
    MessageServer server(make_pipe_pair(4096));
    std::size_t sent = 0;
    while (const auto count = *server.messages.send(MessageKind::binary, Bytes(1000)))
        sent += *count;
    assert_in_range(sent, 30'000, 80'000);
    int calls = 0;
    Watch watch(*server.channel, Condition::out, [&](Condition) { ++calls; });
    drain();
    assert_int_equal(calls, 0);
    const bool woken = run_until([&] {
        server.frames();
        return calls != 0;
    });
    watch.reset();
    assert_true(woken);
    assert_int_equal(server.frames().size(), sent / 1000);
    assert_int_equal(**server.messages.send(MessageKind::binary, Bytes(1000)), 1000);
}

// What could not leave before the cork came goes on leaving.
void a_cork_does_not_hold_what_was_on_its_way(void**) {
    MessageServer server(make_pipe_pair(1000));
    for (int i = 0; i < 5; ++i)
        (void)server.messages.send(MessageKind::binary, Bytes(500));
    server.channel->set_cork(Hint::on);
    (void)server.messages.send(MessageKind::text, as_bytes("last"));
    const Watch watch(*server.channel, Condition::none, [](Condition) {});
    assert_true(run_until([&] { return server.frames().size() == 6; }));
}

// A pong does not wait until a busy sender pauses, nor do many of them fill the queue.
void a_pong_finds_its_place_between_messages(void**) {
    MessageServer server(make_pipe_pair(4096));
    std::size_t pongs = 0, messages = 0;
    for (int i = 0; i < 300; ++i) {
        // The queue is never empty: more comes than the peer takes.
        while (*server.messages.send(MessageKind::binary, Bytes(900))) {
        }
        server.send_frame(0x89, "ping");
        assert_string_equal(all_messages(server.messages).c_str(), "");
        Bytes taken(1000);
        taken.resize(**server.peer->read(taken));
        server.parser.feed(taken);
        for (auto& frames = server.parser.frames; !frames.empty(); frames.pop_front()) {
            pongs += frames.front().first_byte == 0x8A;
            messages += frames.front().first_byte == 0x82;
        }
    }
    assert_true(messages > 250);
    assert_in_range(pongs, 3, 8);
    assert_false(server.parser.is_broken);
}

/// Both ends ours, one of them over a transport that does what a script says.
struct Ends {
    explicit Ends(const Script& script, ws::Role sender)
        : pipe(make_pipe_pair(5000)),
          scripted(std::make_shared<ScriptedChannel>(pipe.second, script)) {
        const bool sends = sender == ws::Role::client;
        client = ChannelWebsock::client(sends ? scripted : pipe.first,
                                        {.host = "server.example"});
        server = ChannelWebsock::server(sends ? pipe.first : scripted);
        int done = 0;
        for (auto& end : {client, server})
            end->handshake({}, [&](Result<void>) { ++done; });
        run_until([&] { return done == 2; });
        from = std::make_unique<WebsockMessages>(sends ? client : server);
        to = std::make_unique<WebsockMessages>(sends ? server : client);
    }
    ChannelPair pipe;
    std::shared_ptr<ScriptedChannel> scripted;
    std::shared_ptr<ChannelWebsock> client, server;
    std::unique_ptr<WebsockMessages> from, to;
};

// O-04, D25: in either direction, however the transport cuts and blocks.
void messages_survive_cutting_and_blocking(void**) {
    std::vector<std::string> sent;
    for (std::size_t i = 0; i < 40; ++i)
        sent.push_back(std::string(i * i * i * 3 % 190'000, char('a' + i % 26)));
    for (const auto role : {ws::Role::client, ws::Role::server})
        for (const std::size_t chunk : {77u, 1000u, 100'000u})
            for (const unsigned block : {0u, 3u}) {
                Ends ends({.max_chunk = chunk, .block_every = block}, role);
                std::vector<std::string> received;
                std::size_t next = 0, offset = 0;
                auto send_some = [&] {
                    while (next < sent.size()) {
                        const auto rest = as_bytes(sent[next]).subspan(offset);
                        const auto count = ends.from->send(MessageKind::text, rest);
                        if (!count || !*count)
                            return;
                        offset += **count;
                        if (offset == sent[next].size()) {
                            ++next;
                            offset = 0;
                        }
                    }
                };
                const Watch writer(ends.from->channel(), Condition::out,
                                   [&](Condition) { send_some(); });
                const Watch reader(ends.to->channel(), Condition::in, [&](Condition) {
                    while (auto message = ends.to->receive_message().value())
                        received.emplace_back(as_text(message->data));
                });
                run_until([&] { return received.size() == sent.size(); });
                assert_true(received == sent);
            }
}

// IO-17, C-4: a failure is told, and every message before it came whole.
void a_failure_at_any_operation_is_told(void**) {
    unsigned failures = 0;
    for (unsigned n = 1; n < 60; ++n) {
        auto [peer, below] = make_pipe_pair();
        const auto scripted = std::make_shared<ScriptedChannel>(
            below, Script{.max_chunk = 40, .fail_at = n});
        WebsockServer server(ws::vnc_listener_policy(), {peer, scripted});
        WebsockMessages messages(server.channel);
        server.start();
        server.send(upgrade_request());
        assert_true(server.wait_until_done());
        if (server.error)
            continue;
        std::string wire;
        for (const char* text : {"one", "two", "three"})
            wire += as_text(client_frame(0x81, text));
        server.send(wire);
        (void)server.peer->shutdown(Direction::write);
        std::string list;
        run_until([&] {
            list += all_messages(messages);
            return list.ends_with("end") || list.ends_with("error");
        });
        assert_true(list.ends_with("error") || !scripted->has_failed());
        failures += list.ends_with("error");
        const std::string good = "text:one text:two text:three end";
        assert_true(list == good || good.starts_with(list.substr(0, list.size() - 5)));
    }
    assert_true(failures >= 2);
}

// No allocation per message: what is there from the first ones is enough.
void empty_and_small_messages_in_a_flood_are_bounded_work(void**) {
    auto [peer, below] = make_pipe_pair(2 << 20);
    const auto counted = std::make_shared<ScriptedChannel>(below, Script{});
    MessageServer server({peer, counted});
    // P-WS-14: a message of nothing but empty fragments.
    server.send_frame(0x02, "");
    Bytes flood;
    const Bytes frame = client_frame(0x00, "");
    while (flood.size() < 1'000'000)
        flood.insert(flood.end(), frame.begin(), frame.end());
    server.send(flood);
    const unsigned before = counted->operations();
    assert_false(server.messages.receive_message().value().has_value());
    assert_in_range(counted->operations() - before, 1, 8);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(kinds_and_boundaries_are_kept),
        cmocka_unit_test(a_message_arrives_byte_by_byte),
        cmocka_unit_test(a_message_larger_than_all_buffers_comes_whole),
        cmocka_unit_test(a_message_holds_until_the_next_call),
        cmocka_unit_test(a_message_beyond_the_limit_closes_with_1009),
        cmocka_unit_test(an_announced_message_takes_no_memory_in_advance),
        cmocka_unit_test(text_that_is_not_utf8_closes_with_1007_at_once),
        cmocka_unit_test(characters_may_be_split_anywhere),
        cmocka_unit_test(an_end_within_a_message_is_an_error),
        cmocka_unit_test(the_other_face_is_refused),
        cmocka_unit_test(before_the_handshake_and_after_the_end_there_are_errors),
        cmocka_unit_test(each_message_is_sent_with_its_kind),
        cmocka_unit_test(a_message_can_be_sent_in_parts_with_pings_between),
        cmocka_unit_test(text_that_is_not_utf8_is_not_sent),
        cmocka_unit_test(messages_gathered_by_a_cork_leave_together),
        cmocka_unit_test(what_is_queued_leaves_when_asked_to),
        cmocka_unit_test(a_pong_takes_along_what_a_cork_holds),
        cmocka_unit_test(closing_takes_along_what_a_cork_holds),
        cmocka_unit_test(a_peer_that_does_not_read_stops_the_sender),
        cmocka_unit_test(a_cork_does_not_hold_what_was_on_its_way),
        cmocka_unit_test(a_pong_finds_its_place_between_messages),
        cmocka_unit_test(messages_survive_cutting_and_blocking),
        cmocka_unit_test(a_failure_at_any_operation_is_told),
        cmocka_unit_test(empty_and_small_messages_in_a_flood_are_bounded_work),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
