// A machine for tests of programs: fake-machine-program BUS|fd:N [LABEL|=TERMINAL]...
//
// It is on a bus, or at the other end of the socket that it inherits under that number.
// Its consoles are 100, 101, … pixels wide. It prints "ready" when it has its name, and
// "shown" when somebody listens to all of them; "calls" on its input prints the calls so
// far and "end"; at the end of its input it leaves.
#include <glib.h>

#include <iostream>
#include <string>
#include <vector>

#include "tests/ui/dbus/fake-machine.hpp"

using namespace qio::test;

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
    for (std::uint32_t i = 0; i < labels.size(); ++i) {
        const auto console = "Console_" + std::to_string(i);
        if (!machine.wait_for_listener(console))
            return 1;
        const std::vector<std::uint32_t> pixels((100 + i) * 480, 0x00102030 + i);
        machine.tell(
            "Scanout",
            g_variant_new("(uuuu@ay)", 100 + i, 480U, 4 * (100 + i), 0x20020888U,
                          g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, pixels.data(),
                                                    4 * pixels.size(), 1)),
            console);
        machine.flush(console);
    }
    std::cout << "shown" << std::endl;
    for (std::string line; std::getline(std::cin, line);) {
        for (const auto& call : machine.calls())
            std::cout << call << "\n";
        std::cout << "end" << std::endl;
    }
    machine.leave();
    return 0;
}
