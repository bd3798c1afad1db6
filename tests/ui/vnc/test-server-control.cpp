// One client has control, the others look, end to end.
#include "tests/ui/vnc/world.hpp"

#include <algorithm>

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;
using vnc::Control;
using vnc::ControlPolicy;

namespace {

/// Every kind of input there is.
Bytes all_input() {
    return rfb::joined({rfb::key_event(true, 'a'), rfb::key_event(false, 'a'),
                        rfb::extended_key_event(true, 'b', 0x30),
                        rfb::pointer_event(1, 3, 3), rfb::pointer_event(0, 4, 4),
                        rfb::cut_text("text"), rfb::set_desktop_size(70, 50)});
}

struct Told {
    std::vector<Control> controls;
    std::vector<std::uint64_t> wishes;
    std::function<void()> on_change;
    vnc::ServerEvents events() {
        vnc::ServerEvents events;
        events.control_changed = [this](const Control& control) {
            controls.push_back(control);
            if (on_change)
                on_change();
        };
        events.control_wanted = [this](const vnc::ClientInfo& client) {
            wishes.push_back(client.id);
        };
        return events;
    }
};

Control client(std::uint64_t id) {
    return {Control::Who::client, id};
}

// What a client without control does is not passed on; what it gets is the same.
void only_who_has_control_is_heard(void**) {
    for (const auto over : plain_and_websocket) {
        Told told;
        World world({.control = ControlPolicy::first, .events = told.events()});
        const auto first = world.join(over);
        const auto second = world.join(over);
        second->set_encodings({rfb::raw, rfb::extended_desktop_size});
        second->send(all_input());
        assert_true(second->sync());
        assert_int_equal(world.emulator.calls(), 0);
        assert_int_equal(std::ranges::count_if(second->sizes,
                                               [](auto& size) {
                                                   return size.reason == 1 &&
                                                          size.status == 1; // prohibited
                                               }),
                         1);
        assert_true(second->shows(*world.surface));
        first->send(all_input());
        assert_true(run_until([&] { return world.emulator.calls() == 7; }));
        const auto info = world.server->info();
        assert_true(info.control == client(1));
        assert_true(info.clients[0].has_control && !info.clients[1].has_control);
        assert_true(told.controls == std::vector{client(1)});
        assert_true(told.wishes == std::vector<std::uint64_t>{2});
    }
}

// V-31: what is held by who loses control is lifted, and that alone
void who_loses_control_lets_go(void**) {
    Told told;
    World world({.events = told.events()});
    const auto loser = world.join();
    const auto winner = world.join();
    loser->send(rfb::joined({rfb::key_event(true, 'l'), rfb::pointer_event(2, 1, 1)}));
    assert_true(run_until([&] { return world.emulator.calls() == 2; }));
    winner->send(rfb::key_event(true, 'w'));
    assert_true(run_until([&] { return world.emulator.calls() == 3; }));
    assert_true(world.server->give_control(2).has_value());
    assert_int_equal(world.emulator.calls(), 5);
    assert_true(world.emulator.keys.back() ==
                (ui::KeyEvent{.keysym = 'l', .xt_keycode = {}, .down = false}));
    assert_int_equal(world.emulator.pointers.back().buttons, 0);
    loser->send(rfb::joined({rfb::key_event(false, 'l'), rfb::key_event(true, 'm')}));
    assert_true(loser->sync());
    winner->send(rfb::key_event(false, 'w'));
    assert_true(run_until([&] { return world.emulator.calls() == 6; }));
    winner->close();
    assert_true(world.has_clients(1));
    assert_true(told.controls == (std::vector{client(2), Control{}}));
    loser->send(rfb::key_event(true, 'n'));
    assert_true(run_until([&] { return world.emulator.calls() == 7; }));
}

void control_is_taken_and_released(void**) {
    Told told;
    World world({.events = told.events()});
    const auto viewer = world.join();
    world.server->take_control();
    viewer->send(all_input());
    assert_true(viewer->sync());
    assert_int_equal(world.emulator.calls(), 0);
    assert_true(told.wishes == std::vector<std::uint64_t>{1});
    world.server->release_control();
    assert_true(world.server->refuse_control(1).has_value());
    viewer->send(all_input());
    assert_true(viewer->sync());
    assert_int_equal(world.emulator.calls(), 0);
    assert_true(world.server->give_control(1).has_value());
    viewer->send(all_input());
    assert_true(run_until([&] { return world.emulator.calls() == 7; }));
    assert_true(world.server->give_control(5).error().kind == ErrorKind::not_found);
}

void one_at_a_time_may_type(void**) {
    World world({.control = ControlPolicy::one_at_a_time,
                 .control_idle = std::chrono::milliseconds(0)});
    const auto one = world.join();
    const auto two = world.join();
    one->send(rfb::pointer_event(0, 1, 1));
    assert_true(one->sync());
    assert_int_equal(world.emulator.calls(), 0);
    one->send(rfb::key_event(true, '1'));
    assert_true(run_until([&] { return world.server->info().control == client(1); }));
    two->send(rfb::pointer_event(1, 2, 2));
    assert_true(run_until([&] { return world.server->info().control == client(2); }));
    // Pressed, lifted for the other one, and the click
    assert_int_equal(world.emulator.keys.size(), 2);
    assert_int_equal(world.emulator.pointers.size(), 1);
}

// Whoever is told of a change may end everything, or change it again.
void who_is_told_may_do_anything(void**) {
    for (int what = 0; what < 3; ++what) {
        Told told;
        World world({.control = ControlPolicy::one_at_a_time, .events = told.events()});
        const auto one = world.join();
        bool is_told = false;
        told.on_change = [&] {
            if (std::exchange(is_told, true))
                return;
            if (what == 0)
                world.server.reset();
            else if (what == 1)
                world.server->take_control();
            else
                one->close();
        };
        one->send(all_input());
        assert_true(run_until([&] { return is_told; }));
        drain();
        const auto& keys = world.emulator.keys;
        assert_true(keys.empty() || !keys.back().down);
        if (what < 2)
            assert_true(keys.empty());
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(only_who_has_control_is_heard),
        cmocka_unit_test(who_loses_control_lets_go),
        cmocka_unit_test(control_is_taken_and_released),
        cmocka_unit_test(one_at_a_time_may_type),
        cmocka_unit_test(who_is_told_may_do_anything),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
