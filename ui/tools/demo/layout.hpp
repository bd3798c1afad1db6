// Where everything is in a picture of a given size (internal to vnc-demo).
#pragma once

#include <array>
#include <cstddef>

#include "ui/rect.hpp"
#include "ui/tools/demo/label.hpp"

namespace qio::demo {

inline constexpr int min_width = 160, min_height = 120;
inline constexpr int max_width = 7680, max_height = 4320;

enum class LabelId : std::uint8_t {
    title,
    subtitle,
    size,
    clock,
    date,
    keys_name,
    keys,
    pointer_name,
    pointer,
    key_square,
    click_square,
    hint,
};
inline constexpr std::size_t label_count = std::size_t(LabelId::hint) + 1;

/// Bars on top, squares at the bottom, and between them as much as there is room for.
struct Layout {
    ui::Rect bounds;
    ui::Rect bars; ///< 80 rows, fewer where they would reach the squares
    ui::Rect key_square;
    ui::Rect click_square;
    ui::Rect keys_field; ///< empty rectangles: no room for it
    ui::Rect arena;
    Point ring_centre;
    float ring_radius = 0;
    std::array<LabelStyle, label_count> labels;

    LabelStyle& label(LabelId id) { return labels[std::size_t(id)]; }
};

/// Requires: a size between the minimum and the maximum.
Layout make_layout(int width, int height);

} // namespace qio::demo
