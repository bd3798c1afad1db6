// Timers with one owner.
#include "io/core/timer.hpp"

#include <algorithm>
#include <atomic>
#include <memory>
#include <numeric>
#include <optional>
#include <random>
#include <thread>
#include <vector>

#include "tests/support/loop.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

using std::chrono::milliseconds;

void fires_once_and_is_over(void**) {
    int fired = 0;
    const auto start = Clock::now();
    const Timer timer(milliseconds(3), [&] { ++fired; });
    assert_true(timer.is_active());
    drain();
    assert_int_equal(fired, 0);
    assert_true(run_until([&] { return fired != 0; }));
    assert_true(Clock::now() - start >= milliseconds(3));
    drain();
    assert_int_equal(fired, 1);
    assert_false(timer.is_active());
}

void repeats_until_it_is_reset(void**) {
    int fired = 0;
    Timer timer(milliseconds(1), [&] { ++fired; }, Timer::Repeat::yes);
    assert_true(run_until([&] { return fired == 3; }));
    assert_true(timer.is_active());
    timer.reset();
    assert_false(timer.is_active());
    bool later = false;
    const Timer other(milliseconds(5), [&] { later = true; });
    assert_true(run_until([&] { return later; }));
    assert_int_equal(fired, 3);
}

void is_silent_after_its_end(void**) {
    int fired = 0;
    const auto token = std::make_shared<int>();
    {
        const Timer timer(milliseconds(0), [&fired, token] { ++fired; });
    }
    drain();
    assert_int_equal(fired, 0);
    assert_int_equal(token.use_count(), 1);
}

void may_end_itself_in_its_callback(void**) {
    int fired = 0;
    const auto token = std::make_shared<int>();
    auto timer = std::make_unique<Timer>();
    *timer = Timer(
        milliseconds(0),
        [&, token] {
            timer.reset();
            ++fired; // what the callback holds is still there
            ++*token;
        },
        Timer::Repeat::yes);
    assert_true(run_until([&] { return fired != 0; }));
    drain();
    assert_int_equal(fired, 1);
    assert_int_equal(token.use_count(), 1);
}

void may_be_replaced_in_its_callback(void**) {
    int first = 0;
    int second = 0;
    Timer timer;
    timer = Timer(
        milliseconds(0),
        [&] {
            ++first;
            timer = Timer(milliseconds(0), [&] { ++second; });
        },
        Timer::Repeat::yes);
    assert_true(run_until([&] { return second != 0; }));
    drain();
    assert_int_equal(first, 1);
    assert_int_equal(second, 1);
}

void moving_keeps_it_running(void**) {
    int fired = 0;
    Timer first(milliseconds(0), [&] { ++fired; });
    const Timer second(std::move(first));
    assert_true(run_until([&] { return fired == 1; }));
}

void runs_on_the_context_it_was_given(void**) {
    const ContextRef context(g_main_context_new());
    int fired = 0;
    const Timer timer(
        milliseconds(0), [&] { ++fired; }, Timer::Repeat::no, context.get());
    bool later = false;
    const Timer other(milliseconds(3), [&] { later = true; });
    assert_true(run_until([&] { return later; }));
    assert_int_equal(fired, 0);
    assert_true(run_until([&] { return fired == 1; }, context.get()));
}

void outlives_its_context(void**) {
    Timer timer;
    {
        const ContextRef context(g_main_context_new());
        timer = Timer(milliseconds(0), [] {}, Timer::Repeat::yes, context.get());
    }
    timer.reset();
    assert_false(timer.is_active());
}

// O-48.
void a_repeating_timer_fires_once_per_iteration(void**) {
    int fired = 0;
    const Timer timer(milliseconds(0), [&] { ++fired; }, Timer::Repeat::yes);
    for (int i = 0; i < 50; ++i) {
        const int before = fired;
        g_main_context_iteration(nullptr, TRUE);
        assert_true(fired - before <= 1);
    }
    assert_true(fired > 1);
}

void an_alarm_is_set_again_and_again(void**) {
    int fired = 0;
    Alarm alarm([&] { ++fired; });
    assert_false(alarm.is_set());
    alarm.set(deadline_after(std::chrono::hours(1)));
    assert_true(alarm.is_set());
    alarm.set(deadline_after(milliseconds(1)));
    assert_true(run_until([&] { return fired == 1; }));
    assert_false(alarm.is_set());
    alarm.set(deadline_after(milliseconds(0)));
    alarm.set({});
    drain();
    assert_int_equal(fired, 1);
    alarm.set(deadline_after(milliseconds(0)));
    assert_true(run_until([&] { return fired == 2; }));
}

void an_alarm_may_be_set_in_its_own_call(void**) {
    int fired = 0;
    std::optional<Alarm> alarm;
    alarm.emplace([&] {
        if (++fired < 5)
            alarm->set(deadline_after(milliseconds(0)));
        else
            alarm.reset();
    });
    alarm->set(deadline_after(milliseconds(0)));
    assert_true(run_until([&] { return !alarm; }));
    assert_int_equal(fired, 5);
}

void many_alarms_fire_in_the_order_of_their_times(void**) {
    std::vector<int> order;
    std::vector<std::unique_ptr<Alarm>> alarms;
    std::vector<int> delays(1000);
    std::iota(delays.begin(), delays.end(), 0);
    std::ranges::shuffle(delays, std::mt19937(1));
    const auto start = Clock::now() - std::chrono::seconds(1);
    for (const int delay : delays) {
        alarms.push_back(
            std::make_unique<Alarm>([&order, delay] { order.push_back(delay); }));
        alarms.back()->set(start + std::chrono::microseconds(delay));
    }
    // Every third one is gone before its time, others change theirs.
    for (std::size_t i = 0; i < alarms.size(); i += 3)
        alarms[i].reset();
    for (std::size_t i = 1; i < alarms.size(); i += 3)
        alarms[i]->set(start + std::chrono::microseconds(delays[i]));
    drain();
    assert_int_equal(order.size(), 666);
    assert_true(std::ranges::is_sorted(order));
}

void a_timer_set_from_another_thread_wakes_the_loop(void**) {
    const ContextRef context(g_main_context_new());
    std::atomic<bool> fired = false;
    std::thread loop([&] { run_until([&] { return fired.load(); }, context.get()); });
    const Timer timer(
        milliseconds(1), [&] { fired = true; }, Timer::Repeat::no, context.get());
    loop.join();
    assert_true(fired);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(fires_once_and_is_over),
        cmocka_unit_test(repeats_until_it_is_reset),
        cmocka_unit_test(is_silent_after_its_end),
        cmocka_unit_test(may_end_itself_in_its_callback),
        cmocka_unit_test(may_be_replaced_in_its_callback),
        cmocka_unit_test(moving_keeps_it_running),
        cmocka_unit_test(runs_on_the_context_it_was_given),
        cmocka_unit_test(outlives_its_context),
        cmocka_unit_test(a_repeating_timer_fires_once_per_iteration),
        cmocka_unit_test(an_alarm_is_set_again_and_again),
        cmocka_unit_test(an_alarm_may_be_set_in_its_own_call),
        cmocka_unit_test(many_alarms_fire_in_the_order_of_their_times),
        cmocka_unit_test(a_timer_set_from_another_thread_wakes_the_loop),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
