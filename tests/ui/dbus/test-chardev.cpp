// Serial ports and the like: who has them, and what goes through.
#include <algorithm>
#include <stdexcept>
#include <string>

#include "tests/support/loop.hpp"
#include "tests/ui/dbus/machine-world.hpp"
#include "ui/dbus/chardev-info.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::dbus;
using namespace qio::test;

namespace {

constexpr char serial_name[] = "org.qemu.console.serial.0";

/// A machine with a serial port that is used.
struct SerialWorld : PeerWorld {
    explicit SerialWorld(const std::string& encoding = "") {
        fake.add_chardev("serial0", serial_name, encoding);
    }
    bool open() {
        if (!begin())
            return false;
        use();
        return run_until([&] { return opened == 1; });
    }
    void use() {
        serial().use({.opened = [this] { ++opened; },
                      .received = [this](ByteView bytes) { text += as_text(bytes); },
                      .closed = [this] { ++closed; },
                      .changed = [this] { ++changed; }});
    }
    Chardev& serial() { return *machine.chardevs().front(); }
    std::size_t registered() const {
        return std::size_t(
            std::ranges::count_if(fake.calls("Register("), [](const auto& call) {
                return call.starts_with("Chardev_serial0");
            }));
    }
    std::size_t asked() const { return fake.calls("GetAll").size(); }

