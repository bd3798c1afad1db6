// A WebSocket over a transport that splits, blocks, fails and ends wherever it can.
#include "io/websock/channel-websock.hpp"

#include <random>

#include "tests/support/scripted-channel.hpp"
#include "tests/support/websock-server.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

/// A whole session from the client, and what it has to bring out.
struct Session {
    std::string bytes{};
    std::string payload{};

    void frame(unsigned first_byte, std::string_view text) {
        bytes += as_text(client_frame(first_byte, text));
    }
};

Session recorded_session() {
    Session session{.bytes = upgrade_request()};
    session.frame(0x82, "one");
    session.frame(0x89, "ping");
    session.frame(0x02, "two");
    session.frame(0x89, "");
    session.frame(0x80, std::string(200, 'z'));
    session.frame(0x88, close_payload(1000, "bye"));
    session.payload = "onetwo" + std::string(200, 'z');
    return session;
}

/// How a session went for the server's owner.
struct Outcome {
    std::string received;
    bool ended = false;
    std::optional<Error> handshake_error;
    std::optional<Error> error;
    std::optional<Error> write_error;
    std::string written;
    unsigned operations = 0;
    bool transport_failed = false;
    std::string response;
    ServerFrameParser to_peer;
    std::optional<ws::ClosePayload> peer_close;
};

constexpr std::string_view reply = "a reply of some length";

/// Answers everything received, as far as there is room; watches drive it.
class Owner {
public:
    Owner(ChannelWebsock& channel, Outcome& outcome)
        : channel_(channel), outcome_(outcome),
          watch_(channel, Condition::in | Condition::out,
                 [this](Condition condition) { on_ready(condition); }) {}
    bool is_over() const { return over_; }

private:
    void on_ready(Condition condition) {
        if (has(condition, Condition::out) && !outcome_.write_error)
            write();
        if (!has(condition, Condition::in))
            return;
        const auto more = drained(channel_, 50);
        outcome_.received += more.text();
        outcome_.ended = more.ended;
        outcome_.error = more.error;
        over_ = more.ended || more.error;
        if (over_)
            watch_.reset();
    }
    void write() {
        const auto rest = reply.substr(outcome_.written.size());
        const auto count = channel_.write(as_bytes(rest));
        if (!count)
            outcome_.write_error = count.error();
        else if (*count)
            outcome_.written += rest.substr(0, **count);
        if (!count || outcome_.written == reply)
            watch_.set_condition(Condition::in);
    }

    ChannelWebsock& channel_;
    Outcome& outcome_;
    bool over_ = false;
    Watch watch_;
};

Outcome run_session(const Session& session, const Script& script) {
    Outcome outcome;
    auto [peer, below] = make_pipe_pair();
    const auto scripted = std::make_shared<ScriptedChannel>(below, script);
    WebsockServer server(ws::vnc_listener_policy(), {peer, scripted});
    server.start();
    server.send(session.bytes);
    run_until([&] { return server.completions != 0; });
    outcome.handshake_error = server.error;
    if (!server.error) {
        const Owner owner(*server.channel, outcome);
        run_until([&] { return owner.is_over(); });
        (void)drained(*server.channel); // what is queued may still leave
    }
    outcome.operations = scripted->operations();
    outcome.transport_failed = scripted->has_failed();
    outcome.peer_close = server.channel->peer_close();
    const auto sent = drained(*peer).text();
    const auto head = sent.find("\r\n\r\n");
    outcome.response = sent.substr(0, head);
    if (head != sent.npos)
        outcome.to_peer.feed(as_bytes(sent).subspan(head + 4));
    return outcome;
}

bool has_everything(const Outcome& outcome, const Session& session) {
    return !outcome.handshake_error && !outcome.error && outcome.ended &&
           outcome.received == session.payload && outcome.peer_close &&
           outcome.peer_close->reason == "bye" && !outcome.to_peer.is_broken;
}

// O-04, P-RFB-24's rule for this layer: the same result however the transport cuts.
void cutting_and_blocking_change_nothing(void**) {
    const Session session = recorded_session();
    for (std::size_t chunk = 1; chunk <= 40; chunk += chunk < 20 ? 1 : 7)
        for (const unsigned block_every : {0u, 2u, 3u, 5u, 11u}) {
            const auto outcome =
                run_session(session, {.max_chunk = chunk, .block_every = block_every});
            if (!has_everything(outcome, session))
                print_error("chunk %zu, block %u: '%s'\n", chunk, block_every,
                            outcome.received.c_str());
            assert_true(has_everything(outcome, session));
            assert_true(outcome.response.starts_with("HTTP/1.1 101 "));
            std::string data;
            for (auto& frame : outcome.to_peer.frames)
                if (frame.first_byte == 0x82)
                    data += as_text(frame.payload);
            assert_true(reply.starts_with(data));
        }
}

