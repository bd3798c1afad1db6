// How much is on its way: on simulated links, and with clients that do not play along.
#include "ui/vnc/flow-control.hpp"

#include <algorithm>
#include <deque>

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::vnc;
using namespace std::chrono_literals;

namespace {

using Time = FlowControl::Time;
using Duration = FlowControl::Duration;

/// A link with a rate, a delay and a queue without end, a server that always has an
/// update of `update_bytes` to send, and a client that answers at once.
struct Link {
    double bytes_per_second;
    Duration delay; // there and back
    std::size_t update_bytes;

    FlowControl flow{};
    Time now{1s};
    Time free_at{}; // when the link has sent all that it was given
    struct Answer {
        std::uint32_t number;
        Time at;
    };
    std::deque<Answer> answers{};
    std::size_t delivered = 0;
    Duration longest_queue{};

    Duration sending(std::size_t bytes) const {
        return std::chrono::duration_cast<Duration>(
            std::chrono::duration<double>(double(bytes) / bytes_per_second));
    }

    void send(std::size_t bytes) {
        free_at = std::max(free_at, now) + sending(bytes);
        longest_queue = std::max(longest_queue, free_at - now);
        answers.push_back({flow.sent(bytes, now), free_at + delay});
        delivered += bytes;
    }

    void run(Duration duration) {
        const Time end = now + duration;
        while (now < end) {
            while (!answers.empty() && answers.front().at <= now) {
                flow.answered(answers.front().number, now);
                answers.pop_front();
            }
            if (flow.may_send(now)) {
                if (flow.under_way() == 0 && flow.wants_probe(now))
                    send(0);
                send(update_bytes);
            }
            now += 1ms;
        }
    }
};

constexpr double megabit = 1e6 / 8;

// The link is used, and what waits in front of it is about one update.
void a_link_is_filled_and_not_flooded(void**) {
    for (const double rate : {1.0, 5.0, 20.0, 100.0, 1000.0})
        for (const Duration delay : {2ms, 20ms, 200ms})
            for (const std::size_t bytes : {500, 5000, 50000}) {
                // Answers to more updates than fences may wait for limit tiny ones.
                if (double(bytes) * FlowControl::max_fences <
                    rate * megabit * std::chrono::duration<double>(delay).count() * 2)
                    continue;
                Link link{rate * megabit, delay, bytes};
                link.send(0); // the fence that tells of fences
                link.run(5s);
                link.longest_queue = {};
                link.delivered = 0;
                link.run(5s);
                const double possible =
                    std::min(rate * megabit, double(bytes) * 1000) * 5;
                assert_true(double(link.delivered) > possible * 0.8);
                const Duration allowed =
                    link.sending(bytes) * 3 / 2 + delay + 5ms + link.sending(8 * 1024);
                assert_true(link.longest_queue <= allowed);
            }
}

// While the rate is being found out, a queue that has grown is left to become short.
void a_link_is_not_flooded_while_it_is_new(void**) {
    for (const double rate : {1.0, 5.0, 20.0, 100.0})
        for (const Duration delay : {50ms, 200ms})
            for (const std::size_t bytes : {5000, 25000}) {
                Link link{rate * megabit, delay, bytes};
                link.send(0);
                link.run(10 * delay);
                link.longest_queue = {};
                link.run(5 * delay);
                const Duration allowed = delay / 2 + 15ms + link.sending(bytes) * 2;
                assert_true(link.longest_queue <= allowed);
            }
}

void only_a_link_that_holds_updates_up_limits(void**) {
    const Time begin{1s};
    for (const Duration carrying : {0ms, 5ms, 50ms}) {
        FlowControl flow;
        assert_false(flow.limiting_rate().has_value());
        flow.answered(flow.sent(0, begin), begin + 100ms);
        assert_false(flow.limiting_rate().has_value());
        const auto number = flow.sent(30000, begin + 1s);
        flow.answered(number, begin + 1100ms + carrying);
        assert_int_equal(flow.limiting_rate().has_value(), carrying == 50ms);
    }
}

// Nothing is known of a new link: one update goes, and no second one behind it.
void a_new_link_is_tried_with_one_update(void**) {
    FlowControl flow;
    const Time now{1s};
    assert_true(flow.may_send(now));
    const auto number = flow.sent(100000, now);
    assert_false(flow.may_send(now));
    assert_int_equal(flow.under_way(), 100000);
    flow.answered(number, now + 10ms);
    assert_true(flow.may_send(now + 10ms));
    assert_int_equal(flow.under_way(), 0);
    assert_true(flow.rate() > 9e6 && flow.rate() < 11e6);
    assert_true(flow.delay() == Duration(10ms));
}

void a_link_that_got_slower_is_noticed(void**) {
    Link link{100 * megabit, 20ms, 50000};
    link.run(5s);
    link.bytes_per_second = 2 * megabit;
    link.run(5s);
    link.longest_queue = {};
    link.run(30s);
    assert_true(link.longest_queue < link.sending(50000) * 2 + 40ms);
}

void idle_times_do_not_count(void**) {
    FlowControl flow;
    Time now{1s};
    flow.answered(flow.sent(1000000, now), now + 100ms);
    now += 100ms;
    const double rate = flow.rate();
    for (int i = 0; i < 5; ++i) {
        now += 1s;
        flow.answered(flow.sent(10, now), now + 1ms);
    }
    assert_true(flow.rate() >= rate);
}

// Answers that nobody waits for, twice, out of order
void strange_answers_do_no_harm(void**) {
    FlowControl flow;
    const Time now{1s};
    flow.answered(0, now);
    flow.answered(12345, now);
    const auto first = flow.sent(1000, now);
    const auto second = flow.sent(2000, now);
    flow.answered(second, now + 5ms);
    assert_int_equal(flow.under_way(), 0);
    flow.answered(first, now + 6ms);
    flow.answered(second, now + 7ms);
    assert_int_equal(flow.under_way(), 0);
    assert_true(flow.may_send(now + 7ms));
}

// A client that never answers gets an update now and then, and costs no memory.
void silence_does_not_stop_everything(void**) {
    FlowControl flow;
    Time now{1s};
    flow.sent(100000, now);
    assert_false(flow.may_send(now + 1s));
    now += FlowControl::answer_patience + 1s;
    for (int i = 0; i < 1000; ++i) {
        assert_true(flow.may_send(now));
        flow.sent(1000, now);
    }
}

// A client that took days for its answer is as slow as can be, and no slower.
void an_answer_after_days_breaks_nothing(void**) {
    FlowControl flow;
    Time now{1s};
    const auto first = flow.sent(1, now);
    now += std::chrono::hours(240);
    flow.answered(first, now);
    flow.sent(64 << 20, now);
    assert_true(flow.ready_at().has_value());
    assert_true(*flow.ready_at() <= now + std::chrono::hours(1));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_link_is_filled_and_not_flooded),
        cmocka_unit_test(a_link_is_not_flooded_while_it_is_new),
        cmocka_unit_test(only_a_link_that_holds_updates_up_limits),
        cmocka_unit_test(a_new_link_is_tried_with_one_update),
        cmocka_unit_test(a_link_that_got_slower_is_noticed),
        cmocka_unit_test(idle_times_do_not_count),
        cmocka_unit_test(strange_answers_do_no_harm),
        cmocka_unit_test(an_answer_after_days_breaks_nothing),
        cmocka_unit_test(silence_does_not_stop_everything),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
