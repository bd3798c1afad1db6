// Handshakes that come to nothing: the peer leaves, time passes, the owner lets go.
#include "io/websock/channel-websock.hpp"

#include <vector>

#include "tests/io/websock/handshake-request.hpp"
#include "tests/support/descriptors.hpp"
#include "tests/support/stacks.hpp"
#include "tests/support/websock-server.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;
using std::chrono::milliseconds;

namespace {

const std::string good_request = ws::Request{}.text();
const std::string bad_request = ws::Request{.key = ""}.text();

// IO-03, CVE-26, C-1: the request cut at every byte.
void a_peer_that_leaves_in_the_middle_ends_it_once(void**) {
    for (std::size_t cut = 0; cut <= good_request.size(); ++cut) {
        WebsockServer server;
        server.start();
        server.send(good_request.substr(0, cut));
        (void)server.peer->shutdown(Direction::write);
        assert_true(server.wait_until_done());
        assert_true(drain() < 10);
        assert_int_equal(server.completions, 1);
        if (cut == good_request.size()) {
            assert_false(server.error.has_value());
            continue;
        }
        assert_true(server.error && server.error->kind == ErrorKind::disconnected);
        assert_false(server.error->message.empty());
    }
}

void a_peer_that_leaves_during_the_answer_ends_it_once(void**) {
    for (auto& request : {good_request, bad_request}) {
        WebsockServer server(ws::vnc_listener_policy(), make_pipe_pair(16));
        server.start();
        std::size_t sent = 0;
        while (sent < request.size()) {
            if (const auto count = server.peer->write(as_bytes(request).subspan(sent));
                count && *count)
                sent += **count;
            drain();
        }
        assert_int_equal(server.completions, 0);
        (void)server.peer->close();
        assert_true(server.wait_until_done());
        assert_true(drain() < 10);
        assert_int_equal(server.completions, 1);
        assert_true(server.error->kind == ErrorKind::disconnected);
    }
}

// IO-02: a watch that asks for data alone is told as well.
void a_watch_laid_before_hears_of_the_end(void**) {
    WebsockServer server;
    bool told = false;
    Watch watch(*server.channel, Condition::in, [&](Condition) {
        told = true;
        watch.reset();
    });
    server.start();
    (void)server.peer->close();
    assert_true(server.wait_until_done());
    drain();
    (void)server.channel->close();
    drain();
    watch.reset();
    assert_true(told);
}

// P-WS-02: whatever trickles in does not make it longer.
void the_deadline_is_answered_with_408(void**) {
    for (const bool trickles : {false, true}) {
        auto policy = ws::vnc_listener_policy();
        policy.deadline = milliseconds(25);
        WebsockServer server(policy);
        const auto start = Clock::now();
        server.start();
        server.send("GET / HTTP/1.1\r\nX: ");
        const Timer timer(
            milliseconds(1), [&] { server.send(trickles ? "a" : ""); },
            Timer::Repeat::yes);
        const bool done = server.wait_until_done();
        const auto passed = Clock::now() - start;
        server.receive_response();
        assert_true(done);
        assert_true(server.error->kind == ErrorKind::timed_out);
        assert_true(server.response.starts_with("HTTP/1.1 408 "));
        assert_true(passed >= milliseconds(24) && passed < milliseconds(2000));
    }
}

void the_earlier_of_two_deadlines_counts(void**) {
    WebsockServer server;
    server.start({.deadline = deadline_after(milliseconds(3))});
    assert_true(run_until([&] { return server.completions != 0; }, nullptr,
                          std::chrono::seconds(5)));
    assert_true(server.error->kind == ErrorKind::timed_out);
}

// A peer that never reads its refusal is not waited for long.
void lingering_has_an_end(void**) {
    WebsockServer server;
    server.start();
    server.send(bad_request);
    // What comes behind is read away, up to a limit.
    const Bytes block(4096);
    std::size_t sent = 0;
    assert_true(run_until([&] {
        if (const auto count = server.peer->write(block); count && *count)
            sent += **count;
        return server.completions != 0;
    }));
    assert_true(server.error->kind == ErrorKind::protocol);
    assert_true(sent < (512u << 10));
}

/// A handshake stopped at some point of its way, and the ends of it to let go of.
struct Pending {
    enum class Phase { idle, half, answering, lingering };

    explicit Pending(Phase phase, const OperationOptions& options = {})
        : server(ws::vnc_listener_policy(),
                 make_pipe_pair(phase == Phase::answering ? 300 : 64 * 1024)) {
        transport = server.channel->transport().weak_from_this();
        channel = server.channel;
        server.start(options);
        if (phase == Phase::half)
            server.send(good_request.substr(0, 40));
        else if (phase == Phase::answering)
            (void)server.channel->transport().write(Bytes(300)); // no room
        if (phase == Phase::answering)
            server.send(good_request);
        else if (phase == Phase::lingering)
            server.send(bad_request);
        drain();
    }
    bool is_gone() const { return channel.expired() && transport.expired(); }

