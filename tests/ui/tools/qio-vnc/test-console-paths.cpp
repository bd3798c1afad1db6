// Under which paths screens are to be had, and what is said about the rest.
#include "ui/tools/qio-vnc/console-paths.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::bridge;

namespace {

using Texts = std::vector<std::string>;

ScreenNames console(std::uint32_t index, const char* label, std::uint32_t head = 0) {
    dbus::ConsoleInfo info;
    info.path = "/org/qemu/Display1/Console_" + std::to_string(index);
    info.index = index;
    info.label = label;
    info.head = head;
    return names_of(info);
}

ScreenNames chardev(const char* id, const char* name) {
    dbus::ChardevInfo info;
    info.path = std::string("/org/qemu/Display1/Chardev_") + id;
    info.id = id;
    info.name = name;
    return names_of(info);
}

void a_console_has_its_label_and_what_is_named(void**) {
    const std::vector<ConsolePath> named{
        {"VGA", "/vm"}, {"VGA", "/again"}, {"Console_1", "/one"}};
    ConsolePaths paths(named);
    assert_true(paths.take(console(0, "VGA")).paths == Texts({"/vm", "/again", "/VGA"}));
    assert_true(paths.take(console(1, "VGA", 1)).paths == Texts({"/one", "/VGA.1"}));
    assert_true(paths.take(console(2, "no path")).paths.empty());
    assert_true(paths.take(console(3, "")).paths.empty());
}

void a_label_gives_way_to_a_path_that_is_named(void**) {
    const std::vector<ConsolePath> named{{"second", "/VGA"}};
    ConsolePaths paths(named);
    const auto first = paths.take(console(0, "VGA"));
    assert_true(first.paths.empty() && first.warnings.empty());
    const auto second = paths.take(console(1, "second"));
    assert_true(second.paths == Texts({"/VGA", "/second"}) && second.warnings.empty());
    // What the server keeps for itself is nobody's label.
    assert_true(paths.take(console(2, "websockify")).paths.empty());
    assert_true(paths.take(console(3, "second")).paths.empty());
}

void says_which_console_does_not_get_its_path(void**) {
    const std::vector<ConsolePath> named{{"VGA", "/vm"}};
    ConsolePaths paths(named);
    assert_true(paths.take(console(0, "VGA")).warnings.empty());
    const auto other = paths.take(console(1, "VGA"));
    assert_true(other.paths.empty());
    assert_true(other.warnings ==
                Texts({"--path VGA=/vm: Console_1 is meant, too, and another console has "
                       "the path; name one by its number, as Console_0"}));
}

void a_terminal_has_the_end_of_its_name(void**) {
    const std::vector<ConsolePath> named{{"serial.1", "/boot"}, {"serial0", "/log"}};
    ConsolePaths paths(named);
    assert_true(paths.take(chardev("serial0", "org.qemu.console.serial.0")).paths ==
                Texts({"/log", "/serial.0"}));
    assert_true(paths.take(chardev("serial1", "org.qemu.console.serial.1")).paths ==
                Texts({"/boot", "/serial.1"}));
    assert_true(paths.take(chardev("own", "")).paths == Texts({"/own"}));
}

void says_which_console_is_missing(void**) {
    const std::vector<ConsolePath> named{{"VGA", "/vm"}, {"third", "/x"}};
    const ConsolePaths paths(named);
    const std::vector<ScreenNames> consoles{console(0, "VGA"), console(1, "other")};
    assert_true(paths.missing(consoles) ==
                Texts({"--path third=/x: the machine has no such console; there are VGA "
                       "other"}));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_console_has_its_label_and_what_is_named),
        cmocka_unit_test(a_label_gives_way_to_a_path_that_is_named),
        cmocka_unit_test(says_which_console_does_not_get_its_path),
        cmocka_unit_test(a_terminal_has_the_end_of_its_name),
        cmocka_unit_test(says_which_console_is_missing),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
