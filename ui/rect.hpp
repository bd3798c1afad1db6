// Points and rectangles of pixels.
#pragma once

#include <algorithm>
#include <cstdint>

namespace qio::ui {

struct Point {
    int x = 0;
    int y = 0;
    bool operator==(const Point&) const = default;
};

/// Columns x … x + width - 1, rows y … y + height - 1. With a width or height of zero or
/// less it is empty. Any values are allowed, also sums that no int can hold.
struct Rect {
    int x = 0;
    int y = 0;
    int width = 0;
    int height = 0;

    bool operator==(const Rect&) const = default;

    constexpr bool empty() const { return width <= 0 || height <= 0; }

    constexpr bool contains(int px, int py) const {
        return px >= x && py >= y && std::int64_t(px) < right() &&
               std::int64_t(py) < bottom();
    }

    /// Whether all of `other` lies inside. An empty rectangle lies in every other.
    constexpr bool contains(const Rect& other) const {
        return other.empty() || (other.x >= x && other.y >= y &&
                                 other.right() <= right() && other.bottom() <= bottom());
    }

    /// The first column, or row, behind the rectangle.
    constexpr std::int64_t right() const { return std::int64_t(x) + width; }
    constexpr std::int64_t bottom() const { return std::int64_t(y) + height; }
};

/// The pixels that lie in both; Rect{} if there are none.
constexpr Rect intersect(const Rect& a, const Rect& b) {
    const int x = std::max(a.x, b.x);
    const int y = std::max(a.y, b.y);
    const std::int64_t width = std::min(a.right(), b.right()) - x;
    const std::int64_t height = std::min(a.bottom(), b.bottom()) - y;
    if (a.empty() || b.empty() || width <= 0 || height <= 0)
        return {};
    return {x, y, int(width), int(height)};
}

/// The smallest one around both. Requires: its size is an int's.
constexpr Rect unite(const Rect& a, const Rect& b) {
    if (a.empty() || b.empty())
        return a.empty() ? b : a;
    const int x = std::min(a.x, b.x);
    const int y = std::min(a.y, b.y);
    return {x, y, int(std::max(a.right(), b.right()) - x),
            int(std::max(a.bottom(), b.bottom()) - y)};
}

} // namespace qio::ui
