// A set of pixels, kept as rectangles that do not overlap.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <pixman.h>

#include "io/base/api.hpp"
#include "ui/rect.hpp"

namespace qio::ui {

/// Any set of pixels. Copyable; two regions are equal if they hold the same pixels.
///
/// Units/limits: coordinates from -2^30 to 2^30 - 2; what is added outside is cut off.
class QIO_API Region {
public:
    Region() noexcept { pixman_region32_init(&region_); }
    Region(const Rect& rect) : Region() { add(rect); }
    /// All pixels of the rectangles, which may overlap; limits as for add().
    static Region of(std::span<const Rect> rects);
    Region(const Region& other) : Region() { *this = other; }
    Region(Region&& other) noexcept : Region() { swap(other); }
    Region& operator=(const Region& other);
    Region& operator=(Region&& other) noexcept;
    ~Region() { pixman_region32_fini(&region_); }

    void add(const Rect& rect);
    void add(const Region& other);
    void subtract(const Region& other);
    /// Keeps only what lies in `rect`.
    void intersect(const Rect& rect);
    void intersect(const Region& other);
    /// Moves all pixels. Requires: no more than 2^28 in each direction.
    void translate(int dx, int dy) { pixman_region32_translate(&region_, dx, dy); }
    void clear() { pixman_region32_clear(&region_); }
    void swap(Region& other) noexcept { std::swap(region_, other.region_); }

    bool empty() const { return count() == 0; }
    /// How many pixels there are.
    std::size_t area() const;
    bool contains(int x, int y) const;
    /// The smallest rectangle around everything; Rect{} for the empty region.
    Rect bounds() const;
    /// How many rectangles rectangles() gives.
    std::size_t count() const;
    /// The region as rectangles that do not overlap, from top to bottom and in each band
    /// from left to right.
    std::vector<Rect> rectangles() const;
    bool operator==(const Region& other) const;

    /// A region of at most `max_rects` rectangles (at least 1) that holds all pixels of
    /// this one, and no pixel outside its bounds(). The fewer rectangles, the more pixels
    /// come along; a region that is simple enough is returned as it is.
    Region simplified(std::size_t max_rects) const;
    /// With more than `most` rectangles it becomes simplified(merged).
    void bound(std::size_t most, std::size_t merged);

private:
    Region aligned_to_grid(std::int64_t cell) const;
    static Region of_boxes(const std::vector<pixman_box32_t>& boxes);

    pixman_region32_t region_;
};

} // namespace qio::ui
