// A set of pixels, kept as rectangles that do not overlap.
#include "ui/region.hpp"

#include <algorithm>
#include <limits>
#include <span>

namespace qio::ui {

namespace {

constexpr int lowest = -(1 << 30);
constexpr Rect everywhere{lowest, lowest, std::numeric_limits<int>::max(),
                          std::numeric_limits<int>::max()};

std::span<const pixman_box32_t> boxes_of(const pixman_region32_t& region) {
    int count = 0;
    const auto* boxes = pixman_region32_rectangles(&region, &count);
    return {boxes, std::size_t(count)};
}

Rect rect_of(const pixman_box32_t& box) {
    return {box.x1, box.y1, box.x2 - box.x1, box.y2 - box.y1};
}

} // namespace

Region Region::of(std::span<const Rect> rects) {
    std::vector<pixman_box32_t> boxes;
    boxes.reserve(rects.size());
    for (const auto& rect : rects)
        if (const Rect box = ui::intersect(rect, everywhere); !box.empty())
            boxes.push_back({box.x, box.y, int(box.right()), int(box.bottom())});
    return of_boxes(boxes);
}

Region& Region::operator=(const Region& other) {
    pixman_region32_copy(&region_, &other.region_);
    return *this;
}

Region& Region::operator=(Region&& other) noexcept {
    swap(other);
    return *this;
}

void Region::add(const Rect& rect) {
    const Rect usable = ui::intersect(rect, everywhere);
    if (usable.empty())
        return;
    pixman_region32_union_rect(&region_, &region_, usable.x, usable.y,
                               unsigned(usable.width), unsigned(usable.height));
}

void Region::add(const Region& other) {
    pixman_region32_union(&region_, &region_, &other.region_);
}

void Region::subtract(const Region& other) {
    pixman_region32_subtract(&region_, &region_, &other.region_);
}

void Region::intersect(const Rect& rect) {
    const Rect usable = ui::intersect(rect, everywhere);
    if (usable.empty())
        return clear();
    pixman_region32_intersect_rect(&region_, &region_, usable.x, usable.y,
                                   unsigned(usable.width), unsigned(usable.height));
}

void Region::intersect(const Region& other) {
    pixman_region32_intersect(&region_, &region_, &other.region_);
}

std::size_t Region::area() const {
    std::size_t area = 0;
    for (const auto& box : boxes_of(region_))
        area += std::size_t(box.x2 - box.x1) * std::size_t(box.y2 - box.y1);
    return area;
}

bool Region::contains(int x, int y) const {
    return pixman_region32_contains_point(&region_, x, y, nullptr);
}

Rect Region::bounds() const {
    return empty() ? Rect{} : rect_of(*pixman_region32_extents(&region_));
}

std::size_t Region::count() const {
    return std::size_t(pixman_region32_n_rects(&region_));
}

std::vector<Rect> Region::rectangles() const {
    std::vector<Rect> rects;
    rects.reserve(count());
    for (const auto& box : boxes_of(region_))
        rects.push_back(rect_of(box));
    return rects;
}

bool Region::operator==(const Region& other) const {
    return pixman_region32_equal(&region_, &other.region_);
}

// Widening to an ever coarser grid keeps neighbours together; cells that double nest, so
// each pass starts from the result of the last one. A cell as large as the bounds makes
// one rectangle, which ends the loop.
Region Region::simplified(std::size_t max_rects) const {
    const auto bound = std::max<std::size_t>(max_rects, 1);
    Region result = *this;
    for (std::int64_t cell = 8; result.count() > bound; cell *= 2)
        result = result.aligned_to_grid(cell);
    return result;
}

void Region::bound(std::size_t most, std::size_t merged) {
    if (count() > most)
        *this = simplified(merged);
}

Region Region::aligned_to_grid(std::int64_t cell) const {
    const Rect all = bounds();
    const auto down = [cell](std::int64_t at, std::int64_t origin) {
        return int((at - origin) / cell * cell + origin);
    };
    const auto up = [cell](std::int64_t at, std::int64_t origin, std::int64_t end) {
        return int(std::min((at - origin + cell - 1) / cell * cell + origin, end));
    };
    std::vector<pixman_box32_t> boxes;
    boxes.reserve(count());
    for (const auto& box : boxes_of(region_))
        boxes.push_back({down(box.x1, all.x), down(box.y1, all.y),
                         up(box.x2, all.x, all.right()),
                         up(box.y2, all.y, all.bottom())});
    return of_boxes(boxes);
}

Region Region::of_boxes(const std::vector<pixman_box32_t>& boxes) {
    Region region;
    pixman_region32_fini(&region.region_);
    pixman_region32_init_rects(&region.region_, boxes.data(), int(boxes.size()));
    return region;
}

} // namespace qio::ui
