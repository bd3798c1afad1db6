// internal: tells photographs from what is drawn.
#pragma once

#include "ui/frame.hpp"
#include "ui/rect.hpp"
#include "ui/vnc/encodings/palette.hpp"

namespace qio::vnc {

/// The side of the squares that are looked at.
inline constexpr int photo_cell = 32;

/// Whether a square of the frame, which may be cut off at its end, looks like a part of a
/// photograph: many colours, and either hardly two neighbours alike, or, as in a
/// gradient, no step between them that one would see. `palette` is memory to use.
/// Requires: `cell` is not empty and lies inside the frame.
bool is_photo(const ui::Frame& frame, const ui::Rect& cell, Palette& palette);

} // namespace qio::vnc
