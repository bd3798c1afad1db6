// Frames over a channel: what is delivered, answered and refused.
#include "io/websock/channel-websock.hpp"

#include "tests/io/websock/from-hex.hpp"
#include "tests/support/scripted-channel.hpp"
#include "tests/support/websock-server.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;
using ws::from_hex;

namespace {

struct Violation {
    const char* name;
    int code;
    Bytes bytes;
    const char* delivered = ""; // of these bytes, in front of the violation
};

std::vector<Violation> violations() {
    std::vector<Violation> list = {
        // P-WS-06
        {"unmasked", 1002, from_hex("82 01 61")},
        {"unmasked and empty", 1002, from_hex("82 00")},
        {"unmasked close", 1002, from_hex("88 02 03 E8")},
        // P-WS-07, O-40, TRAP-12
        {"RSV1", 1002, from_hex("C2 81 00000000 61")},
        {"RSV2", 1002, from_hex("A2 81 00000000 61")},
        {"RSV3", 1002, from_hex("92 81 00000000 61")},
        {"RSV1 on a ping", 1002, from_hex("C9 80 00000000")},
        // P-WS-08
        {"text", 1003, from_hex("81 81 00000000 61")},
        {"empty text", 1003, from_hex("81 80 00000000")},
        // P-WS-09
        {"fragmented ping", 1002, from_hex("09 80 00000000")},
        {"fragmented close", 1002, from_hex("08 80 00000000")},
        {"ping of 126", 1002, from_hex("89 FE 007E 00000000")},
        {"ping in 64-bit form", 1002, from_hex("89 FF 0000000000010000 00000000")},
        // P-WS-10
        {"continuation first", 1002, from_hex("80 80 00000000")},
        {"open continuation first", 1002, from_hex("00 81 00000000 61")},
        {"message within a message", 1002,
         from_hex("02 81 00000000 61 82 81 00000000 62"), "a"},
        {"text within a message", 1002, from_hex("02 81 00000000 61 01 81 00000000 62"),
         "a"},
        // P-WS-11, O-32
        {"length 2^63", 1002, from_hex("82 FF 8000000000000000 00000000")},
        {"length 2^64-1", 1002, from_hex("82 FF FFFFFFFFFFFFFFFF 00000000")},
        {"125 in 16 bits", 1002, from_hex("82 FE 007D 00000000")},
        {"65535 in 64 bits", 1002, from_hex("82 FF 000000000000FFFF 00000000")},
        // P-WS-17, O-36
        {"close of one byte", 1002, client_frame(0x88, "x")},
        {"close reason cut", 1007, client_frame(0x88, close_payload(1000, "\xE2\x82"))},
        {"close reason wrong", 1007, client_frame(0x88, close_payload(1000, "\xFF"))},
    };
    for (unsigned opcode : {3u, 4u, 5u, 6u, 7u, 11u, 12u, 13u, 14u, 15u})
        list.push_back({"reserved opcode", 1002, client_frame(0x80 | opcode, "")});
    for (unsigned code :
         {0u, 1u, 999u, 1004u, 1005u, 1006u, 1015u, 1016u, 2999u, 5000u, 65535u})
        list.push_back(
            {"close code", 1002, client_frame(0x88, close_payload(code, "r"))});
    return list;
}

/// Whether the last frame says `code`, is the only close frame, and the end came behind.
bool closed_with(OpenWebsock& server, int code) {
    auto& frames = server.frames();
    return frames.size() == 1 && close_code_of(frames.back()) == code &&
           server.peer_ended && !server.parser.is_broken;
}

// P-WS-06 … P-WS-11, TRAP-12, IO-07, D22: what came before is delivered, then the error.
void every_violation_closes_with_its_code(void**) {
    for (auto& [name, code, bytes, delivered] : violations())
        for (const std::size_t step : {bytes.size(), std::size_t(1)}) {
            OpenWebsock server;
            server.send_frame(0x82, "good");
            std::string received;
            std::optional<Error> error;
            for (std::size_t at = 0; at < bytes.size() && !error; at += step) {
                server.send(ByteView(bytes).subspan(at, step));
                auto more = drained(*server.channel);
                received += more.text();
                error = more.error;
            }
            if (received != std::string("good") + delivered || !error)
                print_error("%s: '%s'\n", name, received.c_str());
            assert_true(received == std::string("good") + delivered);
            assert_true(error && error->kind == ErrorKind::protocol);
            assert_false(error->message.empty());
            const bool closed = closed_with(server, code);
            if (!closed)
                print_error("%s\n", name);
            assert_true(closed);
            // The error stays, and nothing more is said or heard.
            server.send_frame(0x82, "more");
            server.send_frame(0x89, "ping");
            const auto again = drained(*server.channel);
            assert_true(again.data.empty() && again.error->message == error->message);
            assert_true(server.channel->write(as_bytes("x")).error().kind ==
                        ErrorKind::disconnected);
            assert_int_equal(server.frames().size(), 1);
            assert_false(server.channel->peer_close().has_value());
        }
}

// IO-05, P-WS-10, TRAP-10, TRAP-11, D4, D5, D6.
void everything_legal_is_taken(void**) {
    struct Case {
        std::vector<Bytes> frames;
        std::string delivered;
        std::vector<std::string> pongs;
    };
    const std::string all_of_it(125, 'p');
    const Case cases[] = {
        {{client_frame(0x82, "")}, "", {}},
        {{client_frame(0x8A, "unasked")}, "", {}},
        {{client_frame(0x89, "")}, "", {""}},
        {{client_frame(0x89, all_of_it)}, "", {all_of_it}},
        {{client_frame(0x89, "hi"), client_frame(0x82, "data")}, "data", {"hi"}},
        {{client_frame(0x02, "ab"), client_frame(0x89, "1"), client_frame(0x80, "cd")},
         "abcd",
         {"1"}},
        {{client_frame(0x02, ""), client_frame(0x00, "a"), client_frame(0x8A, ""),
          client_frame(0x00, ""), client_frame(0x89, "2"), client_frame(0x80, ""),
          client_frame(0x82, "b")},
         "ab",
         {"2"}},
        {{client_frame(0x82, "1"), client_frame(0x82, "2"), client_frame(0x82, "3"),
          client_frame(0x82, "4"), client_frame(0x82, "5")},
         "12345",
         {}},
    };
    for (auto& [frames, delivered, pongs] : cases) {
        OpenWebsock server;
        Bytes all;
        for (auto& frame : frames)
            all.insert(all.end(), frame.begin(), frame.end());
        server.send(all);
        // IO-04: one read gives all there is.
        Bytes buffer(1000);
        const auto count = server.channel->read(buffer);
        assert_true(count.has_value());
        assert_int_equal(count->has_value(), !delivered.empty());
        assert_true(as_text(ByteView(buffer).first(count->value_or(0))) == delivered);
        assert_int_equal(server.frames().size(), pongs.size());
        for (std::size_t i = 0; i < pongs.size(); ++i) {
            assert_int_equal(server.frames()[i].first_byte, 0x8A);
            assert_true(as_text(server.frames()[i].payload) == pongs[i]);
        }
        const auto nothing = drained(*server.channel);
        assert_true(nothing.data.empty() && !nothing.ended && !nothing.error);
    }
}

void a_pong_echoes_every_size_of_ping(void**) {
    OpenWebsock server;
    for (std::size_t size = 0; size <= 125; ++size) {
        std::string payload(size, 'x');
        for (std::size_t i = 0; i < size; ++i)
            payload[i] = char(i * 3 + size);
        server.send_frame(0x89, payload);
        (void)drained(*server.channel);
        assert_int_equal(server.frames().size(), 1);
        assert_true(as_text(server.frames().front().payload) == payload);
        server.frames().clear();
    }
}

Bytes frame_with_mask(unsigned first_byte, std::string_view payload, unsigned seed) {
    Bytes frame{std::byte(first_byte), std::byte(0x80 | payload.size())};
    std::byte mask[4];
    for (auto& byte : mask)
        frame.push_back(byte = std::byte(seed = seed * 77 + 5));
    for (std::size_t i = 0; i < payload.size(); ++i)
        frame.push_back(std::byte(payload[i]) ^ mask[i % 4]);
    return frame;
}

// P-WS-12, O-04: masks change from frame to frame; read in pieces of every size.
void unmasks_however_the_payload_is_cut(void**) {
    const std::string text = "the quick brown fox jumps";
    for (std::size_t cut = 0; cut <= 17; ++cut)
        for (std::size_t piece = 1; piece <= 19; ++piece) {
            OpenWebsock server;
            const Bytes first = frame_with_mask(0x02, text.substr(0, cut), 3);
            const Bytes second = frame_with_mask(0x80, text.substr(cut), 9);
            server.send(first);
            server.send(ByteView(second).first(11));
            std::string received = drained(*server.channel, piece).text();
            server.send(ByteView(second).subspan(11));
            received += drained(*server.channel, piece).text();
            assert_string_equal(received.c_str(), text.c_str());
        }
}

// Would-block is an answer of non-blocking channels only.
void a_blocking_read_waits_through_any_number_of_pings(void**) {
    auto [peer, below] = make_pipe_pair();
    OpenWebsock server({peer, std::make_shared<ScriptedChannel>(below, Script{6})});
    assert_true(server.channel->set_blocking(Blocking::yes).has_value());
    for (int i = 0; i < 20; ++i)
        server.send_frame(0x8A, "");
    server.send_frame(0x82, "data");
    Bytes buffer(10);
    const auto count = server.channel->read(buffer);
    assert_true(count.has_value() && *count);
}

// D7, P-WS-17, O-28: the code goes back as it came; the owner learns code and reason.
void a_close_is_echoed_and_reads_as_the_end(void**) {
    for (unsigned code : {1000u, 1001u, 1003u, 1007u, 1011u, 1014u, 3000u, 4999u}) {
        OpenWebsock server;
        const std::string reason(code == 1000 ? 123 : 3, 'r');
        server.send_frame(0x82, "last");
        server.send_frame(0x88, close_payload(code, reason));
        const auto all = drained(*server.channel);
        assert_true(all.ended && !all.error);
        assert_string_equal(all.text().c_str(), "last");
        assert_int_equal(int(*server.channel->peer_close()->code), code);
        assert_string_equal(server.channel->peer_close()->reason.c_str(), reason.c_str());
        assert_true(closed_with(server, int(code)));
        assert_int_equal(server.frames().front().payload.size(), 2);
    }
}

void a_close_without_a_code_is_echoed_without_one(void**) {
    OpenWebsock server;
    assert_false(server.channel->peer_close().has_value());
    server.send_frame(0x88, "");
    assert_true(drained(*server.channel).ended);
    assert_true(server.channel->peer_close().has_value());
    assert_false(server.channel->peer_close()->code.has_value());
    assert_true(closed_with(server, 0));
}

// O-35: a second close frame, data and pings behind the first mean nothing.
void what_comes_behind_a_close_is_ignored(void**) {
    OpenWebsock server;
    const Bytes first = client_frame(0x88, close_payload(1000));
    Bytes all(first);
    for (const Bytes& frame :
         {client_frame(0x82, "late"), client_frame(0x89, "late"),
          client_frame(0x88, close_payload(1001)), from_hex("FF FF")})
        all.insert(all.end(), frame.begin(), frame.end());
    server.send(all);
    const auto result = drained(*server.channel);
    assert_true(result.ended && result.data.empty());
    server.send(all);
    assert_true(drained(*server.channel).ended);
    assert_int_equal(int(*server.channel->peer_close()->code), 1000);
    assert_true(closed_with(server, 1000));
}

void a_write_is_one_binary_frame_of_bounded_size(void**) {
    for (const std::size_t size : {1u, 125u, 126u, 65535u, 65536u, 100'000u}) {
        OpenWebsock server(make_pipe_pair(1 << 20));
        const Bytes data(size, std::byte('d'));
        const auto sent = server.channel->write(data);
        assert_int_equal(**sent, std::min<std::size_t>(size, 65536));
        assert_int_equal(server.frames().size(), 1);
        assert_int_equal(server.frames().front().first_byte, 0x82);
        assert_int_equal(server.frames().front().payload.size(), **sent);
        assert_false(server.parser.is_broken);
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(every_violation_closes_with_its_code),
        cmocka_unit_test(everything_legal_is_taken),
        cmocka_unit_test(a_pong_echoes_every_size_of_ping),
        cmocka_unit_test(unmasks_however_the_payload_is_cut),
        cmocka_unit_test(a_blocking_read_waits_through_any_number_of_pings),
        cmocka_unit_test(a_close_is_echoed_and_reads_as_the_end),
        cmocka_unit_test(a_close_without_a_code_is_echoed_without_one),
        cmocka_unit_test(what_comes_behind_a_close_is_ignored),
        cmocka_unit_test(a_write_is_one_binary_frame_of_bounded_size),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
