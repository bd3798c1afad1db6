// Waiting without a main loop.
#include "io/core/wait.hpp"

#include <sys/time.h>

#include <csignal>
#include <thread>

#include "io/core/transfer.hpp"
#include "io/core/watch.hpp"
#include "tests/support/descriptors.hpp"
#include "tests/support/loop.hpp"
#include "tests/support/stacks.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

using std::chrono::milliseconds;

void returns_what_holds_already(void**) {
    auto [near, far] = make_unix_pair();
    assert_true(*wait(*near, Condition::out) == Condition::out);
    (void)far->write(as_bytes("x"));
    assert_true(*wait(*near, Condition::in) == Condition::in);
    assert_true(*wait(*near, Condition::in | Condition::out) ==
                (Condition::in | Condition::out));
}

void what_holds_counts_more_than_a_deadline_that_passed(void**) {
    auto [near, far] = make_unix_pair();
    const WaitOptions late{.deadline = Clock::now() - milliseconds(5)};
    assert_true(wait(*near, Condition::in, late).error().kind == ErrorKind::timed_out);
    (void)far->write(as_bytes("x"));
    assert_true(*wait(*near, Condition::in, late) == Condition::in);
}

void a_stop_requested_before_wins(void**) {
    auto [near, far] = make_unix_pair();
    (void)far->write(as_bytes("x"));
    std::stop_source source;
    source.request_stop();
    const auto waited = wait(*near, Condition::in, {.stop = source.get_token()});
    assert_true(waited.error().kind == ErrorKind::cancelled);
}

void wakes_for_data_from_another_thread(void**) {
    for (auto& stack : all_stacks()) {
        auto [near, far] = stack.make();
        std::thread thread([&, channel = near] { (void)channel->write(as_bytes("x")); });
        const auto waited = wait(*far, Condition::in,
                                 {.deadline = deadline_after(std::chrono::seconds(20))});
        thread.join();
        assert_true(waited.has_value());
        assert_true(has(*waited, Condition::in));
    }
}

// D16: whoever waits for room learns that there will be none.
void the_end_of_the_peer_wakes_whoever_waits_for_either_direction(void**) {
    for (const auto asked : {Condition::in, Condition::out, Condition::hup}) {
        auto [near, far] = make_unix_pair();
        const Bytes block(1 << 16);
        while (*near->write(block)) {
        }
        std::thread thread([channel = std::move(far)] { (void)channel->close(); });
        const auto waited =
            wait(*near, asked, {.deadline = deadline_after(std::chrono::seconds(20))});
        thread.join();
        assert_true(waited.has_value());
        assert_true(has(*waited, asked | Condition::hup | Condition::err));
    }
}

void a_closed_channel_is_over_at_once(void**) {
    for (auto& stack : all_stacks()) {
        auto [near, far] = stack.make();
        (void)near->close();
        assert_true(has(*wait(*near, Condition::none), Condition::hup));
    }
}

void a_signal_does_not_end_the_wait(void**) {
    auto [near, far] = make_unix_pair();
    struct sigaction action{};
    action.sa_handler = [](int) {};
    sigaction(SIGALRM, &action, nullptr);
    const itimerval often{{0, 1000}, {0, 1000}};
    const itimerval never{};
    setitimer(ITIMER_REAL, &often, nullptr);
    const auto start = Clock::now();
    const auto waited =
        wait(*near, Condition::in, {.deadline = deadline_after(milliseconds(30))});
    setitimer(ITIMER_REAL, &never, nullptr);
    assert_true(waited.error().kind == ErrorKind::timed_out);
    assert_true(Clock::now() - start >= milliseconds(29));
}

// D10: a watch elsewhere, on a context that nobody runs, is not in the way.
void works_beside_a_watch_of_a_context_that_does_not_run(void**) {
    for (auto& stack : all_stacks()) {
        const ContextRef idle(g_main_context_new());
        auto [near, far] = stack.make();
        const Watch watch(*far, Condition::in, [](Condition) {}, idle.get());
        (void)near->write(as_bytes("hello"));
        Bytes received(5);
        const auto read = read_all(*far, received);
        assert_true(read.has_value());
        assert_true(as_text(received) == "hello");
    }
}

void leaves_no_descriptor_behind(void**) {
    auto [near, far] = make_unix_pair();
    const int before = open_descriptors();
    std::stop_source source;
    for (int i = 0; i < 100; ++i)
        (void)wait(*near, Condition::in,
                   {.deadline = Clock::now(), .stop = source.get_token()});
    assert_int_equal(open_descriptors(), before);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(returns_what_holds_already),
        cmocka_unit_test(what_holds_counts_more_than_a_deadline_that_passed),
        cmocka_unit_test(a_stop_requested_before_wins),
        cmocka_unit_test(wakes_for_data_from_another_thread),
        cmocka_unit_test(the_end_of_the_peer_wakes_whoever_waits_for_either_direction),
        cmocka_unit_test(a_closed_channel_is_over_at_once),
        cmocka_unit_test(a_signal_does_not_end_the_wait),
        cmocka_unit_test(works_beside_a_watch_of_a_context_that_does_not_run),
        cmocka_unit_test(leaves_no_descriptor_behind),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
