// The client's end: its handshake over a channel, its masks, and what it must refuse.
#include "io/websock/channel-websock.hpp"

#include <set>

#include "tests/io/websock/from-hex.hpp"
#include "tests/support/scripted-channel.hpp"
#include "tests/support/stacks.hpp"
#include "tests/support/websock-peer.hpp"
#include "tests/support/websock-server.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;
using std::chrono::milliseconds;

namespace {

const ws::ClientHandshakeOptions plain{.host = "server.example"};

void the_response_and_the_sub_protocol_are_visible(void**) {
    WebsockPeer peer({.host = "server.example", .sub_protocols = {"binary"}});
    peer.start();
    assert_true(peer.receive_request());
    assert_non_null(strstr(peer.request.c_str(), "Sec-WebSocket-Protocol: binary\r\n"));
    assert_int_equal(peer.completions, 0);
    peer.send(
        response_to(peer.request, "Sec-WebSocket-Protocol: binary\r\nX-Name: value\r\n"));
    assert_true(peer.wait_until_done());
    assert_false(peer.error.has_value());
    assert_string_equal(peer.channel->sub_protocol().c_str(), "binary");
    assert_string_equal(peer.channel->response().field("x-name")->c_str(), "value");
}

// P-WS-21, TRAP-03 from this side: the server may speak at once.
void frames_behind_the_response_are_read_at_once(void**) {
    WebsockPeer peer;
    const Bytes frame = server_frame(0x82, "RFB 003.008\n");
    assert_true(peer.open(std::string(as_text(frame))));
    std::string received;
    const Watch watch(*peer.channel, Condition::in,
                      [&](Condition) { received += drained(*peer.channel).text(); });
    assert_true(run_until([&] { return received == "RFB 003.008\n"; }));
}

void interim_responses_are_skipped(void**) {
    WebsockPeer peer;
    peer.start();
    assert_true(peer.receive_request());
    peer.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" +
              response_to(peer.request));
    assert_true(peer.wait_until_done());
    assert_false(peer.error.has_value());
}

