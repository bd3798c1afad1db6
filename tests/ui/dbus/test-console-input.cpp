// What viewers do, as the machine's keyboard and mouse are told.
#include "ui/dbus/console-input.hpp"

#include <memory>

#include "tests/support/loop.hpp"
#include "tests/ui/dbus/machine-world.hpp"
#include "ui/dbus/names.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::dbus;
using namespace qio::test;

namespace {

using Calls = std::vector<std::string>;

/// The calls to keyboard, mouse and size, once there are so many; without their object.
Calls inputs(PeerWorld& world, std::size_t count) {
    Calls found;
    (void)run_until([&] {
        found.clear();
        for (const auto& call : world.fake.calls())
            for (const char* method :
                 {"Press", "Release(", "SetAbs", "RelMotion", "SetUI"})
                if (call.starts_with(std::string("Console_0 ") + method))
                    found.push_back(call.substr(call.find(' ') + 1));
        return found.size() >= count;
    });
    return found;
}

void passes_keys_on_by_their_codes(void**) {
    PeerWorld world;
    assert_true(world.meet());
    const auto key = [&](std::uint32_t code, bool down) {
        world.input().key({.keysym = 0, .xt_keycode = code, .down = down});
    };
    for (const std::uint32_t code : {0u, 256u, 0xFFFFFFFFu}) // no keyboard has such
        key(code, true);
    key(30, true);
    key(0xC8, true); // E0 48: up
    key(0xC8, false);
    key(30, false);
    assert_true((inputs(world, 4) ==
                 Calls{"Press(30,)", "Press(200,)", "Release(200,)", "Release(30,)"}));
}

/// A keyboard that has one key.
struct OneKey final : ui::Keymap {
    std::optional<ui::KeyStroke> find(std::uint32_t keysym) const override {
        if (keysym != 'A')
            return std::nullopt;
        return ui::KeyStroke{.keysym = 'A', .xt_keycode = 30, .shift = true};
    }
    ui::TypedText type(std::string_view) const override { return {}; }
};

// The viewer sends the shift key itself.
void finds_the_keys_of_viewers_without_codes(void**) {
    PeerWorld world(Generation::v10_2, std::make_shared<OneKey>());
    assert_true(world.meet());
    for (const std::uint32_t keysym : {'B', 'A'}) {
        world.input().key({.keysym = keysym, .xt_keycode = {}, .down = true});
        world.input().key({.keysym = keysym, .xt_keycode = {}, .down = false});
    }
    world.input().key({.keysym = 'A', .xt_keycode = {}, .down = false}); // it is up
    world.input().key({.keysym = 0, .xt_keycode = 57, .down = true});
    assert_true((inputs(world, 3) == Calls{"Press(30,)", "Release(30,)", "Press(57,)"}));
}

void tells_buttons_by_the_machines_numbers(void**) {
    PeerWorld world;
    assert_true(world.meet());
    const int numbers[] = {0, 1, 2, 3, 4, 7, 8, 5, 6};
    Calls wanted;
    for (int bit = 0; bit < 9; ++bit) {
        world.input().pointer({7, 9, std::uint16_t(1u << bit)});
        world.input().pointer({7, 9, 0});
        const auto number = "(" + std::to_string(numbers[bit]) + ",)";
        wanted.insert(wanted.end(), {"SetAbsPosition(7, 9)", "Press" + number,
                                     "SetAbsPosition(7, 9)", "Release" + number});
    }
    world.input().pointer({7, 9, 0xFE00}); // bits that stand for nothing
    wanted.push_back("SetAbsPosition(7, 9)");
    assert_true(inputs(world, wanted.size()) == wanted);
}

void places_the_pointer_inside_only(void**) {
    PeerWorld world;
    assert_true(world.meet());
    world.input().pointer({-5, 1000000, 0});
    assert_true((inputs(world, 1) == Calls{"SetAbsPosition(0, 479)"}));
    world.fake.set(console_path, names::console, "Width", g_variant_new_uint32(100));
    assert_true(run_until([&] { return world.console().info().width == 100; }));
    world.input().pointer({639, 0, 0});
    assert_string_equal(inputs(world, 2).back().c_str(), "SetAbsPosition(99, 0)");
    world.fake.set(console_path, names::console, "Width", g_variant_new_uint32(0));
    assert_true(run_until([&] { return world.console().info().width == 0; }));
    world.input().pointer({639, 0, 0});
    assert_string_equal(inputs(world, 3).back().c_str(), "SetAbsPosition(0, 0)");
}

void tells_how_far_a_relative_pointer_moved(void**) {
    PeerWorld world;
    assert_true(world.meet());
    world.input().pointer_motion(-3, 4, 0);
    world.input().pointer_motion(0, 0, 1); // it did not move
    world.input().pointer_motion(1, 0, 0);
    assert_true((inputs(world, 4) == Calls{"RelMotion(-3, 4)", "Press(0,)",
                                           "RelMotion(1, 0)", "Release(0,)"}));
}

void goes_on_after_what_the_machine_refused(void**) {
    PeerWorld world;
    assert_true(world.meet());
    world.fake.refuse("SetAbsPosition", "org.qemu.Display1.Error.Invalid");
    for (int i = 0; i < 40; ++i) {
        world.input().pointer({i, i, 1});
        world.input().pointer({i, i, 0});
        drain();
    }
    assert_true(run_until([&] { return world.fake.calls("Release(").size() >= 40; }));
}

void sends_no_more_than_the_machine_keeps_up_with(void**) {
    PeerWorld world;
    assert_true(world.meet());
    world.fake.withhold("SetAbsPosition");
    for (int i = 0; i < 10000; ++i) {
        world.input().pointer({i % 640, 1, 0});
        world.input().pointer({i % 640, 2, 0});
    }
    assert_true(inputs(world, InputQueue::max_unanswered).size() ==
                InputQueue::max_unanswered);
    world.fake.release();
    assert_true((inputs(world, InputQueue::max_unanswered + 1).back() ==
                 "SetAbsPosition(399, 2)"));
}

void forwards_wishes_for_another_size(void**) {
    PeerWorld world;
    assert_true(world.meet());
    assert_true(world.input().resize_request(800, 600) == ui::ResizeAnswer::accepted);
    assert_true((inputs(world, 1) == Calls{"SetUIInfo(0, 0, 0, 0, 800, 600)"}));
    assert_true(world.input().resize_request(0, 600) == ui::ResizeAnswer::invalid);
    assert_true(world.input().resize_request(16385, 1) == ui::ResizeAnswer::invalid);
    world.fake.refuse("SetUIInfo", "org.qemu.Display1.Error.Unsupported");
    assert_true(run_until([&] {
        drain();
        return world.input().resize_request(800, 600) == ui::ResizeAnswer::prohibited;
    }));
}

void asks_for_one_size_at_a_time_and_at_last_for_the_latest(void**) {
    PeerWorld world;
    assert_true(world.meet());
    world.fake.withhold("SetUIInfo");
    for (int width = 1; width <= 1000; ++width)
        assert_true(world.input().resize_request(width, 600) ==
                    ui::ResizeAnswer::accepted);
    world.input().key({.keysym = 0, .xt_keycode = 30, .down = true});
    assert_true(
        (inputs(world, 2) == Calls{"SetUIInfo(0, 0, 0, 0, 1, 600)", "Press(30,)"}));
    world.fake.release();
    assert_string_equal(inputs(world, 3).back().c_str(),
                        "SetUIInfo(0, 0, 0, 0, 1000, 600)");
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(passes_keys_on_by_their_codes),
        cmocka_unit_test(finds_the_keys_of_viewers_without_codes),
        cmocka_unit_test(tells_buttons_by_the_machines_numbers),
        cmocka_unit_test(places_the_pointer_inside_only),
        cmocka_unit_test(tells_how_far_a_relative_pointer_moved),
        cmocka_unit_test(goes_on_after_what_the_machine_refused),
        cmocka_unit_test(sends_no_more_than_the_machine_keeps_up_with),
        cmocka_unit_test(forwards_wishes_for_another_size),
        cmocka_unit_test(asks_for_one_size_at_a_time_and_at_last_for_the_latest),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
