// internal: what a compression level means for the Tight family.
#pragma once

#include <array>
#include <cstdint>

#include "ui/vnc/encodings/tight-data.hpp"

namespace qio::vnc {

/// Larger pieces compress better; smaller ones have fewer colours each.
struct TightLevel {
    int max_width;    ///< of a piece, in pixels; at most 2048
    int max_area;     ///< of a piece, in pixels
    int min_solid;    ///< 16 × 16 cells of one colour that are worth a rectangle
    int colour_share; ///< a palette has at most one colour for so many pixels
    /// Deflate levels, in the order of TightStream.
    std::array<std::uint8_t, tight_streams> deflate;
};

/// Requires: 0 ≤ compression_level ≤ 9.
const TightLevel& tight_level(int compression_level);

} // namespace qio::vnc
