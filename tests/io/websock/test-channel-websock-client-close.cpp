// How a client's connection ends: both goodbyes, the server's end of the stream,
// patience.
#include "io/websock/channel-websock.hpp"

#include "io/websock/websock-messages.hpp"
#include "tests/support/websock-peer.hpp"
#include "tests/support/websock-server.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;
using std::chrono::milliseconds;
using ws::CloseCode;

namespace {

/// A client that closes, and how that went.
struct Closing : OpenPeer {
    explicit Closing(const ChannelPair& below = make_pipe_pair()) : OpenPeer(below) {}
    void begin(const OperationOptions& options = {}) {
        channel->close_gracefully(CloseCode::normal, "done", options,
                                  [this](Result<void> result) {
                                      ++ends;
                                      if (!result)
                                          failure = result.error().kind;
                                  });
    }
    bool wait_for_end() {
        return run_until([this] { return ends != 0; }) && drain() < 10 && ends == 1;
    }
    /// The only close frame sent, as "code:reason".
    std::string goodbye() {
        std::string all;
        for (auto& frame : frames())
            if (frame.first_byte == 0x88 && frame.payload.size() >= 2)
                all += std::to_string(load_be<std::uint16_t>(frame.payload.data())) +
                       ":" + std::string(as_text(ByteView(frame.payload).subspan(2)));
        return all;
    }
    int ends = 0;
    std::optional<ErrorKind> failure;
};

// §7.1.1: the server ends the stream first.
void the_client_waits_for_the_server_to_end_the_stream(void**) {
    Closing peer;
    peer.begin();
    drain();
    assert_string_equal(peer.goodbye().c_str(), "1000:done");
    peer.send_frame(0x88, close_payload(1000));
    assert_true(drain() < 10);
    assert_int_equal(peer.ends, 0);
    peer.frames();
    assert_false(peer.has_ended);
    (void)peer.server->shutdown(Direction::write);
    assert_true(peer.wait_for_end());
    assert_false(peer.failure.has_value());
    peer.frames();
    assert_true(peer.has_ended);
}

void a_server_that_does_not_end_the_stream_is_left_behind(void**) {
    Closing peer;
    const auto start = Clock::now();
    peer.begin();
    peer.send_frame(0x88, close_payload(1000));
    assert_true(peer.wait_for_end());
    // Both have said goodbye: that is no failure.
    assert_false(peer.failure.has_value());
    assert_true(Clock::now() - start >= milliseconds(900));
    peer.frames();
    assert_true(peer.has_ended);
}

// P-WS-16 from this side.
void a_server_that_never_answers_is_left_at_the_deadline(void**) {
    Closing peer;
    peer.begin({.deadline = deadline_after(milliseconds(15))});
    assert_true(peer.wait_for_end());
    assert_true(peer.failure == ErrorKind::timed_out);
    peer.frames();
    assert_true(peer.has_ended);
}

void a_server_that_only_leaves_is_an_error(void**) {
    Closing peer;
    peer.begin();
    drain();
    (void)peer.server->close();
    assert_true(peer.wait_for_end());
    assert_true(peer.failure == ErrorKind::disconnected);
}

// The server says goodbye first: its code comes back, and is there to be read.
void the_servers_goodbye_is_echoed_and_told(void**) {
    Closing peer;
    peer.send_frame(0x82, "last");
    peer.send_frame(0x88, close_payload(1001, "shutting down"));
    peer.send_frame(0x82, "O-35: nobody sees this");
    const auto seen = drained(*peer.channel);
    assert_true(seen.ended);
    assert_string_equal(seen.text().c_str(), "last");
    assert_int_equal(int(*peer.channel->peer_close()->code), 1001);
    assert_string_equal(peer.channel->peer_close()->reason.c_str(), "shutting down");
    assert_string_equal(peer.goodbye().c_str(), "1001:");
    assert_false(peer.has_ended); // that is for the server to do
    peer.begin();
    (void)peer.server->shutdown(Direction::write);
    assert_true(peer.wait_for_end());
    assert_false(peer.failure.has_value());
}

void after_a_violation_the_client_goes_at_once(void**) {
    Closing peer;
    peer.send_frame(0x83, "");
    assert_true(drained(*peer.channel).error.has_value());
    peer.begin();
    assert_true(peer.wait_for_end());
    assert_true(peer.goodbye().starts_with("1002:"));
}

/// Both ends ours; closes one, the other one as soon as it sees the end.
void close_both(bool client_first, bool in_messages) {
    auto [first, second] = make_pipe_pair();
    const auto client = ChannelWebsock::client(first, {.host = "server.example"});
    const auto server = ChannelWebsock::server(second);
    int open = 0, ends = 0;
    for (auto& end : {client, server})
        end->handshake({}, [&](Result<void> result) { open += !!result; });
    assert_true(run_until([&] { return open == 2; }));
    std::optional<WebsockMessages> client_messages, server_messages;
    if (in_messages) {
        client_messages.emplace(client);
        server_messages.emplace(server);
        // Data under way does not disturb.
        (void)client_messages->send(MessageKind::text, as_bytes("unread"));
        (void)server_messages->send(MessageKind::text, as_bytes("unread"));
    }
    auto& one = client_first ? client : server;
    auto& other = client_first ? server : client;
    auto count = [&](Result<void> result) { ends += !!result; };
    one->close_gracefully(CloseCode::going_away, "bye", {}, count);
    auto has_seen_it = [&] {
        if (!in_messages)
            return drained(*other).ended;
        const auto message =
            (client_first ? server_messages : client_messages)->receive_message();
        return message && *message && (*message)->is_end;
    };
    assert_true(run_until(has_seen_it));
    assert_int_equal(int(*other->peer_close()->code), 1001);
    assert_string_equal(other->peer_close()->reason.c_str(), "bye");
    other->close_gracefully(CloseCode::normal, "", {}, count);
    const auto start = Clock::now();
    assert_true(run_until([&] { return ends == 2; }));
    assert_true(Clock::now() - start < milliseconds(900)); // nobody's patience ran out
    assert_int_equal(int(*one->peer_close()->code), 1001);
}

void two_ends_of_ours_part_in_order(void**) {
    for (const bool client_first : {true, false})
        for (const bool in_messages : {true, false})
            close_both(client_first, in_messages);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(the_client_waits_for_the_server_to_end_the_stream),
        cmocka_unit_test(a_server_that_does_not_end_the_stream_is_left_behind),
        cmocka_unit_test(a_server_that_never_answers_is_left_at_the_deadline),
        cmocka_unit_test(a_server_that_only_leaves_is_an_error),
        cmocka_unit_test(the_servers_goodbye_is_echoed_and_told),
        cmocka_unit_test(after_a_violation_the_client_goes_at_once),
        cmocka_unit_test(two_ends_of_ours_part_in_order),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
