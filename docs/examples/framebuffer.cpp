// Serves a picture to VNC viewers (port 5900) and to noVNC in a browser (port 5700).
#include <cstdio>

#include <ui/vnc/server.hpp>

int main() {
    auto surface = *qio::ui::Surface::create(640, 480); // words 0x00RRGGBB
    for (int y = 0; y < surface->height(); ++y)
        for (int x = 0; x < surface->width(); ++x)
            reinterpret_cast<std::uint32_t*>(surface->row(y))[x] =
                std::uint32_t(x * 255 / 639) << 16 | std::uint32_t(y * 255 / 479) << 8;

    auto display = std::make_shared<qio::ui::Display>();
    display->set_surface(surface); // later: draw, and tell display->damage({x, y, w, h})

    auto server = qio::vnc::Server::create(display);
    auto listening = server->listen(qio::InetAddress{"127.0.0.1", "5900"});
    if (listening)
        listening = server->listen_websocket(qio::InetAddress{"127.0.0.1", "5700"});
    if (!listening)
        return std::fprintf(stderr, "%s\n", listening.error().message.c_str()), 1;
    g_main_loop_run(g_main_loop_new(nullptr, FALSE));
}
