// The letters of a terminal, all of one size.
#include "ui/terminal/font.hpp"

#include <algorithm>

namespace qio::terminal {

namespace {

constexpr int box_top = 4, box_bottom = 14; // where capital letters are

constexpr GlyphRows box(std::uint16_t edge, std::uint16_t between) {
    GlyphRows rows{};
    for (std::size_t row = box_top; row <= box_bottom; ++row)
        rows[row] = row == box_top || row == box_bottom ? edge : between;
    return rows;
}

constexpr GlyphRows whole_box = box(0b011111110, 0b010000010);
constexpr GlyphRows left_box = box(0b011111111, 0b010000000);
constexpr GlyphRows right_box = box(0b111111110, 0b000000010);

} // namespace

const GlyphRows& glyph_of(char32_t character) {
    const auto glyphs = font_glyphs();
    const auto found = std::ranges::lower_bound(glyphs, character, {}, &Glyph::character);
    return found != glyphs.end() && found->character == character ? found->rows
                                                                  : whole_box;
}

const GlyphRows& left_half_of_box() {
    return left_box;
}

const GlyphRows& right_half_of_box() {
    return right_box;
}

} // namespace qio::terminal
