// Pixels that were moved within a picture.
#pragma once

#include <cstddef>
#include <vector>

#include "io/base/api.hpp"
#include "ui/rect.hpp"

namespace qio::ui {

/// What is in `to` now was in the rectangle of the same size at `from`.
struct Copy {
    Rect to;
    Point from;

    bool operator==(const Copy&) const = default;

    Rect source() const { return {from.x, from.y, to.width, to.height}; }
    /// How far the pixels moved.
    Point motion() const { return {to.x - from.x, to.y - from.y}; }
};

/// Copies that are remembered until somebody looks; more of them push out the oldest.
inline constexpr std::size_t max_copies = 8;

/// Adds what was moved after all that is in the list. What was moved before already and
/// moves on becomes one movement, so that it tells where the pixels came from in the
/// first place; where only a part moves on that is a guess.
QIO_API void add_copy(std::vector<Copy>& copies, const Copy& next);

} // namespace qio::ui
