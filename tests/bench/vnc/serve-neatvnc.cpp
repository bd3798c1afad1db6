// neatvnc in a process of its own, on its main loop and that one's worker threads.
extern "C" {
#include <aml.h>
#include <neatvnc.h>
}
#include <pixman.h>

#include "tests/bench/harness.hpp"
#include "tests/bench/vnc/server-kinds.hpp"

namespace qio::bench {

namespace {

constexpr std::uint32_t fourcc_xrgb8888 = 'X' | 'R' << 8 | '2' << 16 | '4' << 24;

struct Emulator {
    Stage& stage;
    aml* loop;
    nvnc_display* display;
};

/// Each frame is a buffer of its own for the library, on the same memory.
void feed(const Emulator& emulator, std::span<const ui::Rect> rects) {
    const auto& stage = emulator.stage;
    pixman_region16 damage;
    pixman_region_init(&damage);
    for (const auto& rect : rects)
        pixman_region_union_rect(&damage, &damage, rect.x, rect.y, unsigned(rect.width),
                                 unsigned(rect.height));
    const auto buffer =
        nvnc_fb_from_buffer(stage.pixels, std::uint16_t(stage.width),
                            std::uint16_t(stage.height), fourcc_xrgb8888, stage.width);
    nvnc_display_feed_buffer(emulator.display, buffer, &damage);
    nvnc_fb_unref(buffer);
    pixman_region_fini(&damage);
}

void on_damage(void* handler) noexcept {
    auto& emulator = *static_cast<Emulator*>(aml_get_userdata(handler));
    const auto rects = take_damage(emulator.stage);
    if (rects.empty())
        return aml_exit(emulator.loop);
    feed(emulator, rects);
}

void ignore_log(const nvnc_log_data*, const char*) noexcept {}

} // namespace

void serve_neatvnc(Stage& stage) {
    nvnc_set_log_fn(ignore_log);
    Emulator emulator{stage, aml_new(), nvnc_display_new(0, 0)};
    aml_set_default(emulator.loop);
    const auto server = nvnc_open(stage.address, std::uint16_t(stage.port));
    if (!server)
        give_up("neatvnc cannot listen");
    nvnc_add_display(server, emulator.display);
    const ui::Rect all{0, 0, stage.width, stage.height};
    feed(emulator, {&all, 1});
    const auto handler =
        aml_handler_new(stage.control.get(), on_damage, &emulator, nullptr);
    aml_start(emulator.loop, handler);
    aml_run(emulator.loop);
}

} // namespace qio::bench
