// A machine for tests of programs:
// fake-machine-program BUS|fd:N [LABEL|=TERMINAL|+CHARDEV=NAME]...
//
// It is on a bus, or at the other end of the socket that it inherits under that number.
// Its consoles are 100, 101, … pixels wide. It prints "ready" when it has its name, and
// "shown" when somebody listens to all of them. On its input "calls" prints the calls so
// far and "end", "plug LABEL" adds a console, and prints "plugged" when it is shown,
// "gpu" shows something on the first one that is in the memory of a graphics card, "write
// CHARDEV TEXT" says something there, and "read CHARDEV TEXT" waits until that was heard,
// and prints "heard"; at the end of its input it leaves.
#include <glib.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include "tests/ui/dbus/fake-machine.hpp"

using namespace qio::test;

namespace {

/// Waits for a listener, and has it show a picture of its own width. False: none came.
bool show(FakeMachine& machine, std::uint32_t index) {
    const auto console = "Console_" + std::to_string(index);
    if (!machine.wait_for_listener(console))
        return false;
    const std::uint32_t width = 100 + index;
    const std::vector<std::uint32_t> pixels(width * 480, 0x00102030 + index);
    machine.tell(
        "Scanout",
        g_variant_new("(uuuu@ay)", width, 480U, 4 * width, 0x20020888U,
                      g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, pixels.data(),
                                                4 * pixels.size(), 1)),
        console);
    machine.flush(console);
    return true;
}

/// Whether that text was sent to the device in time.
bool hears(FakeMachine& machine, const std::string& chardev, const std::string& text) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    std::string heard;
    while (!heard.ends_with(text) && std::chrono::steady_clock::now() < end) {
        heard += machine.read_chardev(chardev);
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return heard.ends_with(text);
}

/// One line of the input. False: it went wrong.
bool obey(FakeMachine& machine, const std::string& line, std::uint32_t& count) {
    const auto space = line.find(' ');
    const auto what = line.substr(0, space);
    const auto rest = space == line.npos ? "" : line.substr(space + 1);
    const auto chardev = rest.substr(0, rest.find(' '));
    const auto text = rest.substr(std::min(rest.size(), chardev.size() + 1));
    if (what == "plug") {
        machine.plug_console(count, rest, 100 + count);
        if (!show(machine, count++))
            return false;
        std::cout << "plugged" << std::endl;
    } else if (what == "gpu") {
        machine.tell("UpdateDMABUF", g_variant_new("(iiii)", 0, 0, 1, 1), "Console_0");
    } else if (what == "write") {
        machine.write_chardev(chardev, text);
    } else if (what == "read") {
        if (!hears(machine, chardev, text))
            return false;
        std::cout << "heard" << std::endl;
    } else {
        for (const auto& call : machine.calls())
            std::cout << call << "\n";
        std::cout << "end" << std::endl;
    }
    return true;
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 2)
        return 2;
    FakeMachine machine;
    const std::vector<std::string> labels(argv + 2, argv + argc);
    machine.remove_object("/org/qemu/Display1/Console_0");
    std::uint32_t count = 0;
    for (const auto& label : labels) {
        const auto equals = label.find('=');
        if (label.starts_with('+'))
            machine.add_chardev(label.substr(1, equals - 1), label.substr(equals + 1));
        else if (equals == 0)
            machine.add_console(count, label.substr(1), 0, "Text", 100 + count);
        else
            machine.add_console(count, label, 0, "Graphic", 100 + count);
        count += !label.starts_with('+');
    }
    if (const std::string where = argv[1]; where.starts_with("fd:"))
        machine.meet(qio::UniqueFd(std::stoi(where.substr(3))));
    else
        machine.join_bus(where);
    std::cout << "ready" << std::endl;
    for (std::uint32_t i = 0; i < count; ++i)
        if (!show(machine, i))
            return 1;
    std::cout << "shown" << std::endl;
    for (std::string line; std::getline(std::cin, line);)
        if (!obey(machine, line, count))
            return 1;
    machine.leave();
    return 0;
}