    int opened = 0;
    int closed = 0;
    int changed = 0;
    std::string text;
};

struct Meant {
    const char* wanted;
    const char* id;
    const char* name;
    bool is_meant;
};

void is_found_by_name_and_id(void**) {
    constexpr Meant cases[] = {
        {"org.qemu.console.serial.0", "serial0", serial_name, true},
        {"serial.0", "serial0", serial_name, true},
        {"serial0", "serial0", serial_name, true},
        {"Chardev_serial0", "serial0", serial_name, true},
        {"/org/qemu/Display1/Chardev_serial0", "serial0", serial_name, true},
        {"hmp.0", "compat_monitor0", "org.qemu.monitor.hmp.0", true},
        {"mine", "c1", "mine", true},
        {"c1", "c1", "", true},
        {"0", "serial0", serial_name, false},
        {"console.serial.0", "serial0", serial_name, false},
        {"serial.1", "serial0", serial_name, false},
        {"", "c1", "", false},
        {".", "c1", ".", true},
    };
    for (const auto& one : cases) {
        ChardevInfo info;
        info.path = std::string("/org/qemu/Display1/Chardev_") + one.id;
        info.id = one.id;
        info.name = one.name;
        if (is_meant(info, one.wanted) != one.is_meant)
            throw std::logic_error(std::string(one.wanted) + " and " + one.name);
    }
}

void has_an_id_from_its_path(void**) {
    assert_true(chardev_id("/org/qemu/Display1/Chardev_serial0") == "serial0");
    for (const auto* path :
         {"/org/qemu/Display1/Chardev_", "/org/qemu/Display1/Console_0",
          "/org/qemu/Display1", "/else/Chardev_a", ""})
        assert_false(chardev_id(path).has_value());
}

void leaves_alone_what_nobody_uses(void**) {
    SerialWorld world;
    assert_true(world.begin());
    drain();
    assert_int_equal(world.registered(), 0);
    assert_string_equal(world.serial().info().name.c_str(), serial_name);
    assert_false(world.serial().send(as_bytes("lost")));
}

void carries_text_both_ways(void**) {
    SerialWorld world;
    assert_true(world.open());
    world.fake.write_chardev("serial0", "login: ");
    assert_true(run_until([&] { return world.text == "login: "; }));
    assert_true(world.serial().send(as_bytes("ro")));
    assert_true(world.serial().send(as_bytes("ot\r")));
    std::string seen;
    assert_true(run_until(
        [&] { return (seen += world.fake.read_chardev("serial0")) == "root\r"; }));
}

void tells_the_encoding(void**) {
    SerialWorld world("cp437");
    assert_true(world.open());
    assert_string_equal(world.serial().info().encoding.c_str(), "cp437");
    world.fake.set("/org/qemu/Display1/Chardev_serial0",
                   "org.qemu.Display1.Chardev.VCEncoding", "Encoding",
                   g_variant_new_string("utf8"));
    assert_true(run_until([&] { return world.changed > 0; }));
    assert_string_equal(world.serial().info().encoding.c_str(), "utf8");
}

/// A machine that does not read gets so much and no more.
void keeps_little_of_what_is_not_taken(void**) {
    SerialWorld world;
    assert_true(world.open());
    const std::string piece(1000, 'x');
    std::size_t taken = 0;
    for (int i = 0; i < 10000 && world.serial().send(as_bytes(piece)); ++i) {
        taken += piece.size();
        while (g_main_context_iteration(nullptr, FALSE)) {
        }
    }
    assert_true(taken < 4 << 20);
    assert_false(world.serial().send(as_bytes(piece)));
    // All that was taken arrives, in full pieces.
    std::size_t seen = 0;
    assert_true(run_until(
        [&] { return (seen += world.fake.read_chardev("serial0").size()) >= taken; }));
    assert_int_equal(seen, taken);
    assert_true(world.serial().send(as_bytes("y")));
}

void waits_while_somebody_else_has_it(void**) {
    SerialWorld world;
    assert_true(world.open());
    world.fake.write_chardev("serial0", "the last words");
    world.fake.give_chardev("serial0", ":1.99");
    assert_true(run_until([&] { return world.closed == 1; }));
    assert_string_equal(world.text.c_str(), "the last words");
    const auto before = world.asked();
    assert_true(run_until([&] { return world.asked() > before + 2; }));
    assert_int_equal(world.registered(), 1);
    world.fake.give_chardev("serial0", "");
    assert_true(run_until([&] { return world.opened == 2; }));
}

void tries_again_when_it_was_refused(void**) {
    SerialWorld world;
    world.fake.refuse("Register", "org.qemu.Display1.Error.Failed");
    assert_true(world.begin());
    world.use();
    assert_true(run_until([&] { return world.registered() > 2; }));
    assert_int_equal(world.opened + world.closed, 0);
    world.fake.release();
    assert_true(run_until([&] { return world.opened == 1; }));
}

void is_taken_of_the_next_machine(void**) {
    SerialWorld world;
    assert_true(world.open());
    world.fake.leave();
    assert_true(run_until([&] { return world.closed == 1; }));
    assert_false(world.serial().send(as_bytes("lost")));
    world.source.reset();
    assert_true(world.connect());
    assert_true(run_until([&] { return world.opened == 2; }));
    world.fake.write_chardev("serial0", "again");
    assert_true(run_until([&] { return world.text == "again"; }));
}

void heeds_no_late_answer(void**) {
    SerialWorld world;
    world.fake.withhold("Register");
    assert_true(world.begin());
    world.use();
    assert_true(run_until([&] { return world.registered() == 1; }));
    // It is lost before the machine says that it is ours.
    world.fake.give_chardev("serial0", ":1.99");
    const auto before = world.asked();
    assert_true(run_until([&] { return world.asked() > before; }));
    world.fake.release();
    const auto after = world.asked();
    assert_true(run_until([&] { return world.asked() > after + 1; }));
    assert_int_equal(world.opened, 0);
}

void comes_and_goes_while_the_machine_runs(void**) {
    SerialWorld world;
    assert_true(world.open());
    world.fake.unplug("/org/qemu/Display1/Chardev_serial0");
    assert_true(run_until([&] { return world.closed == 1; }));
    world.fake.plug("/org/qemu/Display1/Chardev_serial0");
    assert_true(run_until([&] { return world.opened == 2; }));
    world.fake.add_chardev("serial1", "org.qemu.console.serial.1");
    assert_true(run_until([&] { return world.machine.chardevs().size() == 2; }));
}

void knows_only_so_many(void**) {
    PeerWorld world;
    for (std::size_t i = 0; i < Chardevs::max_chardevs + 3; ++i)
        world.fake.add_chardev("c" + std::to_string(i), "");
    assert_true(world.begin());
    assert_int_equal(world.machine.chardevs().size(), Chardevs::max_chardevs);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(is_found_by_name_and_id),
        cmocka_unit_test(has_an_id_from_its_path),
        cmocka_unit_test(leaves_alone_what_nobody_uses),
        cmocka_unit_test(carries_text_both_ways),
        cmocka_unit_test(tells_the_encoding),
        cmocka_unit_test(keeps_little_of_what_is_not_taken),
        cmocka_unit_test(waits_while_somebody_else_has_it),
        cmocka_unit_test(tries_again_when_it_was_refused),
        cmocka_unit_test(is_taken_of_the_next_machine),
        cmocka_unit_test(heeds_no_late_answer),
        cmocka_unit_test(comes_and_goes_while_the_machine_runs),
        cmocka_unit_test(knows_only_so_many),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
