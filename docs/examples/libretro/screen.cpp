// Frames and sound of a libretro core on their way to viewers.
#include "screen.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>

Screen::Screen() {
    display_->set_input(&controls_);
}

// A surface holds the pixels as the core makes them; the server converts what it sends.
bool Screen::set_pixel_format(retro_pixel_format format) {
    switch (format) {
    case RETRO_PIXEL_FORMAT_0RGB1555:
        format_ = PIXMAN_x1r5g5b5;
        return true;
    case RETRO_PIXEL_FORMAT_XRGB8888:
        format_ = PIXMAN_x8r8g8b8;
        return true;
    case RETRO_PIXEL_FORMAT_RGB565:
        format_ = PIXMAN_r5g6b5;
        return true;
    default:
        return false;
    }
}

bool Screen::fits(int width, int height) const {
    return surface_ && surface_->width() == width && surface_->height() == height &&
           surface_->format() == format_;
}

void Screen::show_frame(const void* pixels, int width, int height, std::size_t pitch) {
    if (fits(width, height))
        return display_->damage(copy_frame(pixels, pitch));
    auto surface = qio::ui::Surface::create(width, height, format_);
    if (!surface) {
        std::fprintf(stderr, "%s\n", surface.error().message.c_str());
        return shut_down();
    }
    surface_ = *surface;
    copy_frame(pixels, pitch);
    display_->set_surface(surface_);
}

// Copies what has changed, and tells where. Viewers may be served from the surface at the
// same time: they are told of the new pixels, too.
qio::ui::Rect Screen::copy_frame(const void* pixels, std::size_t pitch) {
    const auto row_bytes =
        std::size_t(surface_->width()) * std::size_t(PIXMAN_FORMAT_BPP(format_)) / 8;
    int first = surface_->height(), last = -1;
    for (int y = 0; y < surface_->height(); ++y) {
        const auto* row = static_cast<const std::byte*>(pixels) + std::size_t(y) * pitch;
        if (std::memcmp(surface_->row(y), row, row_bytes) == 0)
            continue;
        std::memcpy(surface_->row(y), row, row_bytes);
        first = std::min(first, y);
        last = y;
    }
    return {0, first, surface_->width(), last + 1 - first};
}

void Screen::play_audio(std::span<const std::int16_t> samples, int rate) {
    if (const auto played = display_->play_audio({rate, 2}, samples); !played)
        std::fprintf(stderr, "%s\n", played.error().message.c_str());
}

std::int16_t Screen::input(unsigned device, unsigned index, unsigned id) {
    return controls_.state(device, index, id, surface_ ? surface_->width() : 0,
                           surface_ ? surface_->height() : 0);
}
