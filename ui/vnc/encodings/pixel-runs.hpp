// internal: how far pixels of one colour go.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ui/frame.hpp"
#include "ui/rect.hpp"

namespace qio::vnc {

/// The first of pixels[from … end) that has another colour; `end` if none has.
std::size_t run_end(const std::uint32_t* pixels, std::size_t from, std::size_t end,
                    std::uint32_t colour);

/// Whether all pixels have the colour of the first. Requires: `rect` is not empty and
/// lies inside the frame.
bool is_solid(const ui::Frame& frame, const ui::Rect& rect);

/// Whether `count` pixels of both rows are the same.
bool same_pixels(const std::uint32_t* a, const std::uint32_t* b, std::size_t count);

} // namespace qio::vnc
