// Looks at a machine's screen over D-Bus, and types on it, as standard input says.
//
// dbus-view --bus ADDRESS | --fd N
//
// It prints "appeared", "vanished REASON" and "console PATH LABEL WIDTH HEIGHT". It reads
// "dump FILE" (the first console as a PPM; "dumped" when it is written), "key CODE",
// "click X Y BUTTON", "cut TEXT" and "list"; at the end of its input it ends.
#include <glib-unix.h>
#include <glib.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "ui/dbus/bus-source.hpp"
#include "ui/dbus/machine.hpp"
#include "ui/dbus/peer-source.hpp"

using namespace qio;

namespace {

struct Viewer final : ui::DisplayListener {
    void display_changed() noexcept override {}
};

void dump(ui::Display& display, const std::string& file) {
    Viewer viewer;
    display.add_listener(viewer);
    const auto surface = display.take_changes(viewer).surface;
    display.remove_listener(viewer);
    std::ofstream out(file, std::ios::binary);
    out << "P6\n" << surface->width() << " " << surface->height() << "\n255\n";
    std::vector<std::uint32_t> scratch(std::size_t(surface->width()));
    for (int y = 0; y < surface->height(); ++y) {
        const auto* row = surface->read_row(0, y, surface->width(), scratch.data());
        for (int x = 0; x < surface->width(); ++x)
            out << char(row[x] >> 16) << char(row[x] >> 8) << char(row[x]);
    }
}

void list(const dbus::Machine& machine) {
    for (const auto* console : machine.consoles()) {
        const auto& info = console->info();
        std::cout << "console " << info.path << " " << info.label << " " << info.width
                  << " " << info.height << "\n";
    }
    std::cout << "listed" << std::endl;
}

void obey(dbus::Machine& machine, const std::string& line) {
    std::istringstream words(line);
    std::string verb, file;
    words >> verb;
    if (verb == "list") {
        list(machine);
        return;
    }
    if (machine.consoles().empty())
        return;
    auto& display = *machine.consoles().front()->display();
    auto& input = *display.input();
    if (verb == "dump" && words >> file) {
        dump(display, file);
        std::cout << "dumped" << std::endl;
    } else if (std::uint32_t code = 0; verb == "key" && words >> code) {
        input.key({.keysym = 0, .xt_keycode = code, .down = true});
        input.key({.keysym = 0, .xt_keycode = code, .down = false});
    } else if (int x = 0, y = 0, button = 0;
               verb == "click" && words >> x >> y >> button) {
        input.pointer({x, y, std::uint16_t(1 << button)});
        input.pointer({x, y, 0});
    } else if (verb == "cut" && words >> file) {
        input.cut_text(file);
    }
}

/// Reads standard input as it comes, and runs what it says.
class Orders {
public:
    Orders(dbus::Machine& machine, GMainLoop* loop) : machine_(machine), loop_(loop) {
        g_unix_fd_add(STDIN_FILENO, GIOCondition(G_IO_IN | G_IO_HUP), &Orders::ready,
                      this);
    }

private:
    static gboolean ready(int fd, GIOCondition, gpointer data) noexcept {
        auto& self = *static_cast<Orders*>(data);
        char buffer[4096];
        const ssize_t count = read(fd, buffer, sizeof buffer);
        if (count <= 0) {
            g_main_loop_quit(self.loop_);
            return G_SOURCE_REMOVE;
        }
        self.text_.append(buffer, std::size_t(count));
        for (std::size_t end; (end = self.text_.find('\n')) != std::string::npos;) {
            obey(self.machine_, self.text_.substr(0, end));
            self.text_.erase(0, end + 1);
        }
        return G_SOURCE_CONTINUE;
    }

    dbus::Machine& machine_;
    GMainLoop* loop_;
    std::string text_;
};

} // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fprintf(stderr, "dbus-view --bus ADDRESS | --fd N\n");
        return 2;
    }
    dbus::MachineEvents events;
    events.appeared = [] { std::cout << "appeared" << std::endl; };
    events.vanished = [](const Error& error) {
        std::cout << "vanished " << error.message << std::endl;
    };
    const Handle<GMainLoop, &g_main_loop_unref> loop(g_main_loop_new(nullptr, FALSE));
    dbus::Machine machine(std::move(events));
    std::unique_ptr<dbus::BusSource> bus;
    std::unique_ptr<dbus::PeerSource> peer;
    if (std::strcmp(argv[1], "--bus") == 0)
        bus = std::make_unique<dbus::BusSource>(machine,
                                                dbus::BusOptions{.address = argv[2]});
    else
        peer = std::make_unique<dbus::PeerSource>(machine, UniqueFd(std::atoi(argv[2])));
    const Orders orders(machine, loop.get());
    g_main_loop_run(loop.get());
    return 0;
}
