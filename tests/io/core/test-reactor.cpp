// Watches sharing descriptors, contexts and main loops.
#include "io/core/watch.hpp"

#include <array>
#include <vector>

#include "io/core/transfer.hpp"
#include "tests/io/core/sockets.hpp"
#include "tests/support/drained.hpp"
#include "tests/support/loop.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

void all_watches_of_one_descriptor_are_called(void**) {
    auto [near, far] = sockets();
    std::array<int, 3> calls{};
    std::array<Watch, 3> watches;
    for (std::size_t i = 0; i < watches.size(); ++i)
        watches[i] = Watch(*near, Condition::in, [&calls, i](Condition) { ++calls[i]; });
    int writable = 0;
    Watch writer(*near, Condition::out, [&](Condition condition) {
        writable += condition == Condition::out;
        writer.set_condition(Condition::none);
    });
    send_byte(*far);
    const bool done = run_until([&] { return calls[0] && calls[1] && calls[2]; });
    // One goes, and the others stay registered.
    watches[1].reset();
    const int before = calls[1];
    const bool again = run_until([&] { return calls[2] > 5; });
    watches = {};
    writer.reset();
    assert_true(done && again);
    assert_int_equal(calls[1], before);
    assert_int_equal(writable, 1);
    assert_true(drain() < 5);
}

void a_watch_is_called_on_its_own_context_only(void**) {
    auto [near, far] = sockets();
    const ContextRef other(g_main_context_new());
    int here = 0;
    int there = 0;
    Watch first(*near, Condition::in, [&](Condition) { ++here; });
    Watch second(*near, Condition::in, [&](Condition) { ++there; }, other.get());
    send_byte(*far);
    const bool done = run_until([&] { return there == 3; }, other.get());
    const int here_before = here;
    const bool done_here = run_until([&] { return here == 3; });
    first.reset();
    second.reset();
    assert_true(done && done_here);
    assert_int_equal(here_before, 0);
    assert_int_equal(there, 3);
}

// A thread's own context is taken without being named.
void a_watch_goes_to_the_thread_default_context(void**) {
    auto [near, far] = sockets();
    int calls = 0;
    bool done = false;
    {
        const ThreadContext context;
        const Watch watch(*near, Condition::in, [&](Condition) { ++calls; });
        send_byte(*far);
        drain(g_main_context_default());
        done = calls == 0 && run_until([&] { return calls != 0; }, context.get());
    }
    assert_true(done);
}

void a_nested_loop_serves_others_and_does_not_spin_on_its_own_watch(void**) {
    auto [near, far] = sockets();
    auto [other_near, other_far] = sockets();
    int calls = 0;
    int other_calls = 0;
    int idle_turns = -1;
    Watch other(*other_near, Condition::in, [&](Condition) {
        ++other_calls;
        (void)drained(*other_near);
    });
    Watch watch(*near, Condition::in, [&](Condition) {
        if (++calls > 1)
            return;
        send_byte(*other_far);
        run_until([&] { return other_calls == 1; });
        idle_turns = drain(); // our own descriptor is readable all the time
    });
    send_byte(*far);
    const bool once = run_until([&] { return calls == 1; });
    // Back in the outer loop it is served again.
    const bool again = run_until([&] { return calls == 3; });
    watch.reset();
    other.reset();
    assert_true(once && again);
    assert_int_equal(other_calls, 1);
    assert_in_range(idle_turns, 0, 5);
}

// What waits in the batch of the outer loop is not called twice for one event.
void a_nested_loop_takes_over_the_rest_of_the_batch(void**) {
    std::array<SocketPair, 3> pairs = {sockets(), sockets(), sockets()};
    std::array<int, 3> calls{};
    std::array<Watch, 3> watches;
    bool nested = false;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        send_byte(*pairs[i].second);
        watches[i] = Watch(*pairs[i].first, Condition::in, [&, i](Condition) {
            ++calls[i];
            (void)drained(*pairs[i].first);
            if (!std::exchange(nested, true))
                drain();
        });
    }
    drain();
    watches = {};
    for (int count : calls)
        assert_int_equal(count, 1);
}

void a_watch_changes_its_mind(void**) {
    auto [near, far] = sockets();
    Condition seen = Condition::none;
    Watch watch(*near, Condition::none, [&](Condition condition) { seen |= condition; });
    send_byte(*far);
    drain();
    const auto quiet = seen;
    watch.set_condition(Condition::in);
    run_until([&] { return any(seen); });
    const auto readable = std::exchange(seen, Condition::none);
    watch.set_condition(Condition::out);
    run_until([&] { return any(seen); });
    const auto writable = std::exchange(seen, Condition::none);
    watch.set_condition(Condition::none);
    drain();
    const auto quiet_again = std::exchange(seen, Condition::none);
    // IO-38, D16: the end of the peer is told to those who ask for nothing, too.
    (void)far->close();
    run_until([&] { return any(seen); });
    watch.reset();
    assert_true(quiet == Condition::none);
    assert_true(readable == Condition::in);
    assert_true(writable == Condition::out);
    assert_true(quiet_again == Condition::none);
    assert_true(has(seen, Condition::hup));
}

// IO-14: the tail of the data is read before hup is told.
void data_comes_before_the_hangup(void**) {
    auto [near, far] = sockets();
    (void)write_all(*far, Bytes(40'000));
    (void)far->close();
    std::size_t received = 0;
    bool hup_with_data = false;
    bool ended = false;
    Watch watch(*near, Condition::in, [&](Condition condition) {
        std::array<std::byte, 1000> piece;
        const auto count = near->read(piece);
        if (count && *count)
            received += **count;
        ended = !count || (*count && **count == 0);
        hup_with_data = hup_with_data || (!ended && has(condition, Condition::hup));
        if (ended)
            watch.reset();
    });
    assert_true(run_until([&] { return ended; }));
    assert_int_equal(received, 40'000);
    assert_false(hup_with_data);
}

// 10,000 watches, 100 on each of 100 descriptors, and one with something to say.
void a_wakeup_costs_one_call_however_many_are_idle(void**) {
    int idle_calls = 0;
    std::vector<SocketPair> pairs;
    std::vector<Watch> idle;
    for (int i = 0; i < 100; ++i) {
        pairs.push_back(sockets());
        for (int j = 0; j < 100; ++j)
            idle.emplace_back(*pairs.back().first, Condition::in,
                              [&](Condition) { ++idle_calls; });
    }
    auto [near, far] = sockets();
    int calls = 0;
    Watch watch(*near, Condition::in, [&](Condition) {
        ++calls;
        (void)drained(*near);
    });
    drain();
    send_byte(*far);
    const int turns = drain();
    idle.clear();
    watch.reset();
    assert_int_equal(calls, 1);
    assert_int_equal(idle_calls, 0);
    assert_int_equal(turns, 1);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(all_watches_of_one_descriptor_are_called),
        cmocka_unit_test(a_watch_is_called_on_its_own_context_only),
        cmocka_unit_test(a_watch_goes_to_the_thread_default_context),
        cmocka_unit_test(a_nested_loop_serves_others_and_does_not_spin_on_its_own_watch),
        cmocka_unit_test(a_nested_loop_takes_over_the_rest_of_the_batch),
        cmocka_unit_test(a_watch_changes_its_mind),
        cmocka_unit_test(data_comes_before_the_hangup),
        cmocka_unit_test(a_wakeup_costs_one_call_however_many_are_idle),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
