// Frames with what the encoders' tests want to see in them.
#pragma once

#include <functional>
#include <memory>
#include <random>
#include <vector>

#include "ui/frame.hpp"
#include "ui/surface.hpp"

namespace qio::test {

/// A frame whose pixels are what `colour` says.
inline std::shared_ptr<const ui::Frame>
draw(int width, int height, const std::function<std::uint32_t(int x, int y)>& colour) {
    std::vector<std::uint32_t> pixels;
    pixels.reserve(std::size_t(width) * std::size_t(height));
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            pixels.push_back(colour(x, y));
    const auto surface =
        ui::Surface::wrap(width, height, width * 4, PIXMAN_x8r8g8b8, pixels.data(), {});
    return *ui::Frame::copy_of(**surface);
}

inline std::shared_ptr<const ui::Frame> draw_solid(int width, int height,
                                                   std::uint32_t colour) {
    return draw(width, height, [=](int, int) { return colour; });
}

/// `count` colours in no order, each easy to tell from the others in any client format.
inline std::shared_ptr<const ui::Frame> draw_colours(int width, int height, int count) {
    std::mt19937 random(3);
    return draw(width, height, [&](int x, int y) {
        const int left = (height - y) * width - x - 1; // the last show each once
        const auto index =
            left < count ? unsigned(left) : unsigned(random()) % unsigned(count);
        return index * 0x010305u * 7 & 0xFFFFFF;
    });
}

/// Black glyphs of 8x16 on white.
inline std::shared_ptr<const ui::Frame> draw_text(int width, int height) {
    return draw(width, height, [](int x, int y) {
        const unsigned glyph = unsigned(x / 8 * 7 + y / 16 * 13) % 29;
        const unsigned line = glyph * 2654435761u >> (y % 16);
        const bool is_ink = y % 16 > 3 && glyph > 4 && (line >> x % 8 & 1) != 0;
        return is_ink ? 0u : 0xFFFFFFu;
    });
}

/// Many things at once: text, a picture, noise, frames of windows.
inline std::shared_ptr<const ui::Frame> draw_desktop(int width, int height) {
    std::mt19937 random(9);
    const auto text = draw_text(width, height);
    return draw(width, height, [&](int x, int y) -> std::uint32_t {
        const int column = x / 100 % 4;
        if (x % 100 < 2 || y % 70 < 2)
            return 0x336699;
        if (column == 0)
            return text->row(y)[x];
        if (column == 1)
            return std::uint32_t(x * 2 % 256) << 16 | std::uint32_t(y * 3 % 256) << 8;
        if (column == 2)
            return 0xD4D0C8;
        return std::uint32_t(random()) & 0xFFFFFF;
    });
}

} // namespace qio::test