// IO-17, C-4, rule 9: an error has a message, and data is never lost in front of it.
void a_failure_at_any_operation_is_told_and_loses_nothing(void**) {
    const Session session = recorded_session();
    for (const std::size_t chunk : {std::size_t(17), std::size_t(60), SIZE_MAX}) {
        unsigned failures = 0;
        for (unsigned n = 1;; ++n) {
            const auto outcome = run_session(session, {.max_chunk = chunk, .fail_at = n});
            if (!outcome.transport_failed) {
                assert_true(has_everything(outcome, session));
                break;
            }
            ++failures;
            for (auto& error :
                 {outcome.handshake_error, outcome.error, outcome.write_error})
                if (error)
                    assert_false(error->message.empty());
            assert_true(session.payload.starts_with(outcome.received));
            // All of it, or an error.
            assert_true(outcome.received == session.payload || outcome.handshake_error ||
                        outcome.error);
            assert_true(!outcome.ended || outcome.peer_close);
        }
        assert_true(failures >= 5);
    }
}

// C-1: the transport ends at every byte of the session, handshake included.
void an_end_at_any_byte_is_told_and_loses_nothing(void**) {
    const Session session = recorded_session();
    for (std::size_t cut = 0; cut <= session.bytes.size(); ++cut) {
        const auto outcome = run_session(session, {.max_chunk = 64, .end_after = cut});
        if (outcome.handshake_error) {
            assert_true(cut < upgrade_request().size());
            assert_true(outcome.handshake_error->kind == ErrorKind::disconnected);
            continue;
        }
        assert_true(cut >= upgrade_request().size());
        assert_true(session.payload.starts_with(outcome.received));
        assert_true(outcome.ended != outcome.error.has_value());
        if (outcome.error)
            assert_true(outcome.error->kind == ErrorKind::disconnected);
        // No byte that came before the end is missing.
        std::size_t reached = 0;
        for (std::size_t full = cut; full > 0 && reached == 0; --full)
            reached = outcome.received.size() <= full ? full : 0;
        assert_true(reached != 0);
        assert_int_equal(outcome.peer_close.has_value(), cut == session.bytes.size());
    }
}

// D25's rule for this layer: what was reported as sent is what arrives, in order.
void short_writes_carry_on_within_their_frame(void**) {
    std::mt19937 random(11);
    for (int round = 0; round < 60; ++round) {
        auto [peer, below] = make_pipe_pair(400 + random() % 3000);
        const auto scripted = std::make_shared<ScriptedChannel>(
            below, Script{.max_chunk = 1 + random() % 700,
                          .block_every = unsigned(2 + random() % 5)});
        OpenWebsock server({peer, scripted});
        assert_true(server.is_open);
        Bytes data(5000 + random() % 3000);
        for (auto& byte : data)
            byte = std::byte(random());
        Bytes arrived;
        std::size_t sent = 0;
        for (int i = 0; i < 20'000 && arrived.size() < data.size(); ++i) {
            // In between, pings: their pongs must not end up inside a frame.
            if (i % 7 == 0)
                (void)server.peer->write(client_frame(0x89, "ping"));
            Bytes sink(100);
            (void)server.channel->read(sink);
            const auto count = server.channel->write(ByteView(data).subspan(sent));
            assert_true(count.has_value());
            sent += count->value_or(0);
            for (; !server.frames().empty(); server.parser.frames.pop_front())
                if (auto& frame = server.parser.frames.front(); frame.first_byte == 0x82)
                    arrived.insert(arrived.end(), frame.payload.begin(),
                                   frame.payload.end());
            assert_false(server.parser.is_broken);
        }
        assert_true(arrived == data);
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(cutting_and_blocking_change_nothing),
        cmocka_unit_test(a_failure_at_any_operation_is_told_and_loses_nothing),
        cmocka_unit_test(an_end_at_any_byte_is_told_and_loses_nothing),
        cmocka_unit_test(short_writes_carry_on_within_their_frame),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
