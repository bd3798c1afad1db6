// A film for the tests: a picture as cameras make them, that moves, made by arithmetic.
#pragma once

#include <cmath>
#include <cstdint>

#include "ui/rect.hpp"
#include "ui/surface.hpp"

namespace qio::test {

/// The colour of a film's pixel in its picture of that number.
inline std::uint32_t film_at(int x, int y, int number) {
    std::uint32_t colour = 0;
    for (const int channel : {0, 1, 2}) {
        const double u = (x + 3 * number) / 31., v = (y + number) / 23.;
        const double wave = std::sin(u + channel) + std::sin(v * 1.3 + u * .4) +
                            .4 * std::sin(u * 4.1 - v * 3.2 + channel * .3);
        colour = colour << 8 | std::uint32_t(128 + 45 * wave + (x * 7 + y * 13) % 5);
    }
    return colour;
}

/// Draws a picture of the film in a part of a surface of native pixels.
inline void play(ui::Surface& surface, const ui::Rect& rect, int number) {
    for (int y = 0; y < rect.height; ++y) {
        auto* const row = reinterpret_cast<std::uint32_t*>(surface.row(rect.y + y));
        for (int x = 0; x < rect.width; ++x)
            row[rect.x + x] = film_at(x, y, number);
    }
}

} // namespace qio::test
