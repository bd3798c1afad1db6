// Drawing for the scenes: areas, text, pictures, all computed and always the same.
#include "tests/bench/vnc/canvas.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace qio::bench {

namespace {

constexpr int letters = 64;
constexpr int glyph_height = 11;
constexpr int steps = 256; // of a colour, and of a full turn

/// How much ink covers each pixel of the letters: strokes with smoothed edges.
using Glyph = std::array<std::array<std::uint8_t, Canvas::glyph_width>, glyph_height>;

Glyph draw_glyph(std::uint32_t letter) {
    Glyph glyph{};
    const std::uint32_t shape = mixed(letter + 77);
    for (int stroke = 0; stroke < 4; ++stroke) {
        const auto bits = shape >> (8 * stroke) & 0xFF;
        const bool upright = bits & 1;
        const int across = int(bits >> 1 & 3) + 1;
        const int along = int(bits >> 3 & 3) * 2 + 1;
        for (int i = 0; i < 6; ++i) {
            const int x = upright ? across : std::min(i, 5);
            const int y = upright ? std::min(along / 2 + i + 1, 9) : along + 1;
            glyph[std::size_t(y)][std::size_t(x)] = 255;
            if (bits & 0x20 && x + 1 < 6) // a smoothed edge
                glyph[std::size_t(y)][std::size_t(x) + 1] =
                    std::max(glyph[std::size_t(y)][std::size_t(x) + 1],
                             std::uint8_t(bits & 0x40 ? 96 : 160));
        }
    }
    return glyph;
}

const Glyph& glyph_of(std::uint32_t letter) {
    static const auto all = [] {
        std::array<Glyph, letters> drawn;
        for (std::uint32_t i = 0; i < letters; ++i)
            drawn[i] = draw_glyph(i);
        return drawn;
    }();
    return all[letter % letters];
}

std::uint32_t blend(std::uint32_t from, std::uint32_t to, std::uint32_t share) {
    std::uint32_t result = 0;
    for (int shift = 0; shift < 24; shift += 8) {
        const auto a = from >> shift & 0xFF, b = to >> shift & 0xFF;
        result |= ((a * (255 - share) + b * share) / 255) << shift;
    }
    return result;
}

/// A wave of 0 … 255 with a period of `steps`.
int wave(int angle) {
    static const auto table = [] {
        std::array<std::uint8_t, steps> waves{};
        for (std::size_t i = 0; i < waves.size(); ++i)
            waves[i] =
                std::uint8_t(127.5 + 127.5 * std::sin(double(i) * 6.2831853 / steps));
        return waves;
    }();
    return table[std::size_t(angle) % steps];
}

} // namespace

void Canvas::fill(const ui::Rect& rect, std::uint32_t colour) {
    const auto area = ui::intersect(rect, bounds_);
    for (int y = area.y; y < area.bottom(); ++y)
        std::fill_n(at(area.x, y), area.width, colour);
}

void Canvas::shade(const ui::Rect& rect, std::uint32_t top, std::uint32_t bottom) {
    for (int row = 0; row < rect.height; ++row) {
        const auto share = std::uint32_t(row) * 255u / std::uint32_t(rect.height);
        fill({rect.x, rect.y + row, rect.width, 1}, blend(top, bottom, share));
    }
}

void Canvas::text(const ui::Rect& line, std::uint32_t seed, std::uint32_t ink,
                  std::uint32_t paper) {
    fill(line, paper);
    const auto clip = ui::intersect(line, bounds_);
    const int room = line.width / glyph_width;
    const int count = int(std::uint32_t(room) * (50 + mixed(seed) % 45) / 100);
    for (int i = 0; i < count; ++i) {
        const auto letter = mixed(seed * 1000 + std::uint32_t(i));
        if (letter % 6 != 0) // otherwise a space
            glyph(line.x + i * glyph_width, line.y + 2, letter >> 8, ink, paper, clip);
    }
}

void Canvas::glyph(int x, int y, std::uint32_t letter, std::uint32_t ink,
                   std::uint32_t paper, const ui::Rect& clip) {
    const auto& shape = glyph_of(letter);
    for (int row = 0; row < glyph_height; ++row)
        for (int column = 0; column < glyph_width; ++column) {
            const auto share = shape[std::size_t(row)][std::size_t(column)];
            if (share != 0 && clip.contains(x + column, y + row))
                *at(x + column, y + row) = blend(paper, ink, share);
        }
}

void Canvas::picture(const ui::Rect& rect, std::uint32_t seed, int time) {
    const auto area = ui::intersect(rect, bounds_);
    const int a = int(mixed(seed) % 3) + 1, b = int(mixed(seed + 1) % 3) + 1;
    for (int y = area.y; y < area.bottom(); ++y) {
        const int v = y - rect.y;
        auto* const row = at(area.x, y);
        for (int i = 0; i < area.width; ++i) {
            const int u = area.x + i - rect.x;
            const int noise = int(mixed(std::uint32_t(u * 7919 + v * 104729) +
                                        std::uint32_t(time) * 31 + seed) &
                                  7);
            const int one = wave(u * a / 2 + time * 3 + wave(v / 2 + time) / 2);
            const int two = wave(v * b / 2 - time * 2 + steps * 64 + wave(u / 3) / 3);
            const int red = std::clamp((one * 3 + two) / 4 + noise - 4, 0, 255);
            const int green = std::clamp((one + two) / 2 + noise - 4, 0, 255);
            const int blue = std::clamp((two * 3 + steps - one) / 4 + noise - 4, 0, 255);
            row[i] = std::uint32_t(red << 16 | green << 8 | blue);
        }
    }
}

void Canvas::tile(int x, int y, std::uint32_t seed, bool see_through) {
    constexpr int side = 16;
    std::array<std::uint32_t, 6> colours;
    for (std::uint32_t i = 0; i < colours.size(); ++i)
        colours[i] = mixed(seed * 8 + i) & 0xFFFFFF;
    const auto area = ui::intersect({x, y, side, side}, bounds_);
    for (int row = area.y; row < area.bottom(); ++row)
        for (int column = area.x; column < area.right(); ++column) {
            // Blocks of two by two pixels, mirrored, as artists draw them.
            const int u = (column - x) / 2, v = (row - y) / 2;
            const auto fold = std::uint32_t(std::min(u, 7 - u));
            const auto chance = mixed(seed + fold * 31 + std::uint32_t(v) * 131);
            if (!see_through || chance % 4 != 0)
                *at(column, row) = colours[chance % colours.size()];
        }
}

void Canvas::scroll_up(const ui::Rect& rect, int rows) {
    for (int y = rect.y; y + rows < rect.bottom(); ++y)
        std::memmove(at(rect.x, y), at(rect.x, y + rows),
                     std::size_t(rect.width) * sizeof(std::uint32_t));
}

void Canvas::paste(const Canvas& from, const ui::Rect& part, int x, int y) {
    for (int row = 0; row < part.height; ++row)
        std::copy_n(from.at(part.x, part.y + row), part.width, at(x, y + row));
}

} // namespace qio::bench
