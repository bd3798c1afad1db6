// A screen as people have them: windows, text, a gradient and a photo, made by
// arithmetic.
#include "tests/support/screen.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace qio::test {

namespace {

constexpr std::uint32_t desktop = 0x2E5A88, frame = 0xC8C8C8, title = 0x204A87,
                        paper = 0xFFFFFF, ink = 0x101010;
constexpr int glyph_width = 8, glyph_height = 15, letters = 32;

/// Any bits, but always the same for the same numbers.
std::uint32_t scrambled(std::uint32_t a, std::uint32_t b, std::uint32_t c) {
    std::uint32_t x = a * 0x9E3779B1u ^ b * 0x85EBCA77u ^ c * 0xC2B2AE3Du;
    x = (x ^ x >> 15) * 0x2C1B3C6Du;
    x = (x ^ x >> 12) * 0x297A2D39u;
    return x ^ x >> 15;
}

class Painter {
public:
    explicit Painter(ui::Surface& surface) : surface_(surface) {}

    template <class Colour>
    void paint(const ui::Rect& rect, Colour&& colour) {
        for (int y = rect.y; y < rect.y + rect.height; ++y) {
            auto* const row = reinterpret_cast<std::uint32_t*>(surface_.row(y));
            for (int x = rect.x; x < rect.x + rect.width; ++x)
                row[x] = colour(x - rect.x, y - rect.y);
        }
    }
    void fill(const ui::Rect& rect, std::uint32_t colour) {
        paint(rect, [&](int, int) { return colour; });
    }

private:
    ui::Surface& surface_;
};

/// The letter's ink at a place, 0 … 15; strokes are two or three pixels wide.
unsigned coverage(std::uint32_t letter, int x, int y) {
    if (x < 1 || x > 6 || y < 2 || y > 12)
        return 0;
    const auto column = scrambled(letter, std::uint32_t(x / 2), 1);
    const auto row = scrambled(letter, std::uint32_t(y / 3), 2);
    const bool is_stroke = (column >> (y / 2) & 1) != 0 && (row >> (x / 2) & 3) != 0;
    return is_stroke ? 15 : scrambled(letter, std::uint32_t(x), std::uint32_t(y)) % 5;
}

/// Lines of words, some of them short.
unsigned text_at(int x, int y, int columns) {
    const int line = y / glyph_height, column = x / glyph_width;
    const int length = int(scrambled(std::uint32_t(line), 7, 7) % std::uint32_t(columns));
    const auto letter = scrambled(std::uint32_t(line), std::uint32_t(column), 3);
    if (column > length || letter % 6 == 0)
        return 0;
    return coverage(letter % letters, x % glyph_width, y % glyph_height);
}

std::uint32_t blend(std::uint32_t a, std::uint32_t b, unsigned part_of_15) {
    std::uint32_t mixed = 0;
    for (const int shift : {0, 8, 16}) {
        const auto from = a >> shift & 0xFF, to = b >> shift & 0xFF;
        mixed |= (from * (15 - part_of_15) + to * part_of_15) / 15 << shift;
    }
    return mixed;
}

std::uint32_t photo_at(int x, int y) {
    const double u = x / 40.0, v = y / 33.0;
    const auto noise = scrambled(std::uint32_t(x), std::uint32_t(y), 11);
    std::uint32_t colour = 0;
    for (const int channel : {0, 1, 2}) {
        const double wave = std::sin(u + channel) + std::sin(v * 1.3 + u * 0.4) +
                            std::sin(u * 3.1 - v * 2.2 + channel * 0.7) * 0.5;
        const int grain = int(noise >> (channel * 4) & 15) - 8;
        const int value = std::clamp(int(128 + wave * 44) + grain, 0, 255);
        colour |= std::uint32_t(value) << (channel * 8);
    }
    return colour;
}

} // namespace

std::shared_ptr<ui::Surface> screen(int scrolled) {
    const auto surface =
        *ui::Surface::create(screen_width, screen_height, PIXMAN_x8r8g8b8);
    Painter painter(*surface);
    painter.fill(surface->bounds(), desktop);
    painter.fill({screen_title.x, screen_title.y, screen_title.width, 480}, frame);
    painter.paint(screen_title, [](int x, int y) {
        return blend(title, paper, y >= 4 && y < 19 ? text_at(x, y - 4, 40) : 0);
    });
    const int columns = screen_text.width / glyph_width;
    painter.paint(screen_text, [&](int x, int y) {
        return text_at(x, y + scrolled * glyph_height, columns) > 8 ? ink : paper;
    });
    painter.paint(screen_soft_text,
                  [&](int x, int y) { return blend(paper, ink, text_at(x, y, 75)); });
    painter.paint(screen_gradient, [](int x, int y) {
        return std::uint32_t((x / 2) << 16 | (255 - x / 2) << 8 | y * 255 / 300);
    });
    painter.paint(screen_photo, photo_at);
    return surface;
}

} // namespace qio::test
