// Finds where a film is running.
#include "ui/vnc/encodings/video-finder.hpp"

#include <algorithm>
#include <array>
#include <cassert>

#include "ui/vnc/encodings/photo.hpp"

namespace qio::vnc {

namespace {

constexpr int cell = photo_cell;
// A cell heats up with each update that changes half of it, and cools down with each
// other. Hot after five in a row; cold after as many in which it rests, and more if it
// has been running for long.
constexpr int heating = 2, cooling = 1, hottest = 16, hot_from = 10;
constexpr std::uint32_t hot_label = 0;
// Smaller ones are not worth it.
constexpr int min_area = 128 * 96;
// Cells that are looked at, of those that may be a film.
constexpr int max_samples = 64;

int area_of(const ui::Rect& rect) {
    return rect.width * rect.height;
}

std::int64_t pixels_in(const ui::Region& region, const ui::Rect& rect) {
    std::int64_t pixels = 0;
    for (const auto& part : region.rectangles())
        pixels += area_of(intersect(part, rect));
    return pixels;
}

enum class Side : std::uint8_t { left, right, top, bottom };

/// What lies next to that side of `place`, `cell` deep.
ui::Rect strip_at(const ui::Rect& place, Side side) {
    switch (side) {
    case Side::left:
        return {place.x - cell, place.y, cell, place.height};
    case Side::right:
        return {int(place.right()), place.y, cell, place.height};
    case Side::top:
        return {place.x, place.y - cell, place.width, cell};
    case Side::bottom:
        break;
    }
    return {place.x, int(place.bottom()), place.width, cell};
}

bool touches(const ui::Rect& part, const ui::Rect& place, Side side) {
    switch (side) {
    case Side::left:
        return part.right() == place.x;
    case Side::right:
        return part.x == place.right();
    case Side::top:
        return part.bottom() == place.y;
    case Side::bottom:
        break;
    }
    return part.y == place.bottom();
}

/// How far half of that side, or more, can move out over what has changed.
int reach(const ui::Region& damage, const ui::Rect& place, Side side) {
    const bool is_upright = side == Side::left || side == Side::right;
    auto near = damage;
    near.intersect(strip_at(place, side));
    std::array<int, cell + 1> lengths{}; // of the side that can move just so far
    for (const auto& part : near.rectangles())
        if (touches(part, place, side))
            lengths[std::size_t(is_upright ? part.width : part.height)] +=
                is_upright ? part.height : part.width;
    int length = 0;
    for (int depth = cell; depth > 0; --depth) {
        length += lengths[std::size_t(depth)];
        if (length * 2 >= (is_upright ? place.height : place.width))
            return depth;
    }
    return 0;
}

void move_out(ui::Rect& place, Side side, int by) {
    if (side == Side::left)
        place.x -= by;
    if (side == Side::top)
        place.y -= by;
    if (side == Side::left || side == Side::right)
        place.width += by;
    else
        place.height += by;
}

/// A film does not end where cells do. `cells` are those of which it fills most; in each
/// direction it goes on for less than one, or ends in them.
ui::Rect fitted(const ui::Rect& cells, const ui::Region& damage) {
    auto inside = damage;
    inside.intersect(cells);
    auto all = inside.bounds();
    for (const auto side : {Side::left, Side::right, Side::top, Side::bottom}) {
        int left = cell - 1;
        // In steps: what changed may be known in bands.
        while (const int by = std::min(reach(damage, all, side), left)) {
            move_out(all, side, by);
            left -= by;
        }
    }
    all.width -= all.width % 2;
    all.height -= all.height % 2;
    return all;
}

} // namespace

std::optional<ui::Rect> VideoFinder::find(const ui::Frame& frame, const ui::Rect& bounds,
                                          const ui::Region& damage) {
    assert(!bounds.empty() && frame.bounds().contains(bounds));
    if (bounds_ != bounds)
        begin(bounds);
    note(damage);
    if (place_ && !is_running())
        place_.reset();
    look_for_place(frame, damage);
    // A few changes in it take less than a picture.
    constexpr int worth_a_picture = 8;
    if (!place_ || pixels_in(damage, *place_) * worth_a_picture < area_of(*place_))
        return std::nullopt;
    return place_;
}

void VideoFinder::forget() {
    bounds_ = {};
    place_.reset();
}

void VideoFinder::begin(const ui::Rect& bounds) {
    bounds_ = bounds;
    columns_ = (bounds.width + cell - 1) / cell;
    rows_ = (bounds.height + cell - 1) / cell;
    heat_.assign(std::size_t(columns_) * std::size_t(rows_), 0);
    place_.reset();
}

ui::Rect VideoFinder::pixels_of(const ui::Rect& cells) const {
    return intersect({bounds_.x + cells.x * cell, bounds_.y + cells.y * cell,
                      cells.width * cell, cells.height * cell},
                     bounds_);
}

void VideoFinder::note(const ui::Region& damage) {
    changed_.assign(heat_.size(), 0);
    for (const auto& rect : damage.rectangles()) {
        const int x = rect.x - bounds_.x, y = rect.y - bounds_.y;
        for (int row = y / cell; row * cell < y + rect.height; ++row)
            for (int column = x / cell; column * cell < x + rect.width; ++column) {
                const auto part = intersect(pixels_of({column, row, 1, 1}), rect);
                changed_[std::size_t(row * columns_ + column)] +=
                    std::uint16_t(area_of(part));
            }
    }
    for (int row = 0; row < rows_; ++row)
        for (int column = 0; column < columns_; ++column) {
            const auto at = std::size_t(row * columns_ + column);
            const bool has_changed =
                2 * changed_[at] >= area_of(pixels_of({column, row, 1, 1}));
            heat_[at] = std::uint8_t(
                std::clamp(heat_[at] + (has_changed ? heating : -cooling), 0, hottest));
        }
}

/// Whether a quarter of the place is hot.
bool VideoFinder::is_running() const {
    const int left = (place_->x - bounds_.x) / cell, top = (place_->y - bounds_.y) / cell;
    const int right = (int(place_->right()) - bounds_.x + cell - 1) / cell;
    const int bottom = (int(place_->bottom()) - bounds_.y + cell - 1) / cell;
    int hot = 0;
    for (int row = top; row < bottom; ++row)
        for (int column = left; column < right; ++column)
            hot += heat_[std::size_t(row * columns_ + column)] >= hot_from ? 1 : 0;
    return hot * 4 >= (right - left) * (bottom - top);
}

/// A place that is much larger takes over.
void VideoFinder::look_for_place(const ui::Frame& frame, const ui::Region& damage) {
    if (std::ranges::max(heat_) < hot_from)
        return;
    hot_.reset(columns_, rows_);
    for (int row = 0; row < rows_; ++row)
        for (int column = 0; column < columns_; ++column)
            if (heat_[std::size_t(row * columns_ + column)] >= hot_from)
                hot_.set(column, row, hot_label);
    const auto cells = hot_.largest().cells;
    const auto pixels = pixels_of(cells);
    const bool is_better =
        !place_ || area_of(pixels) / 2 >= area_of(intersect(*place_, pixels));
    if (area_of(pixels) < min_area || !is_better || !looks_like_film(frame, cells))
        return;
    // A picture that differs little from the one before does not tell the edges.
    const auto place = fitted(pixels, damage);
    if (area_of(place) >= area_of(pixels) / 2)
        place_ = place;
}

/// Whether most of the cells do, of some.
bool VideoFinder::looks_like_film(const ui::Frame& frame, const ui::Rect& cells) {
    const int count = area_of(cells);
    const int step = (count + max_samples - 1) / max_samples;
    int looked_at = 0, photos = 0;
    for (int i = 0; i < count; i += step, ++looked_at)
        photos += is_photo(frame,
                           pixels_of({cells.x + i % cells.width,
                                      cells.y + i / cells.width, 1, 1}),
                           palette_)
                      ? 1
                      : 0;
    return photos * 2 >= looked_at;
}

} // namespace qio::vnc
