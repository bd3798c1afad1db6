// Watches, channels, descriptors and contexts that go while others still look at them.
#include "io/core/timer.hpp"
#include "io/core/watch.hpp"

#include <fcntl.h>

#include <array>
#include <memory>

#include "tests/io/core/sockets.hpp"
#include "tests/support/descriptors.hpp"
#include "tests/support/drained.hpp"
#include "tests/support/loop.hpp"
#include "tests/support/pipe-channel.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

void a_watch_may_destroy_another_of_the_same_batch(void**) {
    std::array<SocketPair, 2> pairs = {sockets(), sockets()};
    std::array<Watch, 2> watches;
    int calls = 0;
    for (std::size_t i = 0; i < 2; ++i) {
        send_byte(*pairs[i].second);
        watches[i] = Watch(*pairs[i].first, Condition::in, [&, i](Condition) {
            ++calls;
            watches[1 - i].reset();
        });
    }
    run_until([&] { return calls != 0; });
    const bool one_left = watches[0].is_active() != watches[1].is_active();
    const int called = calls;
    watches = {};
    assert_int_equal(called, 1);
    assert_true(one_left);
}

void a_channel_closed_while_it_is_ready_says_hup(void**) {
    auto [near, far] = sockets();
    auto [other_near, other_far] = sockets();
    Condition seen = Condition::none;
    int calls = 0;
    // Both are in one batch, and the first call closes the other's channel.
    Watch first(*near, Condition::in, [&](Condition) {
        (void)drained(*near);
        (void)other_near->close();
    });
    Watch second(*other_near, Condition::in, [&](Condition condition) {
        ++calls;
        if (!other_near->read({}))
            seen = condition;
        else
            (void)drained(*other_near);
    });
    send_byte(*far);
    send_byte(*other_far);
    const bool told = run_until([&] { return has(seen, Condition::hup); });
    const int before = calls;
    drain();
    const int after = calls;
    first.reset();
    second.reset();
    assert_true(told);
    assert_int_equal(before, after);
}

// IO-23: a number that was given away again is the new channel's alone.
void a_reused_descriptor_number_belongs_to_the_new_channel(void**) {
    auto [near, far] = sockets();
    int old_calls = 0;
    int new_calls = 0;
    Watch old_watch(*near, Condition::in, [&](Condition) { ++old_calls; });
    drain();
    const int number = near->fd();
    (void)near->close();
    drain();
    const int told = old_calls;
    auto [fresh, fresh_far] = sockets();
    const bool same_number = fresh->fd() == number || fresh_far->fd() == number;
    auto& watched = fresh->fd() == number ? fresh : fresh_far;
    auto& peer = fresh->fd() == number ? fresh_far : fresh;
    Watch new_watch(*watched, Condition::in, [&](Condition) {
        ++new_calls;
        (void)drained(*watched);
    });
    send_byte(*peer);
    const bool done = run_until([&] { return new_calls == 1; });
    // The old channel goes with its watch, and takes nothing of the new one along.
    old_watch.reset();
    near.reset();
    send_byte(*peer);
    const bool again = run_until([&] { return new_calls == 2; });
    const bool open = is_open(watched->fd());
    new_watch.reset();
    assert_true(same_number);
    assert_true(done && again && open);
    assert_int_equal(told, 1);
    assert_int_equal(old_calls, 1);
}

// The number comes back within one dispatch, between two calls of a batch.
void an_event_of_a_closed_channel_does_not_reach_its_successor(void**) {
    auto [near, far] = sockets();
    auto [victim, victim_far] = sockets();
    const int number = victim->fd();
    int calls = 0;
    std::shared_ptr<ChannelSocket> successor;
    SocketPair spare = sockets();
    Watch heir;
    Watch victim_watch(*victim, Condition::in, [](Condition) {});
    Watch first(*near, Condition::in, [&](Condition) {
        first.reset();
        victim_watch.reset();
        (void)victim->close();
        const int fd = fcntl(spare.first->fd(), F_DUPFD_CLOEXEC, number);
        successor = *ChannelSocket::from_fd(UniqueFd(fd));
        heir = Watch(*successor, Condition::in, [&](Condition) { ++calls; });
    });
    send_byte(*far);
    send_byte(*victim_far);
    run_until([&] { return successor != nullptr; });
    drain();
    const bool same_number = successor->fd() == number;
    heir.reset();
    assert_true(same_number);
    assert_int_equal(calls, 0);
}

// IO-13.
void ten_thousand_watches_come_and_go_without_a_trace(void**) {
    auto [near, far] = sockets();
    {
        const Watch warm_up(*near, Condition::in, [](Condition) {});
    }
    const int before = open_descriptors();
    const auto token = std::make_shared<int>(0);
    for (int i = 0; i < 10'000; ++i) {
        const Watch watch(*near, i % 2 != 0 ? Condition::in : Condition::out,
                          [token](Condition) { ++*token; });
        if (i % 100 == 1)
            drain();
    }
    assert_int_equal(open_descriptors(), before);
    assert_int_equal(token.use_count(), 1);
    assert_int_equal(near.use_count(), 1);
    assert_true(drain() < 5);
}

// IO-28, TRAP-07: a source belongs to its context, whatever number it has there.
void ending_a_watch_leaves_those_of_another_context_alone(void**) {
    auto [near, far] = sockets();
    const ContextRef other(g_main_context_new());
    int calls = 0;
    const Watch kept(*near, Condition::in, [&](Condition) { ++calls; }, other.get());
    for (int i = 0; i < 100; ++i) {
        const Watch watch(*near, Condition::in, [](Condition) {});
        const Timer timer(std::chrono::milliseconds(0), [] {});
    }
    send_byte(*far);
    assert_true(run_until([&] { return calls != 0; }, other.get()));
    assert_true(drain() < 5);
}

void a_watch_outlives_its_context(void**) {
    auto [near, far] = make_pipe_pair();
    int calls = 0;
    Watch watch;
    {
        const ContextRef context(g_main_context_new());
        watch = Watch(*near, Condition::in, [&](Condition) { ++calls; }, context.get());
    }
    send_byte(*far);
    watch.set_condition(Condition::out);
    // Ready without polling, which has to wake a context that is no more.
    (void)near->close();
    watch.reset();
    assert_int_equal(calls, 0);
    // Another context, most likely at the same address, starts from nothing.
    const ContextRef context(g_main_context_new());
    auto [next, next_far] = make_pipe_pair();
    Watch again(*next, Condition::in, [&](Condition) { ++calls; }, context.get());
    send_byte(*next_far);
    const bool done = run_until([&] { return calls == 1; }, context.get());
    again.reset();
    assert_true(done);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_watch_may_destroy_another_of_the_same_batch),
        cmocka_unit_test(a_channel_closed_while_it_is_ready_says_hup),
        cmocka_unit_test(a_reused_descriptor_number_belongs_to_the_new_channel),
        cmocka_unit_test(an_event_of_a_closed_channel_does_not_reach_its_successor),
        cmocka_unit_test(ten_thousand_watches_come_and_go_without_a_trace),
        cmocka_unit_test(ending_a_watch_leaves_those_of_another_context_alone),
        cmocka_unit_test(a_watch_outlives_its_context),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
