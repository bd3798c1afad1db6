// TLS over a transport that splits, blocks, fails and ends wherever it can.
#include "tests/io/tls/open-tls.hpp"

#include "tests/support/scripted-channel.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;
using tls::Endpoint;

namespace {

const std::string question(700, 'q');
const std::string answer(20'000, 'a');

/// How a session went for one side.
struct Side {
    std::optional<Error> handshake_error{};
    std::string received{};
    bool ended = false;
    std::optional<Error> error{};
    std::optional<Error> write_error{};
    int completions = 0;
};

/// Says all of a text when the handshake is over, and then goodbye; takes in what comes.
class Party {
public:
    Party(std::shared_ptr<ChannelTls> channel, std::string_view words)
        : channel_(std::move(channel)), rest_(words) {
        channel_->handshake({}, [this](Result<void> result) {
            ++side.completions;
            if (result)
                return start();
            side.handshake_error = result.error();
        });
    }
    ~Party() { (void)channel_->close(); }
    Party(const Party&) = delete;
    Party& operator=(const Party&) = delete;
    bool is_over() const {
        return side.handshake_error ||
               (side.completions != 0 && (side.ended || side.error));
    }
    Side side{};

private:
    void start() {
        watch_ = Watch(*channel_, Condition::in | Condition::out,
                       [this](Condition condition) { on_ready(condition); });
    }
    void on_ready(Condition condition) {
        if (has(condition, Condition::out) && !rest_.empty())
            write();
        if (!has(condition, Condition::in) || is_over())
            return;
        auto more = drained(*channel_, 1000);
        side.received += more.text();
        side.ended = more.ended;
        side.error = more.error;
        if (is_over())
            watch_.set_condition(rest_.empty() ? Condition::none : Condition::out);
    }
    void write() {
        const auto count = channel_->write(as_bytes(rest_));
        if (count)
            rest_ = rest_.substr(count->value_or(0));
        else
            side.write_error = count.error();
        if (count && !rest_.empty())
            return;
        rest_ = {};
        (void)channel_->shutdown(Direction::write);
        watch_.set_condition(Condition::in);
    }

    std::shared_ptr<ChannelTls> channel_;
    std::string_view rest_;
    Watch watch_;
};

struct Outcome {
    Side client, server;
    unsigned operations = 0;
    bool transport_failed = false;
    bool is_whole() const {
        return !client.handshake_error && !server.handshake_error && client.ended &&
               server.ended && client.received == answer && server.received == question;
    }
};

/// One session; the transport of one end does as scripted.
Outcome run_session(const Script& script, Endpoint scripted_end, const char* priority) {
    Outcome outcome;
    auto below = make_pipe_pair();
    auto& faulty = scripted_end == Endpoint::client ? below.first : below.second;
    const auto scripted = std::make_shared<ScriptedChannel>(faulty, script);
    faulty = scripted;
    auto pair = make_tls_pair(below, priority);
    below = {};
    {
        std::optional<Party> client(std::in_place, pair.first, question);
        std::optional<Party> server(std::in_place, pair.second, answer);
        pair = {};
        // Who has ended leaves, so that the other one notices.
        run_until([&] {
            if (client && client->is_over() &&
                (client->side.error || client->side.handshake_error ||
                 (server && server->is_over()) || !server)) {
                outcome.client = client->side;
                client.reset();
            }
            if (server && server->is_over() &&
                (server->side.error || server->side.handshake_error || !client)) {
                outcome.server = server->side;
                server.reset();
            }
            return !client && !server;
        });
    }
    drain();
    outcome.operations = scripted->operations();
    outcome.transport_failed = scripted->has_failed();
    return outcome;
}

void show(const char* what, std::size_t n, const Outcome& outcome) {
    for (auto* side : {&outcome.client, &outcome.server})
        print_error("%s %zu: %zu bytes, %s\n", what, n, side->received.size(),
                    side->handshake_error ? side->handshake_error->message.c_str()
                    : side->error         ? side->error->message.c_str()
                                          : "ended");
}

// O-04, P-TLS-09: the same result however the transport cuts and blocks.
void cutting_and_blocking_change_nothing(void**) {
    for (const auto end : {Endpoint::client, Endpoint::server})
        for (const auto* priority : {tls12, tls13})
            for (const std::size_t chunk : {1, 2, 5, 6, 17, 1000, 16'410})
                for (const unsigned block_every : {0u, 2u, 3u, 7u}) {
                    const auto outcome = run_session(
                        {.max_chunk = chunk, .block_every = block_every}, end, priority);
                    if (!outcome.is_whole())
                        show("chunk", chunk, outcome);
                    assert_true(outcome.is_whole());
                }
}

void check_told(const Side& side, const std::string& expected) {
    for (auto& error : {side.handshake_error, side.error, side.write_error})
        if (error)
            assert_false(error->message.empty());
    assert_true(expected.starts_with(side.received));
    assert_true(!side.ended || side.received == expected);
    assert_int_equal(side.completions, 1);
}

// IO-17, C-4: an error has a message, and data is never lost in front of it.
void a_failure_at_any_operation_is_told_and_loses_nothing(void**) {
    for (const auto end : {Endpoint::client, Endpoint::server})
        for (const std::size_t chunk : {std::size_t(200), SIZE_MAX})
            for (unsigned n = 1;; ++n) {
                const auto outcome =
                    run_session({.max_chunk = chunk, .fail_at = n}, end, tls13);
                check_told(outcome.client, answer);
                check_told(outcome.server, question);
                if (!outcome.transport_failed) {
                    if (!outcome.is_whole())
                        show("failure", n, outcome);
                    assert_true(outcome.is_whole());
                    assert_true(n > 5);
                    break;
                }
            }
}

// C-1, P-TLS-01, P-TLS-05: the transport ends at every byte of the handshake and of the
// stream.
void an_end_at_any_byte_is_told_and_loses_nothing(void**) {
    for (const auto* priority : {tls12, tls13}) {
        bool was_in_handshake = false;
        for (std::size_t cut = 0;; ++cut) {
            const auto outcome =
                run_session({.end_after = cut}, Endpoint::server, priority);
            check_told(outcome.server, question);
            auto& server = outcome.server;
            if (server.ended) {
                assert_true(server.received == question);
                break;
            }
            was_in_handshake = was_in_handshake || server.handshake_error;
            const auto& error =
                server.handshake_error ? server.handshake_error : server.error;
            assert_true(error && error->kind == ErrorKind::disconnected);
        }
        assert_true(was_in_handshake);
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(cutting_and_blocking_change_nothing),
        cmocka_unit_test(a_failure_at_any_operation_is_told_and_loses_nothing),
        cmocka_unit_test(an_end_at_any_byte_is_told_and_loses_nothing),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
