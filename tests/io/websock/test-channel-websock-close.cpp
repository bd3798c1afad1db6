// Closing gracefully: a close frame, the peer's answer, and patience for it.
#include "io/websock/channel-websock.hpp"

#include "tests/support/stacks.hpp"
#include "tests/support/websock-server.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;
using std::chrono::milliseconds;
using ws::CloseCode;

namespace {

/// A server that closes, and how that went.
struct Closing : OpenWebsock {
    explicit Closing(const ChannelPair& below = make_pipe_pair()) : OpenWebsock(below) {}
    void begin(const OperationOptions& options = {}, std::string reason = "done") {
        channel->close_gracefully(CloseCode::normal, std::move(reason), options,
                                  [this](Result<void> result) {
                                      ++ends;
                                      if (!result)
                                          failure = result.error().kind;
                                  });
    }
    bool wait_for_end() {
        return run_until([this] { return ends != 0; }) && drain() < 10 && ends == 1;
    }
    bool is_closed() const {
        std::byte byte{};
        const auto result = channel->read({&byte, 1});
        return !result && result.error().kind == ErrorKind::closed;
    }
    int ends = 0;
    std::optional<ErrorKind> failure;
};

void the_peer_answers(void**) {
    Closing server;
    const auto start = Clock::now();
    server.begin();
    assert_int_equal(server.ends, 0);
    drain();
    assert_int_equal(server.ends, 0);
    assert_int_equal(server.frames().size(), 1);
    assert_int_equal(close_code_of(server.frames().front()), 1000);
    assert_true(as_text(server.frames().front().payload).substr(2) == "done");
    assert_false(server.peer_ended);
    server.send_frame(0x88, close_payload(1000));
    assert_true(server.wait_for_end());
    assert_false(server.failure.has_value());
    assert_true(server.is_closed());
    assert_true(server.has_peer_ended());
    // A server does not wait for more (§7.1.1).
    assert_true(Clock::now() - start < milliseconds(900));
    assert_int_equal(int(*server.channel->peer_close()->code), 1000);
}

// P-WS-16.
void a_peer_that_never_answers_is_left_behind(void**) {
    for (const bool reads : {true, false}) {
        Closing server(make_pipe_pair(500));
        if (!reads) // no room for our close frame either
            (void)server.channel->transport().write(Bytes(500));
        server.begin({.deadline = deadline_after(milliseconds(15))});
        assert_true(server.wait_for_end());
        assert_true(server.failure == ErrorKind::timed_out);
        assert_true(server.is_closed());
    }
}

void data_and_pings_on_the_way_are_read_away(void**) {
    Closing server;
    server.begin();
    for (int i = 0; i < 20; ++i) {
        server.send_frame(0x82, std::string(10'000, 'x'));
        server.send_frame(0x89, "ping");
        drain();
    }
    assert_int_equal(server.ends, 0);
    // Nothing follows a close frame, not even a pong.
    assert_int_equal(server.frames().size(), 1);
    server.send_frame(0x88, close_payload(1000));
    assert_true(server.wait_for_end());
    assert_false(server.failure.has_value());
}

void the_close_frame_waits_for_room(void**) {
    Closing server(make_pipe_pair(1000));
    Bytes junk{std::byte(0x82), std::byte(126)};
    ByteWriter(junk).put(std::uint16_t(996)).put_zeros(996);
    (void)server.channel->transport().write(junk);
    server.begin();
    assert_true(drain() < 10);
    assert_int_equal(server.frames().size(), 1);
    assert_true(run_until([&] { return server.frames().size() == 2; }));
    assert_int_equal(close_code_of(server.frames().back()), 1000);
    server.send_frame(0x88, close_payload(1000));
    assert_true(server.wait_for_end());
    assert_false(server.failure.has_value());
}

void a_peer_that_leaves_without_an_answer_is_an_error(void**) {
    for (const bool cut : {false, true}) {
        Closing server;
        server.begin();
        drain();
        if (cut)
            server.send(std::string_view("\x82", 1));
        (void)server.peer->close();
        assert_true(server.wait_for_end());
        assert_true(server.failure == ErrorKind::disconnected);
        assert_true(server.is_closed());
    }
}

// Both close at once: each takes the other's frame for the answer.
void crossing_close_frames_are_answers(void**) {
    Closing server;
    server.send_frame(0x88, close_payload(1001));
    server.begin();
    assert_true(server.wait_for_end());
    assert_false(server.failure.has_value());
    assert_int_equal(server.frames().size(), 1);
    assert_int_equal(close_code_of(server.frames().front()), 1000);
}

void after_the_peers_close_or_an_error_it_is_quick(void**) {
    for (const bool violation : {false, true}) {
        Closing server;
        server.send_frame(violation ? 0x81 : 0x88, "");
        (void)drained(*server.channel);
        server.begin();
        assert_true(server.wait_for_end());
        assert_false(server.failure.has_value());
        assert_int_equal(server.frames().size(), 1);
        assert_true(server.has_peer_ended());
    }
}

void with_the_input_shut_down_no_answer_is_waited_for(void**) {
    Closing server;
    (void)server.channel->shutdown(Direction::read);
    server.send_frame(0x82, "unread");
    server.begin();
    assert_true(server.wait_for_end());
    assert_false(server.failure.has_value());
    assert_int_equal(close_code_of(server.frames().front()), 1000);
}

// A frame that has promised more than was written leaves no place for another.
void within_a_frame_it_only_closes(void**) {
    Closing server(make_pipe_pair(1000));
    assert_true(**server.channel->write(Bytes(5000)) < 1000);
    server.begin();
    assert_true(server.wait_for_end());
    assert_false(server.failure.has_value());
    assert_true(server.is_closed());
    assert_true(server.frames().empty());
}

void during_the_handshake_it_only_closes(void**) {
    for (const bool started : {false, true}) {
        WebsockServer server;
        if (started)
            server.start();
        int ends = 0;
        server.channel->close_gracefully(CloseCode::normal, "", {},
                                         [&](Result<void> result) { ends += !!result; });
        assert_int_equal(ends, 0);
        drain();
        assert_int_equal(ends, 1);
        assert_int_equal(server.completions, started);
        if (started)
            assert_true(server.error->kind == ErrorKind::cancelled);
        const auto seen = drained(*server.peer);
        assert_true(seen.ended && seen.data.empty());
    }
}

void a_closed_channel_is_closed_already(void**) {
    Closing server;
    (void)server.channel->close();
    server.begin();
    assert_true(server.wait_for_end());
    assert_false(server.failure.has_value());
}

// D17 for this operation, C-2.
void closing_or_dropping_it_meanwhile_cancels_once(void**) {
    for (const bool closes : {true, false}) {
        Closing server;
        const std::weak_ptr<ChannelWebsock> gone = server.channel;
        server.begin();
        drain();
        if (closes)
            (void)server.channel->close();
        server.channel.reset();
        assert_true(gone.expired());
        assert_true(server.wait_for_end());
        assert_true(server.failure == ErrorKind::cancelled);
        assert_true(server.has_peer_ended());
    }
}

void a_stop_ends_the_waiting_and_the_channel(void**) {
    Closing server;
    std::stop_source source;
    server.begin({.stop = source.get_token()});
    drain();
    source.request_stop();
    assert_true(server.wait_for_end());
    assert_true(server.failure == ErrorKind::cancelled);
    assert_true(server.is_closed());
}

void the_owner_may_drop_everything_in_the_completion(void**) {
    for (const bool answers : {true, false}) {
        OpenWebsock server;
        std::weak_ptr<ChannelWebsock> gone = server.channel;
        bool done = false;
        auto* raw = server.channel.get();
        raw->close_gracefully(
            CloseCode::going_away, "", {.deadline = deadline_after(milliseconds(10))},
            [&, channel = std::move(server.channel)](Result<void>) mutable {
                channel.reset();
                done = true;
            });
        if (answers)
            server.send_frame(0x88, close_payload(1001));
        assert_true(run_until([&] { return done; }));
        assert_true(drain() < 10);
        assert_true(gone.expired());
    }
}

void a_second_one_takes_over_from_the_first(void**) {
    Closing server;
    server.begin();
    int second = 0;
    server.channel->close_gracefully(CloseCode::normal, "", {},
                                     [&](Result<void> result) { second += !!result; });
    drain();
    server.send_frame(0x88, close_payload(1000));
    assert_true(run_until([&] { return second == 1; }));
    drain();
    assert_int_equal(server.ends, 1);
    assert_true(server.failure == ErrorKind::cancelled);
    assert_int_equal(server.frames().size(), 1);
}

// Through two layers: the inner one's frames travel in the outer one's.
void works_through_a_websocket_in_a_websocket(void**) {
    auto [client, server] = put_websock_on(put_websock_on(make_pipe_pair()));
    int ends = 0;
    static_cast<ChannelWebsock&>(*server).close_gracefully(
        CloseCode::normal, "", {}, [&](Result<void> result) { ends += !!result; });
    (void)client->close();
    assert_true(run_until([&] { return ends == 1; }));
    assert_true(static_cast<ChannelWebsock&>(*server).peer_close().has_value());
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(the_peer_answers),
        cmocka_unit_test(a_peer_that_never_answers_is_left_behind),
        cmocka_unit_test(data_and_pings_on_the_way_are_read_away),
        cmocka_unit_test(the_close_frame_waits_for_room),
        cmocka_unit_test(a_peer_that_leaves_without_an_answer_is_an_error),
        cmocka_unit_test(crossing_close_frames_are_answers),
        cmocka_unit_test(after_the_peers_close_or_an_error_it_is_quick),
        cmocka_unit_test(with_the_input_shut_down_no_answer_is_waited_for),
        cmocka_unit_test(within_a_frame_it_only_closes),
        cmocka_unit_test(during_the_handshake_it_only_closes),
        cmocka_unit_test(a_closed_channel_is_closed_already),
        cmocka_unit_test(closing_or_dropping_it_meanwhile_cancels_once),
        cmocka_unit_test(a_stop_ends_the_waiting_and_the_channel),
        cmocka_unit_test(the_owner_may_drop_everything_in_the_completion),
        cmocka_unit_test(a_second_one_takes_over_from_the_first),
        cmocka_unit_test(works_through_a_websocket_in_a_websocket),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
