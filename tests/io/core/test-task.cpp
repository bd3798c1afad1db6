// An operation completes exactly once, on its context, whoever wins.
#include "io/core/task.hpp"

#include <thread>

#include "tests/support/loop.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

using std::chrono::milliseconds;

/// What a completion saw.
struct Seen {
    int calls = 0;
    int value = 0;
    std::optional<ErrorKind> error;
    bool on_context = false;
};

Completion<int> record(Seen& seen, GMainContext* context = g_main_context_default()) {
    return [&seen, context](Result<int> result) {
        ++seen.calls;
        seen.on_context = g_main_context_is_owner(context);
        if (result)
            seen.value = *result;
        else
            seen.error = result.error().kind;
    };
}

void completes_later_and_once(void**) {
    Seen seen;
    const auto task = Task<int>::start({}, record(seen));
    task->complete(7);
    task->complete(8);
    task->fail({ErrorKind::io, 0, "too late"});
    const int at_once = seen.calls;
    assert_true(task->is_finished());
    drain();
    assert_int_equal(at_once, 0);
    assert_int_equal(seen.calls, 1);
    assert_int_equal(seen.value, 7);
    assert_true(seen.on_context);
}

// IO-25: the first error is the one that is told.
void the_first_error_wins(void**) {
    Seen seen;
    {
        const auto task = Task<int>::start({}, record(seen));
        task->fail({ErrorKind::refused, 0, "first"});
        task->fail({ErrorKind::io, 0, "second"});
        task->complete(1);
    }
    drain();
    assert_int_equal(seen.calls, 1);
    assert_true(seen.error == ErrorKind::refused);
}

void an_abandoned_operation_is_cancelled(void**) {
    Seen seen;
    (void)Task<int>::start({}, record(seen));
    assert_int_equal(seen.calls, 0);
    drain();
    assert_int_equal(seen.calls, 1);
    assert_true(seen.error == ErrorKind::cancelled);
}

void the_deadline_ends_it_and_cleans_up(void**) {
    Seen seen;
    int cleanups = 0;
    auto cause = ErrorKind::io;
    const auto task =
        Task<int>::start({.deadline = deadline_after(milliseconds(2))}, record(seen));
    task->on_abort([&](ErrorKind kind) {
        ++cleanups;
        cause = kind;
    });
    assert_true(run_until([&] { return seen.calls != 0; }));
    task->complete(1);
    drain();
    assert_int_equal(seen.calls, 1);
    assert_int_equal(cleanups, 1);
    assert_true(seen.error == ErrorKind::timed_out);
    assert_true(cause == ErrorKind::timed_out);
}

void a_deadline_in_the_past_counts_but_not_before_the_start_returned(void**) {
    Seen seen;
    const auto task =
        Task<int>::start({.deadline = Clock::now() - milliseconds(10)}, record(seen));
    assert_int_equal(seen.calls, 0);
    assert_true(run_until([&] { return seen.calls != 0; }));
    assert_true(seen.error == ErrorKind::timed_out);
}

void completing_in_time_disarms_the_deadline(void**) {
    Seen seen;
    {
        const auto task =
            Task<int>::start({.deadline = deadline_after(milliseconds(1))}, record(seen));
        task->complete(3);
    }
    bool passed = false;
    const Timer timer(milliseconds(5), [&] { passed = true; });
    assert_true(run_until([&] { return passed; }));
    assert_int_equal(seen.calls, 1);
    assert_int_equal(seen.value, 3);
}

void a_stop_cancels_it(void**) {
    for (const bool before : {true, false}) {
        Seen seen;
        int cleanups = 0;
        auto cause = ErrorKind::io;
        std::stop_source source;
        if (before)
            source.request_stop();
        const auto task = Task<int>::start({.stop = source.get_token()}, record(seen));
        task->on_abort([&](ErrorKind kind) {
            ++cleanups;
            cause = kind;
        });
        source.request_stop();
        assert_int_equal(seen.calls, 0);
        drain();
        task->complete(1);
        drain();
        assert_int_equal(seen.calls, 1);
        assert_int_equal(cleanups, 1);
        assert_true(cause == ErrorKind::cancelled);
        assert_true(seen.error == ErrorKind::cancelled);
    }
}

void a_stop_after_the_result_changes_nothing(void**) {
    Seen seen;
    std::stop_source source;
    const auto task = Task<int>::start({.stop = source.get_token()}, record(seen));
    task->complete(4);
    source.request_stop();
    drain();
    assert_int_equal(seen.calls, 1);
    assert_int_equal(seen.value, 4);
}

void completes_on_the_context_it_was_given(void**) {
    const ContextRef context(g_main_context_new());
    Seen seen;
    const auto task =
        Task<int>::start({.context = context.get()}, record(seen, context.get()));
    std::thread([&] { task->complete(5); }).join();
    drain();
    assert_int_equal(seen.calls, 0);
    drain(context.get());
    assert_int_equal(seen.calls, 1);
    assert_true(seen.on_context);
}

// A result, a stop and the last reference race from three threads.
void completes_once_when_all_come_together(void**) {
    for (int i = 0; i < 200; ++i) {
        Seen seen;
        std::stop_source source;
        auto task = Task<int>::start(
            {.deadline = deadline_after(milliseconds(1)), .stop = source.get_token()},
            record(seen));
        std::thread worker([task] { task->complete(1); });
        std::thread stopper([&] { source.request_stop(); });
        task.reset();
        run_until([&] { return seen.calls != 0; });
        worker.join();
        stopper.join();
        drain();
        assert_int_equal(seen.calls, 1);
        assert_true(seen.on_context);
    }
}

void a_completion_may_start_the_next_operation(void**) {
    int rounds = 0;
    std::function<void()> start = [&] {
        (void)Task<int>::start({}, [&](Result<int>) {
            if (++rounds < 10)
                start();
        });
    };
    start();
    assert_true(run_until([&] { return rounds == 10; }));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(completes_later_and_once),
        cmocka_unit_test(the_first_error_wins),
        cmocka_unit_test(an_abandoned_operation_is_cancelled),
        cmocka_unit_test(the_deadline_ends_it_and_cleans_up),
        cmocka_unit_test(a_deadline_in_the_past_counts_but_not_before_the_start_returned),
        cmocka_unit_test(completing_in_time_disarms_the_deadline),
        cmocka_unit_test(a_stop_cancels_it),
        cmocka_unit_test(a_stop_after_the_result_changes_nothing),
        cmocka_unit_test(completes_on_the_context_it_was_given),
        cmocka_unit_test(completes_once_when_all_come_together),
        cmocka_unit_test(a_completion_may_start_the_next_operation),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
