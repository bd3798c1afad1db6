// A machine for tests of programs: fake-machine-program BUS|fd:N [LABEL|=TERMINAL]...
//
// It is on a bus, or at the other end of the socket that it inherits under that number.
// Its consoles are 100, 101, … pixels wide. It prints "ready" when it has its name, and
// "shown" when somebody listens to all of them. On its input "calls" prints the calls so
// far and "end", and "plug LABEL" adds a console, and prints "plugged" when it is shown;
// at the end of its input it leaves.
#include <glib.h>

#include <iostream>
#include <string>
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

} // namespace

int main(int argc, char** argv) {
    if (argc < 2)
        return 2;
    FakeMachine machine;
    const std::vector<std::string> labels(argv + 2, argv + argc);
    machine.remove_object("/org/qemu/Display1/Console_0");
    for (std::uint32_t i = 0; i < labels.size(); ++i)
        if (labels[i].starts_with('='))
            machine.add_console(i, labels[i].substr(1), 0, "Text", 100 + i);
        else
            machine.add_console(i, labels[i], 0, "Graphic", 100 + i);
    if (const std::string where = argv[1]; where.starts_with("fd:"))
        machine.meet(qio::UniqueFd(std::stoi(where.substr(3))));
    else
        machine.join_bus(where);
    std::cout << "ready" << std::endl;
    auto count = std::uint32_t(labels.size());
    for (std::uint32_t i = 0; i < count; ++i)
        if (!show(machine, i))
            return 1;
    std::cout << "shown" << std::endl;
    for (std::string line; std::getline(std::cin, line);) {
        if (line.starts_with("plug ")) {
            machine.plug_console(count, line.substr(5), 100 + count);
            if (!show(machine, count++))
                return 1;
            std::cout << "plugged" << std::endl;
            continue;
        }
        for (const auto& call : machine.calls())
            std::cout << call << "\n";
        std::cout << "end" << std::endl;
    }
    machine.leave();
    return 0;
}
