// Coroutines: starting, nesting, ending early, and what they cost.
#include "io/core/coroutine.hpp"

#include <array>
#include <atomic>
#include <cstdlib>
#include <memory>
#include <new>
#include <thread>

#include "io/core/async-channel.hpp"
#include "io/core/async-completion.hpp"
#include "io/core/async-timer.hpp"
#include "io/core/thread-pool.hpp"
#include "tests/support/heap.hpp"
#include "tests/support/loop.hpp"
#include "tests/support/pipe-channel.hpp"
#include "tests/support/stacks.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

std::atomic<std::size_t> allocation_count = 0;

} // namespace

// Sanitizers have their own, and nothing is counted then.
#ifndef QIO_TEST_SANITIZED
void* operator new(std::size_t size) {
    ++allocation_count;
    return std::malloc(size != 0 ? size : 1);
}
void operator delete(void* block) noexcept {
    std::free(block);
}
void operator delete(void* block, std::size_t) noexcept {
    std::free(block);
}
#endif

namespace {

using std::chrono::milliseconds;

Co<Result<int>> half(int number) {
    if (number % 2 != 0)
        co_return Error{ErrorKind::invalid_argument, 0, "odd"};
    co_return number / 2;
}

Co<Result<int>> quarter(int number) {
    const auto once = co_await half(number);
    if (!once)
        co_return once.error();
    co_return co_await half(*once);
}

void results_and_errors_come_up_through_nested_coroutines(void**) {
    std::optional<Result<int>> good;
    std::optional<Result<int>> bad;
    spawn<int>(nullptr, quarter(12), [&](Result<int> result) { good = result; });
    spawn<int>(nullptr, quarter(6), [&](Result<int> result) { bad = result; });
    assert_false(good.has_value());
    assert_true(run_until([&] { return good && bad; }));
    assert_int_equal(**good, 3);
    assert_true((*bad).error().message == "odd");
}

Co<Result<int>> deep(int levels) {
    if (levels == 0)
        co_return 0;
    const auto below = co_await deep(levels - 1);
    co_return *below + 1;
}

void a_coroutine_that_is_never_run_is_destroyed(void**) {
    const auto token = std::make_shared<int>();
    {
        const ContextRef context(g_main_context_new());
        spawn(context.get(), [](std::shared_ptr<int>) -> Co<void> { co_return; }(token));
        assert_int_equal(token.use_count(), 2);
    }
    assert_int_equal(token.use_count(), 1);
}

void nesting_may_be_deep(void**) {
    std::optional<int> depth;
    spawn<int>(nullptr, deep(1000), [&](Result<int> result) { depth = *result; });
    assert_true(run_until([&] { return depth.has_value(); }));
    assert_int_equal(*depth, 1000);
}

void sleeping_takes_its_time_and_can_be_cancelled(void**) {
    std::optional<Result<void>> slept;
    std::optional<Result<void>> stopped;
    std::stop_source source;
    const auto sleep = [](milliseconds duration,
                          std::stop_token stop) -> Co<Result<void>> {
        AsyncTimer timer;
        co_return co_await timer.sleep_for(duration, stop);
    };
    const auto start = Clock::now();
    spawn<void>(nullptr, sleep(milliseconds(3), {}),
                [&](Result<void> result) { slept = result; });
    spawn<void>(nullptr, sleep(std::chrono::hours(1), source.get_token()),
                [&](Result<void> result) { stopped = result; });
    assert_true(run_until([&] { return slept.has_value(); }));
    assert_true(slept->has_value());
    assert_true(Clock::now() - start >= milliseconds(3));
    assert_false(stopped.has_value());
    std::thread([&] { source.request_stop(); }).join();
    assert_true(run_until([&] { return stopped.has_value(); }));
    assert_true(stopped->error().kind == ErrorKind::cancelled);
}

void a_completion_can_be_awaited(void**) {
    std::optional<Result<int>> got;
    const auto wait_for_it = []() -> Co<Result<int>> {
        co_return co_await completion_of<int>([](Completion<int> done) {
            run_in_thread<int>(
                {}, [](std::stop_token) { return Result<int>(42); }, std::move(done));
        });
    };
    spawn<int>(nullptr, wait_for_it(), [&](Result<int> result) { got = result; });
    assert_true(run_until([&] { return got.has_value(); }));
    assert_int_equal(**got, 42);
}

void the_context_is_the_one_that_was_given(void**) {
    const ContextRef context(g_main_context_new());
    std::thread::id where;
    std::atomic<bool> done = false;
    spawn(
        context.get(),
        [](GMainContext* own, std::thread::id& id, std::atomic<bool>& over) -> Co<void> {
            AsyncTimer timer(own);
            (void)co_await timer.sleep_for(milliseconds(1));
            id = std::this_thread::get_id();
            over = true;
        }(context.get(), where, done));
    std::thread thread([&] { run_until([&] { return done.load(); }, context.get()); });
    const auto expected = thread.get_id();
    thread.join();
    assert_true(done && where == expected);
}

void two_readers_at_once_are_refused(void**) {
    auto [first, second] = make_pipe_pair();
    std::stop_source source;
    auto io = std::make_shared<AsyncChannel>(second);
    std::optional<ErrorKind> errors[2];
    const auto read = [](std::shared_ptr<AsyncChannel> channel, std::stop_token stop,
                         std::optional<ErrorKind>& error) -> Co<void> {
        std::byte byte;
        const auto count = co_await channel->read({&byte, 1}, {}, stop);
        if (!count)
            error = count.error().kind;
    };
    spawn(nullptr, read(io, source.get_token(), errors[0]));
    spawn(nullptr, read(io, source.get_token(), errors[1]));
    assert_true(run_until([&] { return errors[1].has_value(); }));
    assert_true(*errors[1] == ErrorKind::invalid_argument);
    assert_false(errors[0].has_value());
    source.request_stop();
    assert_true(run_until([&] { return errors[0].has_value(); }));
    assert_true(*errors[0] == ErrorKind::cancelled);
}

void destroying_the_channel_wakes_its_coroutine_with_cancelled(void**) {
    auto [first, second] = make_pipe_pair();
    auto io = std::make_unique<AsyncChannel>(second);
    std::optional<ErrorKind> error;
    const auto read = [](AsyncChannel& channel,
                         std::optional<ErrorKind>& kind) -> Co<void> {
        std::byte byte;
        const auto count = co_await channel.read({&byte, 1});
        kind = count.error().kind;
    };
    spawn(nullptr, read(*io, error));
    drain();
    io.reset();
    assert_true(error && *error == ErrorKind::cancelled);
}

void a_coroutine_with_always_something_to_read_lets_others_run(void**) {
    auto [first, second] = make_pipe_pair();
    int reads = 0;
    bool stop = false;
    const auto greedy = [](std::shared_ptr<Channel> reader,
                           std::shared_ptr<Channel> writer, int& count,
                           bool& over) -> Co<void> {
        AsyncChannel io(std::move(reader));
        std::byte byte{};
        while (!over) {
            (void)writer->write({&byte, 1});
            if (!co_await io.read({&byte, 1}))
                co_return;
            ++count;
        }
    };
    spawn(nullptr, greedy(second, first, reads, stop));
    const Timer timer(milliseconds(1), [&] { stop = true; });
    assert_true(run_until([&] { return stop; }));
    assert_true(reads > 64);
}

void a_peer_that_leaves_while_nobody_reads_makes_nothing_spin(void**) {
    auto [first, second] = make_unix_pair();
    std::stop_source source;
    bool is_asleep = false;
    bool is_over = false;
    const auto read_and_sleep = [](std::shared_ptr<Channel> channel, std::stop_token stop,
                                   bool& asleep, bool& over) -> Co<void> {
        AsyncChannel io(std::move(channel));
        std::byte byte;
        (void)co_await io.read({&byte, 1});
        asleep = true;
        AsyncTimer timer;
        (void)co_await timer.sleep_for(std::chrono::hours(1), stop);
        over = true;
    };
    spawn(nullptr, read_and_sleep(second, source.get_token(), is_asleep, is_over));
    drain();
    assert_int_equal(**first->write(as_bytes("x")), 1);
    assert_true(run_until([&] { return is_asleep; }));
    (void)first->close();
    assert_true(drain() < 10);
    source.request_stop();
    assert_true(run_until([&] { return is_over; }));
}

// The loop finds both at once, in either order.
void what_has_come_by_the_deadline_counts(void**) {
    for (const bool timers_first : {true, false}) {
        const ThreadContext context;
        auto [first, second] = make_unix_pair();
        std::optional<Timer> before;
        if (timers_first)
            before.emplace(std::chrono::hours(1), [] {});
        const Watch watch(*second, Condition::none, [](Condition) {});
        if (!timers_first)
            before.emplace(std::chrono::hours(1), [] {});
        const auto deadline = deadline_after(milliseconds(5));
        std::optional<Result<std::size_t>> read;
        const auto reading = [&](std::shared_ptr<Channel> channel) -> Co<void> {
            AsyncChannel io(std::move(channel));
            std::array<std::byte, 8> buffer{};
            read = co_await io.read(buffer, deadline);
        };
        spawn(nullptr, reading(second));
        drain(context.get());
        assert_int_equal(**first->write(as_bytes("x")), 1);
        while (milliseconds_left(deadline) > 0) {
        }
        assert_true(run_until([&] { return read.has_value(); }, context.get()));
        assert_true(read->has_value() && **read == 1);
    }
}

void waiting_allocates_nothing_in_the_steady_state(void**) {
    auto [first, second] = make_unix_pair();
    int rounds = 0;
    std::size_t grown = 1;
    const auto ping = [](std::shared_ptr<Channel> channel, int& count,
                         std::size_t& growth) -> Co<void> {
        AsyncChannel io(std::move(channel));
        std::array<std::byte, 64> buffer{};
        std::stop_source source;
        std::size_t before = 0;
        for (; count < 200; ++count) {
            if (count == 100)
                before = allocation_count.load();
            (void)co_await io.write_all(buffer);
            (void)co_await io.read_all_or_end(
                buffer, deadline_after(std::chrono::seconds(10)), source.get_token());
        }
        growth = allocation_count.load() - before;
    };
    const auto pong = [](std::shared_ptr<Channel> channel) -> Co<void> {
        AsyncChannel io(std::move(channel));
        std::array<std::byte, 64> buffer;
        while (co_await io.read_all_or_end(buffer) && co_await io.write_all(buffer))
            ;
    };
    spawn(nullptr, ping(first, rounds, grown));
    spawn(nullptr, pong(second));
    assert_true(run_until([&] { return rounds == 200; }));
    assert_int_equal(grown, 0);
    (void)first->close();
    (void)second->close();
    drain();
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(results_and_errors_come_up_through_nested_coroutines),
        cmocka_unit_test(a_coroutine_that_is_never_run_is_destroyed),
        cmocka_unit_test(nesting_may_be_deep),
        cmocka_unit_test(sleeping_takes_its_time_and_can_be_cancelled),
        cmocka_unit_test(a_completion_can_be_awaited),
        cmocka_unit_test(the_context_is_the_one_that_was_given),
        cmocka_unit_test(two_readers_at_once_are_refused),
        cmocka_unit_test(destroying_the_channel_wakes_its_coroutine_with_cancelled),
        cmocka_unit_test(a_coroutine_with_always_something_to_read_lets_others_run),
        cmocka_unit_test(a_peer_that_leaves_while_nobody_reads_makes_nothing_spin),
        cmocka_unit_test(what_has_come_by_the_deadline_counts),
        cmocka_unit_test(waiting_allocates_nothing_in_the_steady_state),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