    WebsockServer server;
    std::weak_ptr<Channel> transport;
    std::weak_ptr<ChannelWebsock> channel;
};

constexpr Pending::Phase phases[] = {Pending::Phase::idle, Pending::Phase::half,
                                     Pending::Phase::answering,
                                     Pending::Phase::lingering};

// D17, CVE-17, CVE-18, TRAP-05, TRAP-06.
void closing_cancels_once(void**) {
    for (const auto phase : phases) {
        Pending pending(phase);
        assert_int_equal(pending.server.completions, 0);
        (void)pending.server.channel->close();
        assert_int_equal(pending.server.completions, 0);
        drain();
        assert_int_equal(pending.server.completions, 1);
        assert_true(pending.server.error->kind == ErrorKind::cancelled);
        pending.server.channel.reset();
        drain();
        assert_int_equal(pending.server.completions, 1);
        assert_true(pending.is_gone());
    }
}

void dropping_the_last_reference_cancels_once(void**) {
    for (const auto phase : phases) {
        Pending pending(phase);
        pending.server.channel.reset();
        assert_true(pending.is_gone());
        assert_int_equal(pending.server.completions, 0);
        drain();
        assert_int_equal(pending.server.completions, 1);
        assert_true(pending.server.error->kind == ErrorKind::cancelled);
    }
}

void a_stop_cancels_once_without_a_word_of_lateness(void**) {
    for (const auto phase : phases) {
        std::stop_source source;
        Pending pending(phase, {.stop = source.get_token()});
        (void)drained(*pending.server.peer);
        source.request_stop();
        assert_true(pending.server.wait_until_done());
        pending.server.channel.reset();
        drain();
        assert_int_equal(pending.server.completions, 1);
        assert_true(pending.server.error->kind == ErrorKind::cancelled);
        assert_true(pending.is_gone());
        assert_false(drained(*pending.server.peer).text().contains(" 408 "));
    }
}

// CVE-18: a hundred at a time, on real sockets.
void a_hundred_abandoned_handshakes_leave_nothing(void**) {
    drain();
    const int before = open_descriptors();
    int completions = 0;
    int cancelled = 0;
    {
        std::vector<std::shared_ptr<Channel>> peers;
        std::vector<std::shared_ptr<ChannelWebsock>> servers;
        for (std::size_t i = 0; i < 100; ++i) {
            auto [peer, below] = make_unix_pair();
            servers.push_back(ChannelWebsock::server(below));
            servers.back()->handshake({}, [&](Result<void> result) {
                ++completions;
                cancelled += !result && result.error().kind == ErrorKind::cancelled;
            });
            (void)peer->write(as_bytes("GET / HTTP/1.1\r\n"));
            peers.push_back(std::move(peer));
        }
        drain();
        // Some peers leave, some servers are closed, the rest is dropped.
        for (std::size_t i = 0; i < 100; i += 3)
            (void)peers[i]->close();
        for (std::size_t i = 1; i < 100; i += 3)
            (void)servers[i]->close();
        for (int i = 0; i < 5; ++i)
            g_main_context_iteration(nullptr, FALSE);
    }
    drain();
    assert_int_equal(completions, 100);
    assert_true(cancelled >= 66);
    assert_int_equal(open_descriptors(), before);
}

// TRAP-04, D2, C-2: accepted, refused, left early; closed and dropped in the callback.
void the_owner_may_drop_everything_in_the_completion(void**) {
    for (auto& request : {good_request, bad_request, std::string("GET /")})
        for (const bool closes : {true, false}) {
            auto [peer, below] = make_pipe_pair();
            auto channel = ChannelWebsock::server(below);
            const std::weak_ptr<ChannelWebsock> gone = channel;
            const std::weak_ptr<Channel> gone_below = below;
            below.reset();
            bool done = false;
            auto* raw = channel.get();
            raw->handshake({}, [&, channel = std::move(channel)](Result<void>) mutable {
                if (closes)
                    (void)channel->close();
                channel.reset();
                done = true;
            });
            (void)peer->write(as_bytes(request));
            (void)peer->shutdown(Direction::write);
            assert_true(run_until([&] { return done; }));
            assert_true(drain() < 10);
            assert_true(gone.expired());
            assert_true(gone_below.expired());
        }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_peer_that_leaves_in_the_middle_ends_it_once),
        cmocka_unit_test(a_peer_that_leaves_during_the_answer_ends_it_once),
        cmocka_unit_test(a_watch_laid_before_hears_of_the_end),
        cmocka_unit_test(the_deadline_is_answered_with_408),
        cmocka_unit_test(the_earlier_of_two_deadlines_counts),
        cmocka_unit_test(lingering_has_an_end),
        cmocka_unit_test(closing_cancels_once),
        cmocka_unit_test(dropping_the_last_reference_cancels_once),
        cmocka_unit_test(a_stop_cancels_once_without_a_word_of_lateness),
        cmocka_unit_test(a_hundred_abandoned_handshakes_leave_nothing),
        cmocka_unit_test(the_owner_may_drop_everything_in_the_completion),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
