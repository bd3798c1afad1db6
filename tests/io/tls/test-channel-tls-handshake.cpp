// The TLS handshake: it completes once, whatever happens, and agrees on what was asked.
#include <thread>

#include "tests/io/tls/open-tls.hpp"

#include "tests/support/scripted-channel.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;
using tls::Endpoint;

namespace {

/// A server whose peer is in the test's hands.
struct LoneServer {
    explicit LoneServer(std::size_t capacity = 64 * 1024) {
        auto pair = make_pipe_pair(capacity);
        peer = pair.first;
        channel =
            *ChannelTls::server(pair.second, TestCredentials::psk(Endpoint::server));
    }
    ~LoneServer() {
        channel.reset();
        drain();
    }
    LoneServer(const LoneServer&) = delete;
    LoneServer& operator=(const LoneServer&) = delete;
    void start(const OperationOptions& options = {}) {
        channel->handshake(options, [this](Result<void> result) {
            ++completions;
            if (!result)
                error = result.error();
        });
    }
    bool fails_with(ErrorKind kind) {
        return run_until([this] { return completions != 0; }) && drain() < 10 &&
               completions == 1 && error && error->kind == kind &&
               !error->message.empty();
    }
    std::shared_ptr<Channel> peer;
    std::shared_ptr<ChannelTls> channel;
    int completions = 0;
    std::optional<Error> error;
};

void it_never_completes_before_it_returned(void**) {
    LoneServer server;
    (void)server.peer->close();
    server.start();
    assert_int_equal(server.completions, 0);
    assert_true(server.fails_with(ErrorKind::disconnected));
}

// P-TLS-01: what else may be said to a TLS port.
void anything_but_tls_is_a_protocol_error_at_once(void**) {
    for (const std::string& text :
         {std::string("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), std::string("RFB 003.008\n"),
          std::string(100, '\0'), std::string(100, '\xFF'),
          std::string("\x16\x03\x01\xFF\xFF") + std::string(70'000, 'x'),
          std::string("\x80\x2E\x01\x03\x01") + std::string(100, '\1')}) {
        LoneServer server(128 * 1024);
        server.start();
        (void)write_all(*server.peer, as_bytes(text), soon());
        assert_true(server.fails_with(ErrorKind::protocol));
        std::byte byte{};
        assert_true(server.channel->read({&byte, 1}).error().kind == ErrorKind::protocol);
        assert_true(server.channel->write({&byte, 1}).error().kind ==
                    ErrorKind::protocol);
        assert_true(has(*wait(*server.channel, Condition::in), Condition::hup));
    }
}

// P-TLS-02: a message without end is not kept for ever.
void a_giant_handshake_message_is_refused(void**) {
    LoneServer server;
    server.start();
    std::string record("\x16\x03\x01\x10\x00\x01\xFF\xFF\xFF", 9);
    record.resize(5 + 0x1000, 'x');
    for (int i = 0; i < 80 && server.completions == 0; ++i) {
        (void)write_all(*server.peer, as_bytes(record), soon());
        drain();
    }
    assert_true(server.fails_with(ErrorKind::limit));
}

// TRAP-13, P-TLS-08: plain bytes in front of the ClientHello never become data.
void plain_bytes_in_front_of_the_handshake_break_it(void**) {
    for (const std::string_view text : {"x", "\x16", "\x17\x03\x03", "abcd"}) {
        LoneServer server;
        (void)write_all(*server.peer, as_bytes(text));
        auto client =
            *ChannelTls::client(server.peer, TestCredentials::psk(Endpoint::client), {});
        int done = 0;
        client->handshake({}, [&](Result<void>) { ++done; });
        server.start();
        drain();
        // Some it refuses at once; behind others it waits for the rest of a record.
        (void)client->close();
        assert_true(run_until([&] { return server.completions != 0; }));
        assert_true(server.error.has_value());
        drain();
        assert_int_equal(done, 1);
    }
}

// P-TLS-01: a peer who lets it drip is ended by the deadline.
void a_trickle_is_ended_by_the_deadline(void**) {
    LoneServer server;
    server.start({.deadline = deadline_after(std::chrono::milliseconds(30))});
    const Timer drip(
        std::chrono::milliseconds(2), [&] { (void)server.peer->write(as_bytes("\x16")); },
        Timer::Repeat::yes);
    (void)server.peer->write(as_bytes(std::string_view("\x16\x03\x01\x02\x00", 5)));
    assert_true(server.fails_with(ErrorKind::timed_out));
    std::byte byte{};
    assert_true(server.channel->read({&byte, 1}).error().kind == ErrorKind::timed_out);
}

void a_stop_request_ends_it(void**) {
    LoneServer server;
    std::stop_source stop;
    server.start({.stop = stop.get_token()});
    stop.request_stop();
    assert_true(server.fails_with(ErrorKind::cancelled));
}

void a_second_one_and_one_on_a_closed_channel_are_refused(void**) {
    LoneServer server;
    server.start();
    LoneServer other;
    server.channel->handshake({}, [&](Result<void> result) {
        ++other.completions;
        if (!result)
            other.error = result.error();
    });
    assert_true(other.fails_with(ErrorKind::invalid_argument));
    LoneServer closed;
    (void)closed.channel->close();
    closed.start();
    assert_true(closed.fails_with(ErrorKind::closed));
}

// O-19.
void nothing_moves_before_it(void**) {
    const LoneServer server;
    std::byte byte{};
    (void)server.peer->write(as_bytes("hello"));
    assert_true(server.channel->read({&byte, 1}).error().kind ==
                ErrorKind::invalid_argument);
    assert_true(server.channel->write({&byte, 1}).error().kind ==
                ErrorKind::invalid_argument);
    assert_true(server.channel->session_data().error().kind ==
                ErrorKind::invalid_argument);
}

enum class Leaving { close, destroy };

/// Runs a handshake over a slow transport for `steps` turns of the loop, and leaves.
/// Returns whether it had already completed.
bool leave_after(int steps, Leaving leaving, bool server_leaves) {
    auto below = make_pipe_pair();
    const auto slow = [](std::shared_ptr<Channel> channel) {
        return std::make_shared<ScriptedChannel>(std::move(channel),
                                                 Script{.max_chunk = 60});
    };
    auto pair = make_tls_pair({slow(below.first), slow(below.second)});
    below = {};
    std::weak_ptr<ChannelTls> gone = server_leaves ? pair.second : pair.first;
    int completions[2] = {0, 0};
    ErrorKind kinds[2] = {};
    for (const bool is_server : {false, true})
        (is_server ? pair.second : pair.first)
            ->handshake({}, [&, is_server](Result<void> result) {
                ++completions[is_server];
                if (!result)
                    kinds[is_server] = result.error().kind;
            });
    for (int i = 0; i < steps; ++i)
        g_main_context_iteration(nullptr, FALSE);
    const bool was_over = completions[server_leaves] != 0;
    auto& leaver = server_leaves ? pair.second : pair.first;
    if (leaving == Leaving::close)
        (void)leaver->close();
    leaver.reset();
    assert_true(run_until([&] { return completions[0] != 0 && completions[1] != 0; }));
    drain();
    assert_int_equal(completions[0], 1);
    assert_int_equal(completions[1], 1);
    if (!was_over && kinds[server_leaves] != ErrorKind::invalid_argument)
        assert_true(kinds[server_leaves] == ErrorKind::cancelled);
    assert_true(gone.expired());
    return was_over;
}

// CVE-17, D17, TRAP-05, TRAP-06, O-31, IO-35: whoever goes, at whatever step, every
// completion comes once and nothing stays behind.
// CVE-17, O-18.
void leaving_at_any_step_completes_it_once(void**) {
    for (const auto leaving : {Leaving::close, Leaving::destroy})
        for (const bool server_leaves : {false, true}) {
            int steps = 0;
            while (!leave_after(steps, leaving, server_leaves))
                ++steps;
            assert_true(steps > 5);
        }
}

// TRAP-03: what came in the same segment as the last of the handshake wakes the reader.
void data_right_behind_it_wakes_the_reader(void**) {
    struct LastFlight {
        Endpoint ours;
        const char* priority;
    };
    // The peer is the one who speaks last.
    for (auto& [ours, priority] :
         {LastFlight{Endpoint::server, tls13}, LastFlight{Endpoint::client, tls12}}) {
        AgainstBarePeer tls(ours, priority, "at once");
        assert_true(tls.is_open);
        std::string received;
        const Watch watch(*tls.channel, Condition::in,
                          [&](Condition) { received += drained(*tls.channel).text(); });
        assert_true(run_until([&] { return received == "at once"; }));
        assert_true(drain() < 5);
    }
}

void a_thread_without_a_main_loop_can_wait_for_it(void**) {
    const auto below = make_pipe_pair();
    for (auto& channel : {below.first, below.second})
        (void)channel->set_blocking(Blocking::yes);
    const auto pair = make_tls_pair(below);
    std::optional<Result<void>> theirs;
    std::thread thread([&] { theirs = pair.first->handshake_wait(soon()); });
    const auto ours = pair.second->handshake_wait(soon());
    thread.join();
    assert_true(ours.has_value());
    assert_true(theirs->has_value());
    assert_true(write_all(*pair.first, as_bytes("hi")).has_value());
    Bytes sink(2);
    assert_true(read_all(*pair.second, sink).has_value());
    assert_true(as_text(sink) == "hi");
}

void waiting_for_it_ends_with_the_deadline(void**) {
    const LoneServer server;
    const auto result = server.channel->handshake_wait(
        {.deadline = deadline_after(std::chrono::milliseconds(1))});
    assert_true(result.error().kind == ErrorKind::timed_out);
    std::byte byte{};
    assert_true(server.channel->read({&byte, 1}).error().kind == ErrorKind::timed_out);
}

void a_wrong_key_is_refused_on_both_sides(void**) {
    const auto below = make_pipe_pair();
    const TlsPair pair{
        *ChannelTls::client(
            below.first,
            TestCredentials::psk(Endpoint::client, "NORMAL:+ECDHE-PSK", "another key"),
            {}),
        *ChannelTls::server(below.second, TestCredentials::psk(Endpoint::server))};
    const auto outcome = shake_hands(pair);
    assert_true(outcome.client && outcome.server);
    assert_false(outcome.client->message.empty());
    assert_false(outcome.server->message.empty());
}

// P-TLS-06
void versions_that_do_not_meet_are_a_protocol_error(void**) {
    const auto below = make_pipe_pair();
    const TlsPair pair{
        *ChannelTls::client(below.first, TestCredentials::psk(Endpoint::client, tls12),
                            {}),
        *ChannelTls::server(below.second, TestCredentials::psk(Endpoint::server, tls13))};
    const auto outcome = shake_hands(pair);
    assert_true(outcome.client && outcome.client->kind == ErrorKind::protocol);
    assert_true(outcome.server && outcome.server->kind == ErrorKind::protocol);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(it_never_completes_before_it_returned),
        cmocka_unit_test(anything_but_tls_is_a_protocol_error_at_once),
        cmocka_unit_test(a_giant_handshake_message_is_refused),
        cmocka_unit_test(plain_bytes_in_front_of_the_handshake_break_it),
        cmocka_unit_test(a_trickle_is_ended_by_the_deadline),
        cmocka_unit_test(a_stop_request_ends_it),
        cmocka_unit_test(a_second_one_and_one_on_a_closed_channel_are_refused),
        cmocka_unit_test(nothing_moves_before_it),
        cmocka_unit_test(leaving_at_any_step_completes_it_once),
        cmocka_unit_test(data_right_behind_it_wakes_the_reader),
        cmocka_unit_test(a_thread_without_a_main_loop_can_wait_for_it),
        cmocka_unit_test(waiting_for_it_ends_with_the_deadline),
        cmocka_unit_test(a_wrong_key_is_refused_on_both_sides),
        cmocka_unit_test(versions_that_do_not_meet_are_a_protocol_error),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
