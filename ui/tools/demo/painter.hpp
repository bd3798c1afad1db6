// Draws smooth lines and flat rectangles into part of a surface (internal to vnc-demo).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ui/rect.hpp"
#include "ui/surface.hpp"

namespace qio::demo {

/// 0xRRGGBB.
using Colour = std::uint32_t;

/// `part` 0: `from`; 1: `to`; between them, the colours in between.
Colour mix(Colour from, Colour to, float part);

struct Point {
    float x = 0;
    float y = 0;

    bool operator==(const Point&) const = default;
};

/// A line with round ends, or a disc if both ends are the same.
/// Units: pixels; the centre of the surface's first pixel is (0.5, 0.5).
struct Stroke {
    Point from;
    Point to;
    float radius = 1;
    float opacity = 1;

    /// All pixels it may touch.
    ui::Rect bounds() const;
};

/// Draws inside `clip` alone. What a pixel becomes does not depend on the clip, so a
/// picture drawn in pieces is the same as one drawn at once.
class Painter {
public:
    /// Requires: the surface is of the format x8r8g8b8. It is borrowed.
    Painter(ui::Surface& surface, const ui::Rect& clip);

    const ui::Rect& clip() const { return clip_; }
    /// The same surface, drawn on inside `clip` and the clip of this painter only.
    Painter within(const ui::Rect& clip) const;

    void fill(const ui::Rect& rect, Colour colour);
    /// Draws the strokes as one shape: where they overlap, the most opaque counts.
    void draw(std::span<const Stroke> strokes, Colour colour);
    void draw(const Stroke& stroke, Colour colour) { draw({&stroke, 1}, colour); }

private:
    std::uint32_t* row(int y);
    void cover(const Stroke& stroke, const ui::Rect& box);
    void blend(const ui::Rect& box, Colour colour);

    ui::Surface& surface_;
    ui::Rect clip_;
    std::vector<std::uint8_t> mask_; // the shape in draw(), row after row of its box
};

} // namespace qio::demo
