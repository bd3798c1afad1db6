// A serial port as a terminal: how its text is read, what is typed, and whose it is.
#include "ui/tools/qio-vnc/text-console.hpp"

#include <optional>
#include <utility>

#include "tests/support/loop.hpp"
#include "tests/ui/dbus/machine-world.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::bridge;
using namespace qio::test;

namespace {

constexpr char full_block_cp437[] = "\xDB";
constexpr char full_block_utf8[] = "\xE2\x96\x88";
constexpr std::uint32_t black = 0;

struct TerminalWorld : PeerWorld {
    explicit TerminalWorld(const std::string& encoding = "") {
        fake.add_chardev("serial0", "org.qemu.console.serial.0", encoding);
    }
    /// Whether the port is there, and ours.
    bool open() {
        if (!begin())
            return false;
        auto& chardev = *machine.chardevs().front();
        terminal = TextConsole::create(chardev);
        viewer.emplace(terminal->display());
        return run_until([&] { return chardev.is_open(); });
    }
    /// Whether the cursor is off, which is where the first character will be.
    bool hide_cursor() {
        fake.write_chardev("serial0", "\x1B[?25l");
        return run_until([&] { return viewer->pixel(0, 0) == black; });
    }
    /// Whether nothing but a full block is at the beginning.
    bool shows_full_block() {
        for (const auto& [x, y] : {std::pair(0, 0), {8, 0}, {4, 9}, {0, 17}, {8, 17}})
            if (viewer->pixel(x, y) == black)
                return false;
        return viewer->pixel(9, 9) == black;
    }

    std::unique_ptr<TextConsole> terminal;
    std::optional<Viewer> viewer;
};

void reads_text_as_the_machine_says(void**) {
    const struct {
        const char* encoding;
        const char* block;
    } rows[] = {
        {"cp437", full_block_cp437}, {"utf8", full_block_utf8}, {"", full_block_utf8}};
    for (const auto& row : rows) {
        TerminalWorld world(row.encoding);
        assert_true(world.open());
        assert_true(world.hide_cursor());
        world.fake.write_chardev("serial0", row.block);
        assert_true(run_until([&] { return world.shows_full_block(); }));
    }
}

void follows_a_change_of_the_encoding(void**) {
    TerminalWorld world("utf8");
    assert_true(world.open());
    world.fake.set("/org/qemu/Display1/Chardev_serial0",
                   "org.qemu.Display1.Chardev.VCEncoding", "Encoding",
                   g_variant_new_string("cp437"));
    assert_true(run_until([&] { return world.terminal->info().encoding == "cp437"; }));
    assert_true(world.hide_cursor());
    world.fake.write_chardev("serial0", full_block_cp437);
    assert_true(run_until([&] { return world.shows_full_block(); }));
}

void sends_what_is_typed(void**) {
    TerminalWorld world;
    assert_true(world.open());
    auto& input = *world.terminal->display()->input();
    for (const bool down : {true, false})
        input.key({.keysym = 'q', .xt_keycode = 16, .down = down});
    std::string heard;
    assert_true(
        run_until([&] { return (heard += world.fake.read_chardev("serial0")) == "q"; }));
}

/// Whether the row of characters has anything in it.
bool has_text(TerminalWorld& world, int row) {
    for (int y = 18 * row; y < 18 * (row + 1); ++y)
        for (int x = 0; x < 100; ++x)
            if (world.viewer->pixel(x, y) != black)
                return true;
    return false;
}

void says_when_the_port_is_lost_and_back(void**) {
    TerminalWorld world;
    assert_true(world.open());
    assert_true(world.hide_cursor());
    world.fake.give_chardev("serial0", ":1.99");
    assert_true(run_until([&] { return has_text(world, 1); }));
    assert_false(has_text(world, 3));
    world.fake.give_chardev("serial0", "");
    assert_true(run_until([&] { return has_text(world, 3); }));
}

void gives_the_port_back(void**) {
    TerminalWorld world;
    assert_true(world.open());
    world.viewer.reset();
    world.terminal.reset();
    assert_false(world.machine.chardevs().front()->is_used());
    assert_false(world.machine.chardevs().front()->is_open());
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(reads_text_as_the_machine_says),
        cmocka_unit_test(follows_a_change_of_the_encoding),
        cmocka_unit_test(sends_what_is_typed),
        cmocka_unit_test(says_when_the_port_is_lost_and_back),
        cmocka_unit_test(gives_the_port_back),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
