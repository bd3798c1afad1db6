// The pointer drawn into the pixels, for clients that cannot draw it.
#include "ui/vnc/cursor-overlay.hpp"

#include <cstddef>
#include <utility>

namespace qio::vnc {

namespace {

std::uint32_t mixed(std::uint32_t below, std::uint32_t above, unsigned shift,
                    std::uint32_t alpha) {
    const auto value =
        (above >> shift & 0xFF) * alpha + (below >> shift & 0xFF) * (255 - alpha);
    return (value + 127) / 255 << shift;
}

std::uint32_t blended(std::uint32_t pixel, std::uint32_t argb) {
    const auto alpha = argb >> 24;
    return mixed(pixel, argb, 16, alpha) | mixed(pixel, argb, 8, alpha) |
           mixed(pixel, argb, 0, alpha);
}

} // namespace

template <class Change>
ui::Region CursorOverlay::changed_by(Change change) {
    ui::Region region(area());
    change();
    region.add(area());
    return region;
}

ui::Region CursorOverlay::set_cursor(std::shared_ptr<const ui::Cursor> cursor) {
    if (cursor == cursor_)
        return {};
    return changed_by([&] { cursor_ = std::move(cursor); });
}

ui::Region CursorOverlay::set_visible(bool visible) {
    if (visible == visible_)
        return {};
    return changed_by([&] { visible_ = visible; });
}

ui::Region CursorOverlay::move(ui::Point position) {
    if (position == position_)
        return {};
    return changed_by([&] { position_ = position; });
}

ui::Rect CursorOverlay::area() const {
    if (!cursor_ || !visible_)
        return {};
    const ui::Rect area{position_.x - cursor_->hot_x(), position_.y - cursor_->hot_y(),
                        cursor_->width(), cursor_->height()};
    return area.empty() ? ui::Rect{} : area;
}

void CursorOverlay::draw(int x, int y, std::span<std::uint32_t> pixels) const {
    const auto covered = area();
    const auto part = ui::intersect(covered, {x, y, int(pixels.size()), 1});
    if (part.empty())
        return;
    const auto row = std::size_t(y - covered.y) * std::size_t(covered.width);
    const auto first = row + std::size_t(part.x - covered.x);
    const auto target = pixels.subspan(std::size_t(part.x - x), std::size_t(part.width));
    if (cursor_->inverts()) {
        const auto and_mask = cursor_->and_mask().subspan(first);
        const auto xor_mask = cursor_->xor_mask().subspan(first);
        for (std::size_t i = 0; i < target.size(); ++i)
            target[i] = (target[i] & and_mask[i]) ^ xor_mask[i];
        return;
    }
    const auto argb = cursor_->argb().subspan(first);
    for (std::size_t i = 0; i < target.size(); ++i)
        target[i] = blended(target[i], argb[i]);
}

} // namespace qio::vnc