// A server cannot keep a client busy with them.
void interim_responses_have_a_limit(void**) {
    WebsockPeer peer;
    peer.start();
    assert_true(peer.receive_request());
    std::string flood;
    while (flood.size() < 10'000)
        flood += "HTTP/1.1 102 Processing\r\n\r\n";
    peer.send(flood);
    assert_true(peer.wait_until_done());
    assert_true(peer.error && peer.error->kind == ErrorKind::limit);
}

// P-WS-03: 8192 bytes are taken, not one more.
void a_head_without_an_end_is_refused_at_the_limit(void**) {
    for (const std::size_t size : {8191u, 8192u}) {
        WebsockPeer peer;
        peer.start();
        assert_true(peer.receive_request());
        peer.send("HTTP/1.1 101 x\r\nA: ");
        peer.send(std::string(size - 19, 'x'));
        drain();
        assert_int_equal(peer.completions, size == 8192);
        if (size == 8192)
            assert_true(peer.error && peer.error->kind == ErrorKind::limit);
    }
}

void a_refusal_is_an_error_with_its_reason(void**) {
    WebsockPeer peer;
    peer.start();
    assert_true(peer.receive_request());
    peer.send("HTTP/1.1 403 Forbidden\r\n\r\nsome body");
    assert_true(peer.wait_until_done());
    assert_true(peer.error->kind == ErrorKind::permission_denied);
    assert_non_null(strstr(peer.error->message.c_str(), "403 (Forbidden)"));
    assert_int_equal(peer.completions, 1);
}

void options_that_cannot_be_sent_send_nothing(void**) {
    WebsockPeer peer({.host = "two hosts"});
    peer.start();
    assert_int_equal(peer.completions, 0);
    assert_true(peer.wait_until_done());
    assert_true(peer.error->kind == ErrorKind::invalid_argument);
    assert_true(drained(*peer.server).data.empty());
}

// IO-03, C-1: the response cut at every byte.
void a_server_that_leaves_in_the_middle_ends_it_once(void**) {
    for (std::size_t cut = 0, size = 1; cut <= size; ++cut) {
        WebsockPeer peer;
        peer.start();
        assert_true(peer.receive_request());
        const auto response = response_to(peer.request);
        size = response.size();
        peer.send(response.substr(0, cut));
        (void)peer.server->shutdown(Direction::write);
        assert_true(peer.wait_until_done());
        assert_true(drain() < 10);
        assert_int_equal(peer.completions, 1);
        assert_int_equal(peer.error.has_value(), cut < size);
        if (peer.error)
            assert_true(peer.error->kind == ErrorKind::disconnected);
    }
}

/// Both ends ours, over a transport that does what a script says to the client.
struct Scripted {
    explicit Scripted(const Script& script) {
        auto [peer, below] = make_pipe_pair();
        transport = std::make_shared<ScriptedChannel>(below, script);
        client = ChannelWebsock::client(transport, plain);
        server = ChannelWebsock::server(peer);
        server->handshake({}, [](Result<void>) {});
        client->handshake({}, [this](Result<void> result) {
            ++completions;
            if (!result)
                error = std::move(result).error();
        });
        run_until([this] { return completions != 0; });
    }
    ~Scripted() {
        client.reset();
        server.reset();
        drain();
    }
    std::shared_ptr<ScriptedChannel> transport;
    std::shared_ptr<ChannelWebsock> client, server;
    int completions = 0;
    std::optional<Error> error;
};

// O-04: cut and blocked anywhere.
void the_handshake_bears_any_splitting_and_blocking(void**) {
    for (std::size_t chunk = 1; chunk < 200; chunk += chunk < 10 ? 1 : 13)
        for (const unsigned block : {0u, 2u, 3u, 7u}) {
            const Scripted scripted({.max_chunk = chunk, .block_every = block});
            assert_int_equal(scripted.completions, 1);
            assert_false(scripted.error.has_value());
        }
}

// IO-17, C-4.
void a_failure_at_any_operation_of_the_handshake_is_told_once(void**) {
    unsigned failures = 0;
    for (unsigned n = 1;; ++n) {
        const Scripted scripted({.max_chunk = 50, .fail_at = n});
        assert_int_equal(scripted.completions, 1);
        if (!scripted.error)
            break;
        ++failures;
        assert_non_null(strstr(scripted.error->message.c_str(), "scripted"));
    }
    assert_true(failures >= 6);
}

// P-WS-02: bytes that trickle in do not extend the deadline.
void the_deadline_ends_it(void**) {
    WebsockPeer peer({.host = "server.example", .deadline = milliseconds(20)});
    peer.start();
    const auto start = Clock::now();
    const Timer timer(milliseconds(1), [&] { peer.send("H"); }, Timer::Repeat::yes);
    const bool done = peer.wait_until_done();
    assert_true(done);
    assert_true(peer.error->kind == ErrorKind::timed_out);
    assert_true(Clock::now() - start < milliseconds(3000));
}

// D17, TRAP-05, TRAP-06: at each point of its way, closed, dropped or stopped.
void it_is_cancelled_once_wherever_it_is(void**) {
    for (const int phase : {0, 1, 2})
        for (const int way : {0, 1, 2}) {
            std::stop_source stop;
            WebsockPeer peer(plain, make_pipe_pair(phase == 0 ? 20 : 64 * 1024));
            const std::weak_ptr<Channel> transport =
                peer.channel->transport().weak_from_this();
            peer.start({.stop = stop.get_token()});
            drain();
            if (phase == 2)
                peer.send("HTTP/1.1 101 Swi");
            drain();
            assert_int_equal(peer.completions, 0);
            if (way == 0)
                (void)peer.channel->close();
            else if (way == 1)
                stop.request_stop();
            else
                peer.channel.reset();
            assert_int_equal(peer.completions, 0);
            assert_true(peer.wait_until_done());
            peer.channel.reset();
            drain();
            assert_int_equal(peer.completions, 1);
            assert_true(peer.error->kind == ErrorKind::cancelled);
            assert_true(transport.expired());
        }
}

// TRAP-04, D2, C-2.
void the_owner_may_drop_everything_in_the_completion(void**) {
    for (const bool good : {true, false}) {
        auto [server, below] = make_pipe_pair();
        auto channel = ChannelWebsock::client(below, plain);
        const std::weak_ptr<ChannelWebsock> gone = channel;
        below.reset();
        bool done = false;
        auto* raw = channel.get();
        raw->handshake({}, [&, channel = std::move(channel)](Result<void>) mutable {
            channel.reset();
            done = true;
        });
        std::string request;
        assert_true(run_until([&] {
            request += drained(*server).text();
            return request.ends_with("\r\n\r\n");
        }));
        (void)server->write(
            as_bytes(good ? response_to(request) : "HTTP/1.1 500\r\n\r\n"));
        assert_true(run_until([&] { return done; }));
        assert_true(drain() < 10);
        assert_true(gone.expired());
    }
}

// ---- what it sends

// §5.3: each frame has a mask of its own, and the caller's bytes stay as they are.
void every_frame_is_masked_anew(void**) {
    OpenPeer peer;
    assert_true(peer.is_open);
    std::set<std::string> masks;
    for (int i = 0; i < 3000; ++i) {
        const Bytes block(1 + std::size_t(i) % 100, std::byte('x'));
        assert_int_equal(**peer.channel->write(block), block.size());
        assert_true(block.back() == std::byte('x'));
        auto& frames = peer.frames();
        assert_int_equal(frames.size(), 1);
        assert_int_equal(frames[0].first_byte, 0x82);
        assert_true(frames[0].payload == block);
        masks.insert(std::string(as_text(frames[0].mask)));
        frames.clear();
    }
    assert_false(peer.parser.is_broken);
    assert_true(masks.size() > 2990);
}

void pongs_pings_and_close_frames_are_masked_too(void**) {
    OpenPeer peer;
    peer.send_frame(0x89, "hello");
    assert_true(drained(*peer.channel).data.empty());
    assert_true(*peer.channel->send_ping(as_bytes("question")));
    (void)peer.channel->close();
    auto& frames = peer.frames();
    assert_int_equal(frames.size(), 3);
    assert_false(peer.parser.is_broken);
    assert_int_equal(frames[0].first_byte, 0x8A);
    assert_true(as_text(frames[0].payload) == "hello");
    assert_int_equal(frames[1].first_byte, 0x89);
    assert_true(as_text(frames[1].payload) == "question");
    assert_int_equal(frames[2].first_byte, 0x88);
}

// D25's rule: what was reported as sent is what arrives, however often it is masked anew.
void short_writes_carry_on_within_their_frame(void**) {
    unsigned seed = 1;
    auto random = [&](std::size_t limit) {
        seed = seed * 1103515245 + 12345;
        return std::size_t(seed >> 16) % limit;
    };
    for (int round = 0; round < 60; ++round) {
        auto [server, below] = make_pipe_pair(400 + random(3000));
        const auto scripted = std::make_shared<ScriptedChannel>(
            below,
            Script{.max_chunk = 1 + random(700), .block_every = unsigned(2 + random(5))});
        OpenPeer peer({server, scripted});
        assert_true(peer.is_open);
        Bytes data(5000 + random(3000));
        for (auto& byte : data)
            byte = std::byte(random(256));
        const Bytes original = data;
        std::size_t sent = 0;
        for (int i = 0; i < 20'000 && peer.parser.data().size() < data.size(); ++i) {
            if (i % 7 == 0)
                (void)peer.server->write(server_frame(0x89, "ping"));
            Bytes sink(100);
            (void)peer.channel->read(sink);
            // In several buffers, so that the mask crosses their borders.
            const ByteView rest = ByteView(data).subspan(sent);
            const std::size_t first = std::min(rest.size(), 1 + random(9));
            const iovec vectors[] = {to_iovec(rest.first(first)),
                                     to_iovec(rest.subspan(first))};
            const auto count = peer.channel->writev(vectors);
            assert_true(count.has_value());
            sent += count->value_or(0);
            peer.frames();
            assert_false(peer.parser.is_broken);
        }
        assert_true(data == original);
        assert_true(peer.parser.data() == as_text(data));
    }
}

// ---- what it refuses

/// Sends bytes to a client and tells which code it closes with; 0: none.
int close_code_after(ByteView bytes) {
    OpenPeer peer;
    peer.send(bytes);
    const auto seen = drained(*peer.channel);
    int code = 0;
    for (auto& frame : peer.frames())
        if (frame.first_byte == 0x88 && frame.payload.size() >= 2)
            code = load_be<std::uint16_t>(frame.payload.data());
    // Every violation is an error, at once and once for all.
    const bool told = seen.error && seen.error->kind == ErrorKind::protocol;
    return told ? code : 0;
}

// P-WS-06..11 and TRAP-12 from this side.
void what_a_server_must_not_send_is_refused(void**) {
    const struct {
        const char* hex;
        int code;
    } cases[] = {
        {"82 81 37FA213D 56", 1002},      // masked
        {"82 80 00000000", 1002},         // masked, empty
        {"88 82 00000000 03E8", 1002},    // masked close
        {"C2 01 61", 1002},               // RSV1
        {"A2 01 61", 1002},               // RSV2
        {"92 01 61", 1002},               // RSV3
        {"83 00", 1002},                  // reserved data
        {"87 00", 1002},                  //
        {"8B 00", 1002},                  // reserved control
        {"8F 00", 1002},                  //
        {"09 00", 1002},                  // fragmented ping
        {"08 02 03E8", 1002},             // fragmented close
        {"89 7E 007E", 1002},             // long ping
        {"80 01 61", 1002},               // continuation of nothing
        {"02 01 61 82 01 62", 1002},      // message within a message
        {"02 01 61 81 01 62", 1002},      //
        {"82 7E 007D", 1002},             // length not minimal
        {"82 7F 0000000000000001", 1002}, //
        {"82 7F 000000000000FFFF", 1002}, //
        {"82 7F 8000000000000000", 1002}, // 2^63
        {"82 7F FFFFFFFFFFFFFFFF", 1002}, // O-32, O-44
        {"81 01 61", 1003},               // text
        {"01 00", 1003},                  //
        {"88 01 03", 1002},               // close payload of one byte
        {"88 02 03E7", 1002},             // 999
        {"88 02 03ED", 1002},             // 1005
        {"88 02 03EE", 1002},             // 1006
        {"88 02 03F7", 1002},             // 1015
        {"88 02 1388", 1002},             // 5000
        {"88 03 03E8 FF", 1007},          // reason not UTF-8
    };
    for (auto& [hex, code] : cases) {
        const int seen = close_code_after(ws::from_hex(hex));
        if (seen != code)
            print_error("%s: %d instead of %d\n", hex, seen, code);
        assert_int_equal(seen, code);
    }
}

void what_a_server_may_send_is_taken(void**) {
    for (const char* hex : {"82 01 61", "02 01 61 80 01 62", "82 00", "8A 03 616263",
                            "02 01 61 89 00 00 00 80 00", "82 7E 007E"})
        assert_int_equal(close_code_after(ws::from_hex(hex)), 0);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(the_response_and_the_sub_protocol_are_visible),
        cmocka_unit_test(frames_behind_the_response_are_read_at_once),
        cmocka_unit_test(interim_responses_are_skipped),
        cmocka_unit_test(interim_responses_have_a_limit),
        cmocka_unit_test(a_head_without_an_end_is_refused_at_the_limit),
        cmocka_unit_test(a_refusal_is_an_error_with_its_reason),
        cmocka_unit_test(options_that_cannot_be_sent_send_nothing),
        cmocka_unit_test(a_server_that_leaves_in_the_middle_ends_it_once),
        cmocka_unit_test(the_handshake_bears_any_splitting_and_blocking),
        cmocka_unit_test(a_failure_at_any_operation_of_the_handshake_is_told_once),
        cmocka_unit_test(the_deadline_ends_it),
        cmocka_unit_test(it_is_cancelled_once_wherever_it_is),
        cmocka_unit_test(the_owner_may_drop_everything_in_the_completion),
        cmocka_unit_test(every_frame_is_masked_anew),
        cmocka_unit_test(pongs_pings_and_close_frames_are_masked_too),
        cmocka_unit_test(short_writes_carry_on_within_their_frame),
        cmocka_unit_test(what_a_server_must_not_send_is_refused),
        cmocka_unit_test(what_a_server_may_send_is_taken),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
