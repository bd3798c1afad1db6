// A relay session between every two kinds of channels.
#include "io/tools/relay-session.hpp"

#include <algorithm>
#include <array>
#include <random>
#include <string>

#include "io/core/transfer.hpp"
#include "tests/support/heap.hpp"
#include "tests/support/loop.hpp"
#include "tests/support/scripted-channel.hpp"
#include "tests/support/stacks.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

using std::chrono::milliseconds;

Bytes random_bytes(std::size_t size, unsigned seed) {
    std::mt19937 random(seed);
    Bytes bytes(size);
    for (auto& byte : bytes)
        byte = std::byte(random());
    return bytes;
}

/// Sends all of one buffer and gathers what comes, on watches.
class End {
public:
    End(std::shared_ptr<Channel> channel, Bytes out)
        : channel_(std::move(channel)), out_(std::move(out)),
          watch_(*channel_, Condition::in | Condition::out,
                 [this](Condition condition) { on_ready(condition); }) {}

    /// After the last byte says that there is no more.
    void half_close_after() { half_close_ = true; }
    const Bytes& received() const { return received_; }
    bool has_ended() const { return ended_; }
    void leave() {
        watch_.reset();
        (void)channel_->close();
    }

private:
    void on_ready(Condition condition) {
        if (has(condition, Condition::out) && sent_ != out_.size()) {
            const auto count = channel_->write(ByteView(out_).subspan(sent_));
            if (count && *count)
                sent_ += **count;
            if (!count)
                sent_ = out_.size(); // nobody takes it any more
            if (sent_ == out_.size() && half_close_)
                (void)channel_->shutdown(Direction::write);
        }
        if (has(condition, Condition::in)) {
            std::array<std::byte, 5000> buffer;
            const auto count = channel_->read(buffer);
            if (!count || (*count && **count == 0))
                ended_ = true;
            else if (*count)
                received_.insert(received_.end(), buffer.begin(),
                                 buffer.begin() + std::ptrdiff_t(**count));
        }
        auto wanted = ended_ ? Condition::none : Condition::in;
        if (sent_ != out_.size())
            wanted |= Condition::out;
        if (any(wanted))
            watch_.set_condition(wanted);
        else
            watch_.reset();
    }

    std::shared_ptr<Channel> channel_;
    Bytes out_;
    Bytes received_;
    std::size_t sent_ = 0;
    bool half_close_ = false;
    bool ended_ = false;
    Watch watch_;
};

/// A session between two stacks, and what it was told at its end.
struct Relayed {
    explicit Relayed(const Stack& first, const Stack& second,
                     RelaySessionOptions options = {}, Script script = {}) {
        auto client = first.make();
        auto target = second.make();
        client_end = client.first;
        target_end = target.second;
        auto scripted = std::make_shared<ScriptedChannel>(client.second, script);
        session = RelaySession::start(scripted, target.first, options,
                                      [this](const RelayResult& end) { result = end; });
    }

    std::shared_ptr<Channel> client_end;
    std::shared_ptr<Channel> target_end;
    std::shared_ptr<RelaySession> session;
    std::optional<RelayResult> result;
};

const Stack& stack_named(const std::string& name) {
    for (auto& stack : all_stacks())
        if (stack.name == name)
            return stack;
    g_error("no stack %s", name.c_str());
}

