// What a peer can make a WebSocket channel hold and do: bounded, both ways.
#include "io/websock/channel-websock.hpp"

#include <malloc.h>

#include "tests/io/websock/from-hex.hpp"
#include "tests/support/scripted-channel.hpp"
#include "tests/support/websock-server.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

std::size_t memory_in_use() {
    return mallinfo2().uordblks;
}

// CVE-01, P-WS-11: the declared length costs nothing; 64 MiB of it pass through.
void a_huge_frame_streams_through_flat_memory(void**) {
    for (const char* header :
         {"82 FF 00000000 40000000 00000000", "82 FF 40000000 00000000 00000000",
          "82 FF 7FFFFFFF FFFFFFFF 00000000"}) {
        OpenWebsock server;
        server.send(ws::from_hex(header));
        const Bytes block(48 * 1024, std::byte('b'));
        const std::size_t before = memory_in_use();
        std::size_t most = before;
        std::size_t received = 0;
        Bytes sink(20'000);
        while (received < (64u << 20)) {
            (void)server.peer->write(block);
            while (const std::size_t count =
                       server.channel->read(sink).value_or(0).value_or(0))
                received += count;
            most = std::max(most, memory_in_use());
        }
        assert_true(most - before < (1u << 20));
        assert_true(sink.back() == std::byte('b'));
        assert_true(server.frames().empty());
    }
}

/// Fills the server's way out, at a frame's border or within a frame.
void block_output(OpenWebsock& server, std::size_t capacity, bool in_frame) {
    if (in_frame) {
        const auto sent = server.channel->write(Bytes(capacity + 100));
        assert_true(sent.has_value() && *sent && **sent < capacity);
    } else {
        Bytes frame{std::byte(0x82), std::byte(126)};
        ByteWriter(frame).put(std::uint16_t(capacity - 4)).put_zeros(capacity - 4);
        assert_int_equal(**server.channel->transport().write(frame), capacity);
    }
}

// IO-06, P-WS-13: at most one pong on its way and one waiting, the newest.
void a_ping_flood_against_blocked_output_stays_small(void**) {
    constexpr std::size_t capacity = 2000;
    for (const bool in_frame : {false, true}) {
        OpenWebsock server(make_pipe_pair(capacity));
        block_output(server, capacity, in_frame);
        const std::size_t before = memory_in_use();
        for (int i = 0; i < 20'000; ++i) {
            server.send_frame(0x89, "ping " + std::to_string(i));
            assert_true(drained(*server.channel).data.empty());
        }
        assert_true(memory_in_use() < before + 64 * 1024);
        server.frames();
        if (in_frame) // what was promised is still owed
            assert_true(server.channel->write(Bytes(capacity)).has_value());
        (void)drained(*server.channel);
        auto& frames = server.frames();
        assert_in_range(frames.size(), 2, 3);
        assert_true(as_text(frames.back().payload) == "ping 19999");
        assert_false(server.parser.is_broken);
    }
}

/// An open channel that counts what it asks of the one below.
struct Counted {
    Counted()
        : below(make_pipe_pair(1 << 20)),
          scripted(std::make_shared<ScriptedChannel>(below.second, Script{})),
          server({below.first, scripted}) {}
    ChannelPair below;
    std::shared_ptr<ScriptedChannel> scripted;
    OpenWebsock server;
};

// P-WS-14, O-33, O-34: a read does a bounded amount of work for nothing.
void frames_without_data_are_worked_off_in_portions(void**) {
    for (const Bytes& frame : {client_frame(0x00, ""), client_frame(0x89, ""),
                               client_frame(0x8A, "unasked")}) {
        Counted counted;
        counted.server.send_frame(0x02, "");
        Bytes flood;
        while (flood.size() < 1'000'000)
            flood.insert(flood.end(), frame.begin(), frame.end());
        counted.server.send(flood);
        Bytes buffer(100);
        const unsigned before = counted.scripted->operations();
        assert_false(counted.server.channel->read(buffer).value().has_value());
        if (frame[0] == std::byte(0)) // those that are not answered
            assert_in_range(counted.scripted->operations() - before, 1, 8);
        const auto left = drained(*counted.scripted, 1 << 20).data.size();
        assert_true(left > 800'000);
    }
}

// The rest of a flood is not forgotten when a portion is done, and others get a turn.
void a_flood_does_not_starve_the_loop(void**) {
    Counted counted;
    Bytes flood;
    const Bytes frame = client_frame(0x82, "");
    while (flood.size() < 900'000)
        flood.insert(flood.end(), frame.begin(), frame.end());
    counted.server.send(flood);
    counted.server.send_frame(0x82, "end");
    std::string received;
    int turns = 0;
    const Watch watch(*counted.server.channel, Condition::in, [&](Condition) {
        Bytes buffer(100);
        if (const auto count = counted.server.channel->read(buffer); count && *count)
            received += as_text(ByteView(buffer).first(**count));
    });
    const Timer timer(std::chrono::milliseconds(0), [&] { ++turns; }, Timer::Repeat::yes);
    const bool done = run_until([&] { return received == "end"; });
    assert_true(done);
    assert_true(turns >= 5);
}

// D8, TRAP-02: a consumer that rests holds the peer up.
void the_peer_is_not_read_while_the_owner_does_not_read(void**) {
    constexpr std::size_t capacity = 64 * 1024;
    OpenWebsock server;
    Watch watch(*server.channel, Condition::hup, [](Condition) {});
    const Bytes frame = client_frame(0x82, std::string(1000, 'x'));
    std::size_t sent = 0;
    for (int i = 0; i < 1000; ++i) {
        const auto count =
            server.peer->write(ByteView(frame).subspan(sent % frame.size()));
        sent += count->value_or(0);
        drain();
    }
    watch.reset();
    assert_true(sent <= capacity + 16 * 1024);
    // And nothing of it is lost.
    std::size_t received = 0;
    while (const std::size_t more = drained(*server.channel).data.size())
        received += more;
    assert_true(received > 1000 * (sent / frame.size()) - 1000);
}

// CVE-07, P-WS-15.
void a_writer_is_held_up_by_a_peer_that_does_not_read(void**) {
    OpenWebsock server;
    const Bytes block(100'000);
    const std::size_t before = memory_in_use();
    std::size_t sent = 0;
    while (const std::size_t count =
               server.channel->write(ByteView(block).subspan(sent)).value().value_or(0))
        sent += count;
    assert_true(sent <= 64 * 1024);
    assert_false(
        server.channel->write(ByteView(block).subspan(sent)).value().has_value());
    assert_true(memory_in_use() < before + 128 * 1024);
    int calls = 0;
    Watch watch(*server.channel, Condition::out, [&](Condition) { ++calls; });
    drain();
    const int early = calls;
    server.frames();
    const bool woken = run_until([&] { return calls != 0; });
    watch.reset();
    assert_int_equal(early, 0);
    assert_true(woken);
}

// A pong that waits for room leaves although its owner only reads.
void a_waiting_pong_leaves_when_there_is_room(void**) {
    OpenWebsock server(make_pipe_pair(1000));
    block_output(server, 1000, false);
    int calls = 0;
    const Watch watch(*server.channel, Condition::in, [&](Condition) {
        ++calls;
        (void)drained(*server.channel);
    });
    server.send_frame(0x89, "hello");
    run_until([&] { return calls != 0; });
    assert_true(drain() < 10);
    const int before = calls;
    assert_int_equal(server.frames().size(), 1); // what filled the way
    const bool came = run_until([&] { return server.frames().size() == 2; });
    assert_true(came);
    assert_true(as_text(server.frames().back().payload) == "hello");
    assert_int_equal(calls, before);
    assert_true(drain() < 10);
}

// The same while nobody waits for anything but the end.
void a_waiting_pong_leaves_while_the_owner_rests(void**) {
    OpenWebsock server(make_pipe_pair(1000));
    block_output(server, 1000, false);
    const Watch watch(*server.channel, Condition::none, [](Condition) {});
    server.send_frame(0x89, "hello");
    (void)drained(*server.channel);
    assert_true(drain() < 10);
    server.frames();
    assert_true(run_until([&] { return server.frames().size() == 2; }));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_huge_frame_streams_through_flat_memory),
        cmocka_unit_test(a_ping_flood_against_blocked_output_stays_small),
        cmocka_unit_test(frames_without_data_are_worked_off_in_portions),
        cmocka_unit_test(a_flood_does_not_starve_the_loop),
        cmocka_unit_test(the_peer_is_not_read_while_the_owner_does_not_read),
        cmocka_unit_test(a_writer_is_held_up_by_a_peer_that_does_not_read),
        cmocka_unit_test(a_waiting_pong_leaves_when_there_is_room),
        cmocka_unit_test(a_waiting_pong_leaves_while_the_owner_rests),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
