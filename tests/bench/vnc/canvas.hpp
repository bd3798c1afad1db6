// Drawing for the scenes: areas, text, pictures, all computed and always the same.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ui/rect.hpp"

namespace qio::bench {

/// A well mixed function of its argument: the scenes' only source of chance.
constexpr std::uint32_t mixed(std::uint32_t value) {
    value ^= value >> 16;
    value *= 0x7FEB352Du;
    value ^= value >> 15;
    value *= 0x846CA68Bu;
    return value ^ value >> 16;
}

/// Draws pixels 0x00RRGGBB into memory of somebody else; what lies outside is left out.
class Canvas {
public:
    Canvas(std::uint32_t* pixels, int width, int height)
        : pixels_(pixels), bounds_{0, 0, width, height} {}

    static constexpr int glyph_width = 7;
    static constexpr int line_height = 16;

    const ui::Rect& bounds() const { return bounds_; }

    void fill(const ui::Rect& rect, std::uint32_t colour);
    /// From the colour at the top to that at the bottom.
    void shade(const ui::Rect& rect, std::uint32_t top, std::uint32_t bottom);
    /// A line of words, smoothed as on a desktop; `seed` chooses them and their number.
    void text(const ui::Rect& line, std::uint32_t seed, std::uint32_t ink,
              std::uint32_t paper);
    /// What a photo or a film shows: soft shapes, and noise of a few steps. `time` moves
    /// it, `seed` makes it another one.
    void picture(const ui::Rect& rect, std::uint32_t seed, int time);
    /// A square of 16 hard-edged pixels with few colours, as of a game. Some of a
    /// see-through one are left as they are.
    void tile(int x, int y, std::uint32_t seed, bool see_through);
    /// Moves what is in the rectangle up; the rows at its bottom keep their pixels.
    void scroll_up(const ui::Rect& rect, int rows);
    /// Copies a part of another canvas. Requires: it lies inside of both.
    void paste(const Canvas& from, const ui::Rect& part, int x, int y);

private:
    std::uint32_t* at(int x, int y) const {
        return pixels_ + std::ptrdiff_t(y) * bounds_.width + x;
    }
    void glyph(int x, int y, std::uint32_t letter, std::uint32_t ink, std::uint32_t paper,
               const ui::Rect& clip);

    std::uint32_t* pixels_;
    ui::Rect bounds_;
};

} // namespace qio::bench
