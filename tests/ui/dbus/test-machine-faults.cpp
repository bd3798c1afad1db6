// What machines do wrong: pictures, floods, refusals, silence, and an end at any moment.
#include <climits>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "io/core/timer.hpp"
#include "tests/support/descriptors.hpp"
#include "tests/support/loop.hpp"
#include "tests/ui/dbus/machine-world.hpp"
#include "ui/dbus/machine.hpp"
#include "ui/dbus/names.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::dbus;
using namespace qio::test;

namespace {

void refuses_wrong_pictures_and_goes_on(void**) {
    PeerWorld world;
    assert_true(world.meet());
    Viewer viewer(world.console().display());
    world.fake.scanout(8, 8, 5);
    struct Row {
        unsigned width, height, stride, format;
    };
    const Row rows[] = {
        {0, 0, 0, 0x20020888},         {8, 8, 31, 0x20020888},
        {8, 8, 0, 0x20020888},         {8, 9, 32, 0x20020888},
        {8, 8, UINT_MAX, 0x20020888},  {UINT_MAX, UINT_MAX, 32, 0x20020888},
        {65536, 65536, 0, 0x20020888}, {8, 8, 32, 0},
        {8, 8, 32, UINT_MAX},
    };
    for (const auto& row : rows) {
        assert_string_equal(
            world.fake
                .ask("Scanout", g_variant_new("(uuuu@ay)", row.width, row.height,
                                              row.stride, row.format, bytes(256)))
                .c_str(),
            invalid);
        assert_string_equal(
            world.fake
                .ask("Update", g_variant_new("(iiiiuu@ay)", 0, 0, row.width, row.height,
                                             row.stride, row.format, bytes(256)))
                .c_str(),
            invalid);
    }
    const auto update_at = [&](int x, int y) {
        return world.fake.ask("Update", g_variant_new("(iiiiuu@ay)", x, y, 8, 8, 32,
                                                      0x20020888, bytes(256)));
    };
    assert_string_equal(update_at(-1, 0).c_str(), invalid);
    assert_string_equal(update_at(INT_MIN, INT_MAX).c_str(), invalid);
    assert_string_equal(update_at(16380, 0).c_str(), invalid);
    assert_string_equal(world.fake.ask("Scanout", g_variant_new("(uu)", 1, 1)).c_str(),
                        "org.freedesktop.DBus.Error.UnknownMethod");
    assert_int_equal(viewer.width(), 8);
    assert_int_equal(viewer.pixel(7, 7), 5);
}

void survives_a_flood_of_updates(void**) {
    PeerWorld world;
    assert_true(world.meet());
    world.fake.scanout(64, 64, 1);
    Viewer viewer(world.console().display());
    viewer.take();
    for (int i = 0; i < 5000; ++i)
        world.fake.tell("Update", g_variant_new("(iiiiuu@ay)", i % 64, 3, 1, 1, 4,
                                                0x20020888, bytes(4)));
    world.fake.flush();
    assert_true(viewer.take().damage == ui::Region(ui::Rect{0, 3, 64, 1}));
}

[[noreturn]] void fail_with(const std::string& what, std::size_t count) {
    throw std::logic_error(what + ": " + std::to_string(count));
}

/// All is well with it: it shows what it is told, and tells what is typed.
bool is_well(PeerWorld& world, std::uint32_t colour) {
    Viewer viewer(world.console().display());
    world.fake.scanout(8, 8, colour);
    if (viewer.pixel(7, 7) != colour)
        return false;
    const auto pressed = [&] { return world.fake.calls("Press(30,)").size(); };
    const auto before = pressed();
    world.input().key({.keysym = 'a', .xt_keycode = 30, .down = true});
    world.input().key({.keysym = 'a', .xt_keycode = 30, .down = false});
    return run_until([&] { return pressed() > before; });
}

/// Something that a machine says again and again, and what of it may come back to it.
struct Flood {
    const char* what;
    std::function<void(FakeMachine&, int)> say;
    const char* answer; ///< a method
    std::size_t most;   ///< calls of it
};

void survives_floods(void**) {
    constexpr int count = 2000;
    const Flood floods[] = {
        {"sizes",
         [](FakeMachine& fake, int i) {
             fake.set(console_path, names::console, "Width",
                      g_variant_new_uint32(std::uint32_t(640 + i % 2)));
         },
         "GetAll", 4},
        {"pictures of sizes that the console does not tell",
         [](FakeMachine& fake, int i) {
             const auto side = std::uint32_t(8 + i % 2);
             fake.tell("Scanout", g_variant_new("(uuuu@ay)", side, side, 4 * side,
                                                0x20020888, bytes(4 * side * side)));
         },
         "GetAll", 4},
        {"pointers",
         [](FakeMachine& fake, int i) {
             fake.tell("CursorDefine",
                       g_variant_new("(iiii@ay)", 32, 32, i % 32, 0, bytes(4096)));
             fake.tell("MouseSet", g_variant_new("(iii)", i, i, i % 2));
         },
         "GetAll", 4},
        {"consoles",
         [](FakeMachine& fake, int i) {
             if (i < 200)
                 fake.plug_console(std::uint32_t(i + 1), "more", 640);
         },
         "RegisterListener", Machine::max_consoles},
        {"character devices",
         [](FakeMachine& fake, int i) {
             if (i < 200)
                 fake.add_chardev("c" + std::to_string(i), "");
         },
         "Register(", 1}, // of the clipboard
        {"clipboards",
         [](FakeMachine& fake, int i) {
             const char* const types[] = {"text/plain;charset=utf-8", nullptr};
             fake.call_client(names::clipboard_path, names::clipboard, "Grab",
                              g_variant_new("(uu^as)", 0, unsigned(i + 1), types));
         },
         "Request", 4},
    };
    for (const auto& flood : floods) {
        PeerWorld world;
        assert_true(world.meet());
        world.fake.withhold("GetAll");
        for (int i = 0; i < count; ++i)
            flood.say(world.fake, i);
        world.fake.flush();
        drain();
        if (world.fake.calls(flood.answer).size() > flood.most)
            fail_with(flood.what, world.fake.calls(flood.answer).size());
        assert_true(world.machine.consoles().size() <= Machine::max_consoles);
        world.fake.release();
        assert_true(is_well(world, 0x0A0B0C));
    }
}

/// Makes the machine be called in every way.
void do_everything(PeerWorld& world) {
    auto& input = world.input();
    input.key({.keysym = 'b', .xt_keycode = 48, .down = true});
    input.key({.keysym = 'b', .xt_keycode = 48, .down = false});
    input.pointer({.x = 1, .y = 2, .buttons = 1});
    input.pointer({.x = 1, .y = 2, .buttons = 0});
    input.pointer_motion(1, 1, 0);
    input.resize_request(800, 600);
    input.cut_text("from a viewer");
    input.clipboard_wanted();
    for (auto* const chardev : world.machine.chardevs())
        if (!chardev->is_used())
            chardev->use({});
}

// Whatever it was doing, the next one is met, and everything works.
void goes_on_when_the_machine_ends_in_any_call(void**) {
    constexpr const char* methods[] = {"GetManagedObjects",
                                       "RegisterListener",
                                       "RegisterOutListener",
                                       "Register",
                                       "Press",
                                       "Release",
                                       "SetAbsPosition",
                                       "RelMotion",
                                       "SetUIInfo",
                                       "Grab",
                                       "Chardev_serial0 Register"};
    for (const auto* const method : methods) {
        PeerWorld world;
        world.fake.add_chardev("serial0", "org.qemu.console.serial.0");
        world.fake.hang_up_at(method);
        assert_true(world.connect());
        const bool met =
            run_until([&] { return world.log.appeared > 0 || world.log.vanished > 0; });
        assert_true(met);
        if (world.log.appeared > 0 && world.log.vanished == 0)
            do_everything(world);
        if (!run_until([&] { return world.log.vanished > 0; }))
            fail_with(method, 0);
        world.source.reset();
        world.fake.leave();
        world.log = {};
        if (!world.meet() || !is_well(world, 0x010203))
            fail_with(method, 1);
        do_everything(world);
        if (!run_until([&] { return world.machine.chardevs().front()->is_open(); }))
            fail_with(method, 2);
    }
}

void offers_its_listener_again_when_it_was_lost(void**) {
    PeerWorld world;
    assert_true(world.meet());
    Viewer viewer(world.console().display());
    world.fake.scanout(8, 8, 5);
    world.fake.close_listener();
    assert_true(run_until([&] { return viewer.width() == 640; }));
    assert_true(run_until([&] { return world.fake.has_listener(); }));
    assert_int_equal(world.fake.calls("RegisterListener").size(), 2);
    world.fake.scanout(8, 8, 6);
    assert_int_equal(viewer.pixel(7, 7), 6);
}

/// So long that what is tried again has been.
bool pass_retries() {
    bool has_passed = false;
    const Timer timer(3 * PeerWorld::patience.retry_after, [&] { has_passed = true; });
    return run_until([&] { return has_passed; });
}

void forgets_a_listener_whose_console_was_taken_away(void**) {
    PeerWorld world;
    world.fake.withhold("RegisterListener");
    assert_true(world.begin());
    assert_true(run_until([&] { return !world.fake.calls("RegisterListener").empty(); }));
    world.fake.unplug(console_path);
    assert_true(run_until([&] { return !world.console().is_attached(); }));
    world.fake.release("org.qemu.Display1.Error.Failed");
    assert_true(pass_retries());
    assert_int_equal(world.fake.calls("RegisterListener").size(), 1);

    world.fake.plug(console_path);
    assert_true(
        run_until([&] { return world.fake.calls("RegisterListener").size() == 2; }));
    assert_true(world.console().is_attached());
}

void heeds_no_late_answer_for_a_listener_before(void**) {
    PeerWorld world;
    world.fake.withhold("RegisterListener");
    assert_true(world.begin());
    for (std::size_t count = 1; count <= 2; ++count) {
        assert_true(run_until(
            [&] { return world.fake.calls("RegisterListener").size() == count; }));
        if (count == 1) {
            world.fake.unplug(console_path);
            world.fake.plug(console_path);
        }
    }
    world.fake.refuse_oldest("org.qemu.Display1.Error.Failed");
    assert_true(pass_retries());
    assert_int_equal(world.fake.calls("RegisterListener").size(), 2);
}

// Who has the name may have no objects yet.
void asks_again_for_objects_that_were_refused(void**) {
    PeerWorld world;
    world.fake.refuse("GetManagedObjects", "org.freedesktop.DBus.Error.UnknownMethod");
    assert_true(world.connect());
    assert_true(run_until([&] { return world.log.vanished >= 3; }));
    assert_true(world.log.reason.starts_with("the machine: "));
    assert_int_equal(world.log.appeared, 0);
    world.fake.release();
    assert_true(run_until([&] { return world.fake.has_listener(); }));
    assert_int_equal(world.log.appeared, 1);
    const auto asked = world.fake.calls("GetManagedObjects").size();
    assert_true(pass_retries());
    assert_int_equal(world.fake.calls("GetManagedObjects").size(), asked);
}

void waits_for_the_answer_of_a_machine_that_stands_still(void**) {
    PeerWorld world(Generation::v10_2, nullptr,
                    {.answer_within = std::chrono::milliseconds(1)});
    world.fake.withhold("GetManagedObjects");
    assert_true(world.connect());
    assert_true(run_until([&] { return world.log.vanished > 0; }));
    assert_string_equal(world.log.reason.c_str(), "the machine does not answer");
    world.fake.release();
    assert_true(run_until([&] { return world.fake.has_listener(); }));
    assert_int_equal(world.log.appeared, 1);
    assert_int_equal(world.fake.calls("GetManagedObjects").size(), 1);
}

void does_without_replies_that_are_withheld(void**) {
    PeerWorld world;
    for (const char* method : {"RegisterListener", "RegisterOutListener", "Register"})
        world.fake.withhold(method);
    assert_true(world.meet());
    Viewer viewer(world.console().display());
    world.fake.scanout(8, 8, 5);
    drain();
    assert_int_equal(viewer.pixel(7, 7), 5);
    world.fake.release();
    world.fake.scanout(8, 8, 6);
    drain();
    assert_int_equal(viewer.pixel(7, 7), 6);
    // Of the console and of the sound.
    assert_true(run_until([&] { return world.fake.registrations() == 2; }));
}

void leaves_no_descriptor_behind(void**) {
    const auto meet_and_part = [] {
        PeerWorld world;
        const bool met = world.meet();
        if (met)
            world.fake.scanout(8, 8, 5);
        return met;
    };
    assert_true(meet_and_part()); // what GDBus keeps for good is there by now
    const int before = open_descriptors();
    for (int i = 0; i < 3; ++i)
        assert_true(meet_and_part());
    // GDBus ends its connections in a thread of its own.
    assert_true(run_until([&] {
        g_main_context_wakeup(nullptr);
        return open_descriptors() <= before;
    }));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(refuses_wrong_pictures_and_goes_on),
        cmocka_unit_test(survives_a_flood_of_updates),
        cmocka_unit_test(survives_floods),
        cmocka_unit_test(goes_on_when_the_machine_ends_in_any_call),
        cmocka_unit_test(offers_its_listener_again_when_it_was_lost),
        cmocka_unit_test(forgets_a_listener_whose_console_was_taken_away),
        cmocka_unit_test(heeds_no_late_answer_for_a_listener_before),
        cmocka_unit_test(asks_again_for_objects_that_were_refused),
        cmocka_unit_test(waits_for_the_answer_of_a_machine_that_stands_still),
        cmocka_unit_test(does_without_replies_that_are_withheld),
        cmocka_unit_test(leaves_no_descriptor_behind),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
