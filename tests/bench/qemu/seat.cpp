// A viewer of a machine's screen, over TCP or a WebSocket.
#include "tests/bench/qemu/seat.hpp"

#include <glib.h>

#include "io/socket/channel-socket.hpp"
#include "io/websock/channel-websock.hpp"
#include "tests/bench/harness.hpp"
#include "tests/bench/vnc/sockets.hpp"

namespace qio::bench {

namespace {

constexpr std::chrono::seconds patience{10};

std::shared_ptr<Channel> upgrade(const std::shared_ptr<Channel>& socket, int port) {
    must(socket->set_blocking(Blocking::no));
    auto channel = ChannelWebsock::client(
        socket, {.host = std::string(loopback_address) + ":" + std::to_string(port),
                 .sub_protocols = {"binary"}});
    bool done = false;
    channel->handshake({}, [&](const Result<void>& result) {
        if (!result)
            give_up(result.error().message);
        done = true;
    });
    while (!done)
        g_main_context_iteration(nullptr, TRUE);
    must(channel->set_blocking(Blocking::yes));
    return channel;
}

std::shared_ptr<Channel> connect(int port, Wire wire) {
    std::shared_ptr<Channel> socket =
        must(ChannelSocket::from_fd(connect_to(loopback_address, port)));
    return wire == Wire::tcp ? socket : upgrade(socket, port);
}

double area_of(const ui::Rect& rect) {
    return double(rect.width) * double(rect.height);
}

} // namespace

Seat::Seat(const Machine& machine, Wire wire, const Wish& wish)
    : viewer_(connect(machine.port(wire), wire)) {
    viewer_.connect(wish);
    if (viewer_.width() != guest_width || viewer_.height() != guest_height)
        give_up("a server shows another screen than the guest's");
    viewer_.request(false);
    const auto end = wait_for(whole_screen);
    if (!end)
        give_up("a server sends no screen");
    first_frame_ = Milliseconds(*end - start_).count();
}

Flow Seat::watch(int milliseconds) {
    const auto deadline = deadline_after(std::chrono::milliseconds(milliseconds));
    Flow flow;
    Update update;
    Clock::time_point first, last;
    while (viewer_.receive(update, milliseconds_left(deadline))) {
        viewer_.request(true);
        last = Clock::now();
        if (flow.updates == 0)
            first = last;
        flow.updates += 1;
        flow.bytes += double(update.bytes);
    }
    if (flow.updates > 1)
        flow.rate = (flow.updates - 1) / Milliseconds(last - first).count() * 1e3;
    return flow;
}

std::optional<Clock::time_point> Seat::wait_for(const ui::Rect& area) {
    const auto deadline = deadline_after(patience);
    Update update;
    for (double missing = area_of(area); missing > 0;) {
        if (!viewer_.receive(update, milliseconds_left(deadline)))
            return {};
        viewer_.request(true);
        for (const auto& rect : update.rects)
            missing -= area_of(ui::intersect(rect, area));
    }
    return Clock::now();
}

} // namespace qio::bench
