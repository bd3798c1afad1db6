// Our VNC server in a process of its own.
#include <glib-unix.h>

#include "io/socket/channel-socket.hpp"
#include "tests/bench/harness.hpp"
#include "tests/bench/vnc/server-kinds.hpp"
#include "ui/vnc/server.hpp"

namespace qio::bench {

namespace {

struct Emulator {
    Stage& stage;
    std::shared_ptr<ui::Display> display;
    bool running = true;
};

gboolean on_damage(int, GIOCondition, gpointer data) noexcept {
    auto& emulator = *static_cast<Emulator*>(data);
    const auto rects = take_damage(emulator.stage);
    for (const auto& rect : rects)
        emulator.display->damage(rect);
    emulator.running = !rects.empty();
    return G_SOURCE_CONTINUE;
}

void serve(Stage& stage, std::size_t threads) {
    Emulator emulator{stage, std::make_shared<ui::Display>()};
    emulator.display->set_surface(
        must(ui::Surface::wrap(stage.width, stage.height, stage.width * 4,
                               PIXMAN_x8r8g8b8, stage.pixels, nullptr)));
    const auto server =
        vnc::Server::create(emulator.display, {.encode_threads = threads});
    for (auto& client : stage.clients)
        server->add_client(must(ChannelSocket::from_fd(std::move(client))));
    g_unix_fd_add(stage.control.get(), G_IO_IN, on_damage, &emulator);
    while (emulator.running)
        g_main_context_iteration(nullptr, TRUE);
}

} // namespace

void serve_ours(Stage& stage) {
    serve(stage, 0);
}

void serve_ours_on_one(Stage& stage) {
    serve(stage, 1);
}

void serve_ours_on_two(Stage& stage) {
    serve(stage, 2);
}

} // namespace qio::bench
