// Keys and pointer for a machine that answers, is slow, or stands still.
#include "ui/dbus/input-queue.hpp"

#include <climits>
#include <vector>

#include "tests/support/cmocka.hpp"

using namespace qio::dbus;

namespace {

using Kind = InputCall::Kind;

struct World {
    std::vector<InputCall> sent;
    InputQueue queue{[this](const InputCall& call) { sent.push_back(call); }};

    /// As many calls as may be unanswered are under way.
    void block() {
        for (std::size_t i = 0; i < InputQueue::max_unanswered; ++i)
            queue.push({Kind::press_key, std::int32_t(100 + i)});
        sent.clear();
    }
    void answer_all() {
        while (queue.unanswered() > 0)
            queue.answered();
    }
};

void sends_in_order_what_the_machine_keeps_up_with(void**) {
    World world;
    const std::vector<InputCall> calls = {
        {Kind::press_key, 30},   {Kind::place_pointer, 1, 2}, {Kind::place_pointer, 3, 4},
        {Kind::press_button, 0}, {Kind::move_pointer, -1, 1}, {Kind::release_button, 0},
        {Kind::release_key, 30}};
    for (const auto& call : calls)
        world.queue.push(call);
    assert_true(world.sent == calls);
}

void waits_when_too_much_is_unanswered(void**) {
    World world;
    world.block();
    world.queue.push({Kind::press_key, 30});
    assert_true(world.sent.empty());
    world.queue.answered();
    assert_true((world.sent == std::vector<InputCall>{{Kind::press_key, 30}}));
}

void keeps_only_the_latest_place(void**) {
    World world;
    world.block();
    for (int i = 0; i < 100000; ++i)
        world.queue.push({Kind::place_pointer, i, i});
    assert_int_equal(world.queue.waiting(), 1);
    world.queue.push({Kind::press_button, 0});
    world.queue.push({Kind::place_pointer, 5, 5});
    world.answer_all();
    const std::vector<InputCall> wanted = {{Kind::place_pointer, 99999, 99999},
                                           {Kind::press_button, 0},
                                           {Kind::place_pointer, 5, 5}};
    assert_true(world.sent == wanted);
}

void adds_moves_up(void**) {
    World world;
    world.block();
    for (int i = 0; i < 10; ++i)
        world.queue.push({Kind::move_pointer, 3, -2});
    for (int i = 0; i < 3; ++i)
        world.queue.push({Kind::move_pointer, INT_MAX, INT_MIN});
    world.answer_all();
    assert_true(
        (world.sent == std::vector<InputCall>{{Kind::move_pointer, INT_MAX, INT_MIN}}));
}

void drops_presses_of_a_machine_that_stands_still(void**) {
    World world;
    world.block();
    for (int i = 0; i < 100000; ++i)
        world.queue.push({Kind::press_key, i % 200});
    assert_int_equal(world.queue.waiting(), InputQueue::max_waiting);
}

void drops_no_release_of_what_was_pressed(void**) {
    World world;
    world.queue.push({Kind::press_key, 30});
    world.queue.push({Kind::press_button, 1});
    world.block();
    for (std::size_t i = 0; i < InputQueue::max_waiting + 10; ++i)
        world.queue.push({Kind::press_key, 31});
    world.queue.push({Kind::press_key, 32}); // dropped, and so is its release
    world.queue.push({Kind::release_key, 32});
    world.queue.push({Kind::release_key, 30});
    world.queue.push({Kind::release_button, 1});
    for (int i = 0; i < 1000; ++i)
        world.queue.push({Kind::release_key, 30}); // it is up already
    world.answer_all();
    assert_true((world.sent[world.sent.size() - 2] == InputCall{Kind::release_key, 30}));
    assert_true((world.sent.back() == InputCall{Kind::release_button, 1}));
    for (const auto& call : world.sent)
        assert_int_not_equal(call.a, 32);
}

void begins_anew_for_another_machine(void**) {
    World world;
    world.block();
    world.queue.push({Kind::press_key, 30});
    world.queue.clear();
    world.queue.answered(); // of the machine before
    assert_int_equal(world.queue.unanswered(), 0);
    world.queue.push({Kind::press_key, 31});
    assert_true((world.sent == std::vector<InputCall>{{Kind::press_key, 31}}));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(sends_in_order_what_the_machine_keeps_up_with),
        cmocka_unit_test(waits_when_too_much_is_unanswered),
        cmocka_unit_test(keeps_only_the_latest_place),
        cmocka_unit_test(adds_moves_up),
        cmocka_unit_test(drops_presses_of_a_machine_that_stands_still),
        cmocka_unit_test(drops_no_release_of_what_was_pressed),
        cmocka_unit_test(begins_anew_for_another_machine),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
