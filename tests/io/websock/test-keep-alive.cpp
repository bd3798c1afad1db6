// Pings from our side: on demand, and when the peer is silent.
#include "io/websock/channel-websock.hpp"

#include "io/websock/websock-messages.hpp"
#include "tests/support/websock-peer.hpp"
#include "tests/support/websock-server.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;
using std::chrono::milliseconds;

namespace {

constexpr KeepAlive quick{milliseconds(5), milliseconds(20)};

// P-WS-18.
void a_peer_that_does_not_answer_ends_the_connection(void**) {
    for (const auto asked : {Condition::in, Condition::out, Condition::none}) {
        OpenWebsock server;
        (void)server.channel->transport().write(Bytes(64 * 1024)); // no `out` by itself
        bool ended = false;
        const Watch watch(*server.channel, asked, [&](Condition condition) {
            ended = ended || has(condition, Condition::hup);
            if (!ended)
                (void)drained(*server.channel);
        });
        const auto start = Clock::now();
        server.channel->start_keep_alive(quick);
        assert_true(run_until([&] { return ended; }));
        assert_true(Clock::now() - start >= milliseconds(24));
        for (int i = 0; i < 2; ++i) {
            std::byte byte{};
            assert_true(server.channel->read({&byte, 1}).error().kind ==
                        ErrorKind::timed_out);
            assert_true(server.channel->write({&byte, 1}).error().kind ==
                        ErrorKind::timed_out);
        }
    }
}

void a_client_looks_after_its_server_too(void**) {
    OpenPeer peer;
    peer.channel->start_keep_alive(quick);
    assert_true(run_until([&] { return !peer.frames().empty(); }));
    assert_int_equal(peer.frames()[0].first_byte, 0x89);
    const Watch watch(*peer.channel, Condition::in, [](Condition) {});
    assert_true(run_until([&] {
        std::byte byte{};
        return !peer.channel->read({&byte, 1}).has_value();
    }));
    assert_int_equal(peer.frames().size(), 1);
}

void a_peer_that_answers_is_asked_again_and_again(void**) {
    OpenWebsock server;
    const Watch watch(*server.channel, Condition::in,
                      [&](Condition) { (void)drained(*server.channel); });
    server.channel->start_keep_alive({milliseconds(1), milliseconds(4)});
    int pings = 0;
    assert_true(run_until([&] {
        for (; !server.frames().empty(); server.parser.frames.pop_front(), ++pings)
            server.send_frame(0x8A, as_text(server.parser.frames.front().payload));
        return pings == 20;
    }));
    std::byte byte{};
    assert_false(server.channel->read({&byte, 1}).value().has_value());
}

// Anything counts: here, data of a few bytes and no pong ever.
void any_byte_is_a_sign_of_life(void**) {
    OpenWebsock server;
    const Watch watch(*server.channel, Condition::in,
                      [&](Condition) { (void)drained(*server.channel); });
    server.channel->start_keep_alive({milliseconds(40), milliseconds(40)});
    int sent = 0;
    const Timer timer(
        milliseconds(5),
        [&] {
            server.send_frame(0x82, "x");
            ++sent;
        },
        Timer::Repeat::yes);
    assert_true(run_until([&] { return sent == 40; }));
    // It was never silent for that long, unless this machine was.
    assert_false(drained(*server.channel).error.has_value());
}

// An owner that rests does not see the pong, but it is there.
void what_the_owner_leaves_unread_is_a_sign_of_life(void**) {
    OpenWebsock server;
    server.channel->start_keep_alive({milliseconds(1), milliseconds(1)});
    assert_true(run_until([&] { return !server.frames().empty(); }));
    server.send_frame(0x8A, "");
    int ticks = 0;
    const Timer timer(milliseconds(2), [&] { ++ticks; }, Timer::Repeat::yes);
    assert_true(run_until([&] { return ticks == 10; }));
    std::byte byte{};
    assert_false(server.channel->read({&byte, 1}).value().has_value());
}

// A slow reader makes room now and then; nothing else comes from it.
void room_for_a_blocked_writer_is_a_sign_of_life(void**) {
    OpenWebsock server(make_pipe_pair(3000));
    int writes = 0;
    bool failed = false;
    const Watch watch(*server.channel, Condition::out, [&](Condition) {
        while (!failed) {
            const auto count = server.channel->write(Bytes(1000));
            failed = !count;
            if (!count || !*count)
                return;
            ++writes;
        }
    });
    server.channel->start_keep_alive({milliseconds(30), milliseconds(30)});
    const Timer timer(milliseconds(3), [&] { server.frames(); }, Timer::Repeat::yes);
    assert_true(run_until([&] { return writes >= 100 || failed; }));
    assert_false(failed);
}

void closing_and_dropping_end_it(void**) {
    for (const bool closes : {true, false}) {
        OpenWebsock server;
        server.channel->start_keep_alive({milliseconds(1), milliseconds(1)});
        if (closes)
            (void)server.channel->close();
        else
            server.channel.reset();
        int ticks = 0;
        const Timer timer(milliseconds(2), [&] { ++ticks; }, Timer::Repeat::yes);
        assert_true(run_until([&] { return ticks == 3; }));
        assert_true(server.frames().size() <= 1); // no ping
    }
}

void a_pong_is_told_with_its_payload(void**) {
    for (const bool in_messages : {true, false}) {
        OpenWebsock server;
        std::optional<WebsockMessages> messages;
        if (in_messages)
            messages.emplace(server.channel);
        std::vector<std::string> pongs;
        server.channel->on_pong(
            [&](ByteView payload) { pongs.emplace_back(as_text(payload)); });
        assert_true(*server.channel->send_ping(as_bytes("now")));
        assert_true(as_text(server.frames().front().payload) == "now");
        auto read = [&] {
            if (in_messages)
                (void)messages->receive_message();
            else
                (void)drained(*server.channel);
        };
        server.send_frame(0x8A, "now");
        read();
        server.send_frame(0x8A, "one");
        server.send_frame(0x8A, "two");
        read();
        assert_true(pongs == (std::vector<std::string>{"now", "two"}));
    }
}

void the_pong_callback_may_drop_everything(void**) {
    for (const bool in_messages : {true, false}) {
        OpenWebsock server;
        auto messages =
            in_messages ? std::make_unique<WebsockMessages>(server.channel) : nullptr;
        const std::weak_ptr<ChannelWebsock> gone = server.channel;
        auto* raw = server.channel.get();
        raw->on_pong([&](ByteView) {
            (void)server.channel->close();
            messages.reset();
            server.channel.reset();
        });
        server.send_frame(0x8A, "");
        server.send_frame(0x82, "data");
        Bytes buffer(100);
        if (in_messages)
            (void)messages->receive(buffer);
        else
            (void)raw->read(buffer);
        assert_true(gone.expired());
    }
}

void pings_that_cannot_be_sent_are_refused_or_block(void**) {
    WebsockServer early;
    assert_true(early.channel->send_ping({}).error().kind == ErrorKind::invalid_argument);
    OpenWebsock server(make_pipe_pair(1000));
    assert_true(server.channel->send_ping(Bytes(126)).error().kind ==
                ErrorKind::invalid_argument);
    // Not without end, while the peer does not read.
    std::size_t taken = 0;
    while (*server.channel->send_ping(Bytes(125)))
        ++taken;
    assert_in_range(taken, 8, 2000);
    server.send_frame(0x88, close_payload(1000));
    (void)drained(*server.channel);
    assert_true(server.channel->send_ping({}).error().kind == ErrorKind::disconnected);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_peer_that_does_not_answer_ends_the_connection),
        cmocka_unit_test(a_client_looks_after_its_server_too),
        cmocka_unit_test(a_peer_that_answers_is_asked_again_and_again),
        cmocka_unit_test(any_byte_is_a_sign_of_life),
        cmocka_unit_test(what_the_owner_leaves_unread_is_a_sign_of_life),
        cmocka_unit_test(room_for_a_blocked_writer_is_a_sign_of_life),
        cmocka_unit_test(closing_and_dropping_end_it),
        cmocka_unit_test(a_pong_is_told_with_its_payload),
        cmocka_unit_test(the_pong_callback_may_drop_everything),
        cmocka_unit_test(pings_that_cannot_be_sent_are_refused_or_block),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
