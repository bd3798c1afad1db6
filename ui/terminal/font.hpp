// internal: the letters of a terminal, all of one size.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace qio::terminal {

/// Of a character, in pixels.
inline constexpr int glyph_width = 9;
inline constexpr int glyph_height = 18;

/// Rows of pixels from top to bottom; bit 8 is the pixel on the left.
using GlyphRows = std::array<std::uint16_t, glyph_height>;

struct Glyph {
    char32_t character = 0;
    GlyphRows rows{};
};

/// All that the font has, sorted by character.
std::span<const Glyph> font_glyphs();

/// The character's picture; a box if the font has none.
const GlyphRows& glyph_of(char32_t character);

/// The halves of a box as wide as two characters, for what the font is too narrow for.
const GlyphRows& left_half_of_box();
const GlyphRows& right_half_of_box();

} // namespace qio::terminal
