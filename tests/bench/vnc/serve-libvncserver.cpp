// libvncserver in a process of its own, with its event loop on one thread.
#include <poll.h>
#include <rfb/rfb.h>

#include <algorithm>

#include "tests/bench/harness.hpp"
#include "tests/bench/vnc/server-kinds.hpp"

namespace qio::bench {

namespace {

rfbScreenInfoPtr make_screen(const Stage& stage) {
    rfbLogEnable(0);
    const auto screen =
        rfbGetScreen(nullptr, nullptr, stage.width, stage.height, 8, 3, 4);
    if (!screen)
        give_up("libvncserver gives no screen");
    screen->frameBuffer = reinterpret_cast<char*>(stage.pixels);
    screen->serverFormat.redShift = 16;
    screen->serverFormat.greenShift = 8;
    screen->serverFormat.blueShift = 0;
    screen->alwaysShared = TRUE;
    screen->cursor = nullptr;
    screen->deferUpdateTime = 0; // otherwise each frame waits for 5 ms
    screen->autoPort = FALSE;
    screen->port = screen->ipv6port = 0; // it is given sockets
    rfbInitServer(screen);
    return screen;
}

} // namespace

void serve_libvncserver(Stage& stage) {
    const auto screen = make_screen(stage);
    std::vector<pollfd> polled = {{stage.control.get(), POLLIN, 0}};
    for (auto& client : stage.clients) {
        polled.push_back({client.get(), POLLIN, 0});
        rfbNewClient(screen, client.release());
    }
    while (true) {
        poll(polled.data(), polled.size(), -1);
        if (polled[0].revents != 0) {
            const auto rects = take_damage(stage);
            if (rects.empty())
                return;
            for (const auto& rect : rects)
                rfbMarkRectAsModified(screen, rect.x, rect.y, int(rect.right()),
                                      int(rect.bottom()));
        }
        while (rfbProcessEvents(screen, 0))
            ;
    }
}

} // namespace qio::bench
