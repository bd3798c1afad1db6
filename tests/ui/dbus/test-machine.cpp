// A machine's screens as displays, from its first answer to its end.
#include "ui/dbus/machine.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <climits>

#include "tests/support/loop.hpp"
#include "tests/ui/dbus/machine-world.hpp"
#include "ui/dbus/names.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::dbus;
using namespace qio::test;

namespace {

void shows_the_picture_of_either_generation(void**) {
    for (const auto generation : {Generation::v7_2, Generation::v10_2}) {
        PeerWorld world(generation);
        assert_true(world.meet());
        assert_int_equal(world.log.added, 1);
        assert_int_equal(world.log.appeared, 1);
        Viewer viewer(world.console().display());
        world.fake.scanout(100, 50, 0x102030);
        assert_int_equal(viewer.width(), 100);
        assert_int_equal(viewer.pixel(99, 49), 0x102030);
        world.fake.update(10, 20, 5, 4, 0x405060);
        assert_int_equal(viewer.pixel(14, 23), 0x405060);
        assert_int_equal(viewer.pixel(15, 23), 0x102030);
        assert_string_equal(viewer.take().name.c_str(), "QEMU (fake)");
    }
}

void tells_which_extensions_it_has(void**) {
    PeerWorld world;
    assert_true(world.meet());
    assert_string_equal(world.fake.registered().properties.c_str(),
                        "({'Interfaces': <['org.qemu.Display1.Listener.Unix.Map']>},)"
                        "({},)");
}

// The machine stands still while it waits for us, so it must not wait for our main loop.
void answers_while_its_main_context_stands_still(void**) {
    PeerWorld world;
    assert_true(world.begin());
    assert_true(run_until([&] { return world.fake.registrations() > 0; }));
    // From here on nothing iterates the main context.
    assert_true(world.fake.wait_for_listener());
    assert_true(world.fake.registered().took < std::chrono::seconds(2));
    world.fake.scanout(32, 32, 0x111111);
    Viewer viewer(world.console().display());
    assert_int_equal(viewer.pixel(31, 31), 0x111111);
    for (int i = 0; i < 3; ++i)
        assert_string_equal(
            world.fake.ask("UpdateDMABUF", g_variant_new("(iiii)", 0, 0, 1, 1)).c_str(),
            "org.qemu.Display1.Error.Unsupported");
    assert_true(run_until([&] { return world.log.unreadable > 0; }));
    drain();
    assert_int_equal(world.log.unreadable, 1);
}

// A switch from 640 x 480 to 720 x 400 that is told by parts, and by properties.
void follows_sizes_told_by_properties(void**) {
    PeerWorld world(Generation::v7_2);
    assert_true(world.meet());
    Viewer viewer(world.console().display());
    world.fake.scanout(640, 480, 1);
    world.fake.update(0, 0, 720, 16, 2);
    assert_int_equal(viewer.width(), 720);
    assert_int_equal(viewer.height(), 480);
    world.fake.set(console_path, names::console, "Width", g_variant_new_uint32(720));
    world.fake.set(console_path, names::console, "Height", g_variant_new_uint32(400));
    assert_true(run_until([&] { return viewer.height() == 400; }));
    assert_int_equal(viewer.width(), 720);
    assert_int_equal(viewer.pixel(719, 0), 2);
}

// The answer to a question is newer than what was in doubt.
void asks_for_the_size_when_it_is_in_doubt(void**) {
    PeerWorld world;
    assert_true(world.meet());
    Viewer viewer(world.console().display());
    world.fake.scanout(800, 600, 1);
    assert_int_equal(viewer.width(), 800);
    assert_true(run_until([&] { return !world.fake.calls("GetAll").empty(); }));
    assert_true(
        run_until([&] { return viewer.width() == 640 && viewer.height() == 480; }));
    world.fake.scanout(640, 480, 1);
    drain();
    assert_int_equal(world.fake.calls("GetAll").size(), 1);
}

UniqueFd memory_of(std::uint32_t pixel, std::size_t count) {
    UniqueFd fd(memfd_create("shared", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    const std::vector<std::uint32_t> pixels(count, pixel);
    const auto written = write(fd.get(), pixels.data(), count * 4);
    return written == ssize_t(count * 4) ? std::move(fd) : UniqueFd();
}

void shows_shared_memory(void**) {
    PeerWorld world;
    assert_true(world.meet());
    Viewer viewer(world.console().display());
    const auto map = [&](UniqueFd fd, unsigned width, unsigned offset) {
        return world.fake.ask(
            "ScanoutMap",
            g_variant_new("(huuuuu)", 0, offset, width, 4, width * 4, 0x20020888),
            std::move(fd));
    };
    auto fd = memory_of(0x123456, 16);
    const UniqueFd ours(dup(fd.get()));
    assert_string_equal(map(std::move(fd), 4, 0).c_str(), "");
    assert_int_equal(viewer.width(), 4);
    assert_int_equal(viewer.pixel(3, 3), 0x123456);
    const std::uint32_t other = 0x654321;
    assert_int_equal(pwrite(ours.get(), &other, 4, 60), 4);
    assert_string_equal(
        world.fake.ask("UpdateMap", g_variant_new("(iiii)", 3, 3, 1, 1)).c_str(), "");
    assert_int_equal(viewer.pixel(3, 3), 0x654321);

    // Too small, no memory, no descriptor: the machine may go on without sharing.
    assert_string_equal(map(memory_of(1, 16), 5, 0).c_str(), invalid);
    assert_string_equal(map(memory_of(1, 16), 4, UINT_MAX).c_str(), invalid);
    assert_string_equal(
        map(UniqueFd(open("/dev/null", O_RDWR | O_CLOEXEC)), 4, 0).c_str(), invalid);
    assert_string_not_equal(map(UniqueFd(), 4, 0).c_str(), "");
    assert_int_equal(viewer.width(), 4);
}

void shows_the_pointer(void**) {
    PeerWorld world;
    assert_true(world.meet());
    Viewer viewer(world.console().display());
    world.fake.tell("CursorDefine", g_variant_new("(iiii@ay)", 2, 2, 5, 1, bytes(16)));
    world.fake.tell("MouseSet", g_variant_new("(iii)", 30, 40, 1));
    world.fake.flush();
    auto changes = viewer.take();
    assert_int_equal(changes.cursor->width(), 2);
    assert_int_equal(changes.cursor->hot_x(), 1);
    assert_true((changes.pointer_moved == ui::Point{30, 40}));
    assert_true(changes.pointer_visible);
    world.fake.tell("MouseSet", g_variant_new("(iii)", 0, 0, 0));
    world.fake.flush();
    assert_false(viewer.take().pointer_visible);
    assert_string_equal(
        world.fake.ask("CursorDefine", g_variant_new("(iiii@ay)", 2, 2, 0, 0, bytes(15)))
            .c_str(),
        invalid);
}

void tells_the_pointers_kind_and_the_lights(void**) {
    PeerWorld world;
    assert_true(world.meet());
    Viewer viewer(world.console().display());
    assert_true(viewer.take().pointer_mode == ui::PointerMode::absolute);
    world.fake.set(console_path, names::mouse, "IsAbsolute",
                   g_variant_new_boolean(FALSE));
    assert_true(run_until(
        [&] { return viewer.take().pointer_mode == ui::PointerMode::relative; }));
    world.fake.set(console_path, names::keyboard, "Modifiers", g_variant_new_uint32(6));
    const ui::LockLeds wanted{.scroll = false, .num = true, .caps = true};
    assert_true(run_until([&] { return viewer.take().leds == wanted; }));
}

void shows_nothing_when_disabled(void**) {
    PeerWorld world;
    assert_true(world.meet());
    Viewer viewer(world.console().display());
    world.fake.scanout(8, 8, 5);
    assert_string_equal(world.fake.ask("Disable", nullptr).c_str(), "");
    assert_int_equal(viewer.width(), 640);
    assert_int_equal(viewer.pixel(0, 0), 0);
}

void finds_consoles_by_path_label_address_and_head(void**) {
    PeerWorld world;
    world.fake.add_console(10, "virtio", 1);
    world.fake.add_console(2, "virtio", 0);
    world.fake.add_console(3, "serial", 0, "Text");
    assert_true(world.meet());
    assert_int_equal(world.log.added, 4);
    const auto all = world.machine.consoles();
    const std::uint32_t order[] = {0, 2, 3, 10};
    for (std::size_t i = 0; i < 4; ++i)
        assert_int_equal(all[i]->info().index, order[i]);
    assert_ptr_equal(world.machine.find("virtio"), all[1]);
    assert_ptr_equal(world.machine.find("virtio", 1), all[3]);
    assert_null(world.machine.find("virtio", 2));
    assert_ptr_equal(world.machine.find("pci/0000/03.0"), all[1]);
    assert_ptr_equal(world.machine.find("/org/qemu/Display1/Console_3"), all[2]);
    assert_ptr_equal(world.machine.find("Console_10"), all[3]);
    assert_null(world.machine.find("Console_1"));
    assert_null(world.machine.find(""));
    assert_true(all[2]->info().is_text);
}

void shows_the_placeholder_when_the_machine_has_gone(void**) {
    PeerWorld world;
    assert_true(world.meet());
    Viewer viewer(world.console().display());
    world.fake.scanout(8, 8, 5);
    world.fake.leave();
    assert_true(run_until([&] { return world.log.vanished > 0; }));
    assert_int_equal(viewer.width(), 640);
    assert_false(world.console().is_attached());
    assert_false(world.machine.is_attached());
    // Input finds nobody, and harms nobody.
    world.input().key({.keysym = 'a', .xt_keycode = 30, .down = true});
    world.input().pointer({.x = 1, .y = 1, .buttons = 1});
    world.input().cut_text("text");
    assert_true(world.input().resize_request(10, 10) == ui::ResizeAnswer::prohibited);
}

void comes_back_with_the_same_displays(void**) {
    PeerWorld world;
    assert_true(world.meet());
    Viewer viewer(world.console().display());
    auto* console = &world.console();
    world.fake.leave();
    assert_true(run_until([&] { return world.log.vanished > 0; }));
    world.source.reset();
    world.log = {};
    assert_true(world.meet());
    assert_int_equal(world.log.added, 0);
    assert_ptr_equal(&world.console(), console);
    world.fake.scanout(9, 9, 7);
    assert_int_equal(viewer.pixel(8, 8), 7);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(shows_the_picture_of_either_generation),
        cmocka_unit_test(tells_which_extensions_it_has),
        cmocka_unit_test(answers_while_its_main_context_stands_still),
        cmocka_unit_test(follows_sizes_told_by_properties),
        cmocka_unit_test(asks_for_the_size_when_it_is_in_doubt),
        cmocka_unit_test(shows_shared_memory),
        cmocka_unit_test(shows_the_pointer),
        cmocka_unit_test(tells_the_pointers_kind_and_the_lights),
        cmocka_unit_test(shows_nothing_when_disabled),
        cmocka_unit_test(finds_consoles_by_path_label_address_and_head),
        cmocka_unit_test(shows_the_placeholder_when_the_machine_has_gone),
        cmocka_unit_test(comes_back_with_the_same_displays),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
