// The VNC servers that are measured, each to be run in a process of its own.
#include "tests/bench/vnc/server-kinds.hpp"

#include <sys/socket.h>

#include <array>

namespace qio::bench {

namespace {

constexpr std::size_t max_rects = 16;

#ifdef QIO_BENCH_LIBVNCSERVER
constexpr auto libvncserver_serve = serve_libvncserver;
#else
constexpr void (*libvncserver_serve)(Stage&) = nullptr;
#endif
#ifdef QIO_BENCH_NEATVNC
constexpr auto neatvnc_serve = serve_neatvnc;
#else
constexpr void (*neatvnc_serve)(Stage&) = nullptr;
#endif
#ifdef QIO_BENCH_XVNC
constexpr auto xvnc_serve = serve_xvnc;
#else
constexpr void (*xvnc_serve)(Stage&) = nullptr;
#endif

// In the order of ServerName.
constexpr ServerKind all_kinds[] = {
    {.name = "ours", .serve = serve_ours},
    {.name = "ours, one thread", .serve = serve_ours_on_one},
    {.name = "ours, two threads", .serve = serve_ours_on_two},
    {.name = "libvncserver", .serve = libvncserver_serve},
    {.name = "neatvnc", .serve = neatvnc_serve, .listens = true, .has_few = true},
    {.name = "Xvnc", .serve = xvnc_serve, .listens = true, .has_zlib = false},
};

} // namespace

bool ServerKind::has(vnc::Encoding encoding) const {
    if (!has_zlib && encoding == vnc::Encoding::Zlib)
        return false;
    return !has_few || encoding == vnc::Encoding::Raw ||
           encoding == vnc::Encoding::ZRLE || encoding == vnc::Encoding::Tight;
}

const ServerKind& server_kind(ServerName name) {
    return all_kinds[std::size_t(name)];
}

std::vector<ui::Rect> take_damage(const Stage& stage) {
    std::array<ui::Rect, max_rects> rects;
    const auto got = recv(stage.control.get(), rects.data(), sizeof rects, 0);
    if (got <= 0)
        return {};
    return {rects.begin(), rects.begin() + got / ssize_t(sizeof(ui::Rect))};
}

} // namespace qio::bench