void bytes_go_both_ways_between_all_kinds_of_channels(void**) {
    const Bytes there = random_bytes(700'000, 1);
    const Bytes back = random_bytes(300'000, 2);
    for (auto& first : all_stacks())
        for (auto& second : all_stacks()) {
            Relayed relayed(first, second);
            End client(relayed.client_end, there);
            End target(relayed.target_end, back);
            assert_true(run_until([&] {
                return client.received().size() == back.size() &&
                       target.received().size() == there.size();
            }));
            assert_true(client.received() == back);
            assert_true(target.received() == there);
            client.leave();
            assert_true(run_until([&] { return target.has_ended(); }));
            target.leave();
            assert_true(run_until([&] { return relayed.result.has_value(); }));
            assert_int_equal(relayed.result->bytes_in, there.size());
            assert_int_equal(relayed.result->bytes_out, back.size());
        }
}

void short_and_blocked_operations_lose_nothing(void**) {
    const Bytes there = random_bytes(20'000, 3);
    const Bytes back = random_bytes(20'000, 4);
    for (const unsigned block_every : {2u, 3u, 5u})
        for (const std::size_t chunk : {1u, 7u, 1000u}) {
            Relayed relayed(stack_named("unix"), stack_named("unix"), {},
                            {.max_chunk = chunk, .block_every = block_every});
            End client(relayed.client_end, there);
            End target(relayed.target_end, back);
            assert_true(run_until([&] {
                return client.received().size() == back.size() &&
                       target.received().size() == there.size();
            }));
            assert_true(client.received() == back);
            assert_true(target.received() == there);
        }
}

void every_failing_operation_ends_the_session_with_its_error(void**) {
    for (unsigned n = 1; n <= 12; ++n) {
        Relayed relayed(stack_named("unix"), stack_named("unix"), {},
                        {.max_chunk = 4000, .fail_at = n});
        End client(relayed.client_end, random_bytes(400'000, 5));
        End target(relayed.target_end, random_bytes(400'000, 6));
        assert_true(run_until([&] { return relayed.result.has_value(); }));
        assert_true(relayed.result->error.has_value());
        assert_true(relayed.result->error->message.find("scripted") != std::string::npos);
        assert_true(run_until([&] { return client.has_ended() && target.has_ended(); }));
        assert_true(drain() < 10);
    }
}

void half_a_close_is_passed_on_and_the_answer_comes_back(void**) {
    for (const char* name : {"unix", "tcp"}) {
        Relayed relayed(stack_named(name), stack_named("tcp"));
        const Bytes question = random_bytes(500'000, 7);
        End client(relayed.client_end, question);
        client.half_close_after();
        Bytes heard;
        Bytes buffer(1 << 16);
        bool ended = false;
        Watch watch(*relayed.target_end, Condition::in, [&](Condition) {
            const auto count = relayed.target_end->read(buffer);
            if (count && *count)
                heard.insert(heard.end(), buffer.begin(),
                             buffer.begin() + std::ptrdiff_t(**count));
            ended = count && *count && **count == 0;
            if (ended)
                watch.reset();
        });
        assert_true(run_until([&] { return ended; }));
        assert_true(heard == question);
        assert_false(relayed.result.has_value());
        assert_true(write_all(*relayed.target_end, as_bytes("answer")).has_value());
        (void)relayed.target_end->close();
        assert_true(run_until([&] { return relayed.result.has_value(); }));
        assert_false(relayed.result->error.has_value());
        assert_true(run_until([&] { return client.has_ended(); }));
        assert_true(as_text(client.received()) == "answer");
    }
}

void an_idle_session_ends_at_its_timeout(void**) {
    Relayed relayed(stack_named("unix"), stack_named("tcp"),
                    {.idle_timeout = milliseconds(5)});
    assert_true(run_until([&] { return relayed.result.has_value(); }));
    assert_true(relayed.result->error &&
                relayed.result->error->kind == ErrorKind::timed_out);
}

void traffic_keeps_a_session_alive(void**) {
    Relayed relayed(stack_named("unix"), stack_named("unix"),
                    {.idle_timeout = milliseconds(200)});
    const auto start = Clock::now();
    std::byte byte{};
    const Timer timer(
        milliseconds(20), [&] { (void)relayed.client_end->write({&byte, 1}); },
        Timer::Repeat::yes);
    const Watch reader(*relayed.target_end, Condition::in,
                       [&](Condition) { (void)relayed.target_end->read({&byte, 1}); });
    (void)run_until(
        [&] { return relayed.result || Clock::now() - start > milliseconds(500); });
    assert_false(relayed.result.has_value());
}

void a_half_closed_session_ends_at_its_timeout(void**) {
    Relayed relayed(stack_named("unix"), stack_named("tcp"),
                    {.half_closed_timeout = milliseconds(5)});
    (void)relayed.client_end->shutdown(Direction::write);
    assert_true(run_until([&] { return relayed.result.has_value(); }));
    assert_true(relayed.result->error &&
                relayed.result->error->kind == ErrorKind::timed_out);
}

void stopping_ends_it_once(void**) {
    Relayed relayed(stack_named("unix"), stack_named("tcp"));
    relayed.session->stop();
    relayed.session->stop();
    assert_false(relayed.result.has_value());
    assert_true(run_until([&] { return relayed.result.has_value(); }));
    assert_true(relayed.result->error->kind == ErrorKind::cancelled);
}

void a_reader_that_stops_stops_its_peer_and_costs_no_memory(void**) {
    Relayed relayed(stack_named("unix"), stack_named("unix"));
    const Bytes block(1 << 16);
    std::size_t sent = 0;
    const std::size_t before = heap_bytes();
    const auto flood = [&] {
        const auto count = relayed.client_end->write(block);
        if (count && *count)
            sent += **count;
        return count && *count;
    };
    for (int quiet = 0; quiet < 3; ++quiet) {
        while (flood())
            quiet = 0;
        assert_true(drain() < 1000);
        assert_true(sent < (16u << 20));
    }
    assert_true(heap_bytes() - before < (1u << 20));
    // The peer leaves while nothing can be passed on: nobody spins.
    (void)relayed.client_end->close();
    assert_true(drain() < 10);
    assert_false(relayed.result.has_value());
    Bytes sink(1 << 16);
    std::size_t got = 0;
    bool ended = false;
    const Watch reader(*relayed.target_end, Condition::in, [&](Condition) {
        const auto count = relayed.target_end->read(sink);
        if (count && *count)
            got += **count;
        ended = !count || (*count && **count == 0);
    });
    assert_true(run_until([&] { return ended; }));
    assert_int_equal(got, sent);
}

void what_came_before_a_failure_still_arrives(void**) {
    Relayed relayed(stack_named("unix"), stack_named("unix"), {},
                    {.max_chunk = 4000, .fail_at = 2});
    const Bytes there = random_bytes(8000, 8);
    assert_true(write_all(*relayed.client_end, there).has_value());
    End target(relayed.target_end, {});
    assert_true(run_until([&] { return relayed.result && target.has_ended(); }));
    assert_int_equal(target.received().size(), 4000);
    assert_true(std::ranges::equal(target.received(), ByteView(there).first(4000)));
    assert_true(relayed.result->failed == RelaySide::client);
}

void a_side_that_takes_no_more_is_still_heard(void**) {
    Relayed relayed(stack_named("unix"), stack_named("unix"));
    assert_true(relayed.target_end->shutdown(Direction::read).has_value());
    End client(relayed.client_end, random_bytes(300'000, 9));
    client.half_close_after();
    assert_true(run_until([&] { return relayed.session->bytes_in() == 300'000; }));
    assert_false(relayed.result.has_value());
    assert_true(write_all(*relayed.target_end, as_bytes("last words")).has_value());
    (void)relayed.target_end->close();
    assert_true(run_until([&] { return relayed.result && client.has_ended(); }));
    assert_true(as_text(client.received()) == "last words");
}

void winding_down_delivers_and_waits_for_both_ends(void**) {
    Relayed relayed(stack_named("unix"), stack_named("tcp"));
    const Bytes there = random_bytes(20 << 20, 10);
    End client(relayed.client_end, there);
    // The target does not read, so that the last chunk is left with the session.
    assert_true(run_until([&] { return relayed.session->bytes_in() > (1 << 20); }));
    assert_true(drain() < 1000);
    const std::size_t taken = relayed.session->bytes_in();
    assert_true(taken < there.size());
    relayed.session->wind_down();
    End target(relayed.target_end, {});
    assert_true(run_until([&] { return client.has_ended() && target.has_ended(); }));
    assert_int_equal(target.received().size(), taken);
    assert_true(std::ranges::equal(target.received(), ByteView(there).first(taken)));
    assert_false(relayed.result.has_value());
    client.leave();
    target.leave();
    assert_true(run_until([&] { return relayed.result.has_value(); }));
    assert_false(relayed.result->error.has_value());
}

void a_client_can_be_left_open(void**) {
    for (const bool is_wound_down : {false, true}) {
        Relayed relayed(stack_named("unix"), stack_named("unix"),
                        {.client_at_end = ClientAtEnd::left_open});
        if (is_wound_down)
            relayed.session->wind_down();
        else
            relayed.session->stop();
        assert_true(run_until([&] { return relayed.result.has_value(); }));
        assert_true(relayed.result->error->kind == ErrorKind::cancelled);
        assert_true(write_all(*relayed.session->client(), as_bytes("bye")).has_value());
        std::byte byte{};
        assert_int_equal(**relayed.target_end->read({&byte, 1}), 0);
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(bytes_go_both_ways_between_all_kinds_of_channels),
        cmocka_unit_test(short_and_blocked_operations_lose_nothing),
        cmocka_unit_test(every_failing_operation_ends_the_session_with_its_error),
        cmocka_unit_test(half_a_close_is_passed_on_and_the_answer_comes_back),
        cmocka_unit_test(an_idle_session_ends_at_its_timeout),
        cmocka_unit_test(traffic_keeps_a_session_alive),
        cmocka_unit_test(a_half_closed_session_ends_at_its_timeout),
        cmocka_unit_test(stopping_ends_it_once),
        cmocka_unit_test(a_reader_that_stops_stops_its_peer_and_costs_no_memory),
        cmocka_unit_test(what_came_before_a_failure_still_arrives),
        cmocka_unit_test(a_side_that_takes_no_more_is_still_heard),
        cmocka_unit_test(winding_down_delivers_and_waits_for_both_ends),
        cmocka_unit_test(a_client_can_be_left_open),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
