// Draws smooth lines and flat rectangles into part of a surface.
#include "ui/tools/demo/painter.hpp"

#include <algorithm>
#include <cmath>

namespace qio::demo {

namespace {

int mixed(unsigned from, unsigned to, int part) {
    return int(from) + (int(to) - int(from)) * part / 255;
}

/// `part` in 255ths.
Colour mix_bytes(Colour from, Colour to, int part) {
    return Colour(mixed(from >> 16 & 255, to >> 16 & 255, part)) << 16 |
           Colour(mixed(from >> 8 & 255, to >> 8 & 255, part)) << 8 |
           Colour(mixed(from & 255, to & 255, part));
}

float distance(Point point, const Stroke& stroke) {
    const float dx = stroke.to.x - stroke.from.x, dy = stroke.to.y - stroke.from.y;
    const float px = point.x - stroke.from.x, py = point.y - stroke.from.y;
    const float square = dx * dx + dy * dy;
    const float along =
        square > 0 ? std::clamp((px * dx + py * dy) / square, 0.0F, 1.0F) : 0.0F;
    const float ox = px - along * dx, oy = py - along * dy;
    return std::sqrt(ox * ox + oy * oy);
}

} // namespace

Colour mix(Colour from, Colour to, float part) {
    return mix_bytes(from, to, int(std::clamp(part, 0.0F, 1.0F) * 255 + 0.5F));
}

ui::Rect Stroke::bounds() const {
    const float reach = radius + 1;
    const int left = int(std::floor(std::min(from.x, to.x) - reach));
    const int top = int(std::floor(std::min(from.y, to.y) - reach));
    const int right = int(std::ceil(std::max(from.x, to.x) + reach));
    const int bottom = int(std::ceil(std::max(from.y, to.y) + reach));
    return {left, top, right - left, bottom - top};
}

Painter::Painter(ui::Surface& surface, const ui::Rect& clip)
    : surface_(surface), clip_(intersect(clip, surface.bounds())) {}

Painter Painter::within(const ui::Rect& clip) const {
    return {surface_, intersect(clip, clip_)};
}

std::uint32_t* Painter::row(int y) {
    return reinterpret_cast<std::uint32_t*>(surface_.row(y));
}

void Painter::fill(const ui::Rect& rect, Colour colour) {
    const auto box = intersect(rect, clip_);
    for (int y = box.y; y < box.bottom(); ++y)
        std::fill_n(row(y) + box.x, box.width, colour);
}

void Painter::draw(std::span<const Stroke> strokes, Colour colour) {
    ui::Rect box;
    for (const auto& stroke : strokes)
        box = ui::unite(box, intersect(stroke.bounds(), clip_));
    if (box.empty())
        return;
    mask_.assign(std::size_t(box.width) * std::size_t(box.height), 0);
    for (const auto& stroke : strokes)
        cover(stroke, box);
    blend(box, colour);
}

void Painter::cover(const Stroke& stroke, const ui::Rect& box) {
    const auto part = intersect(stroke.bounds(), box);
    for (int y = part.y; y < part.bottom(); ++y) {
        auto* mask = mask_.data() + std::size_t(y - box.y) * std::size_t(box.width);
        for (int x = part.x; x < part.right(); ++x) {
            const Point centre{float(x) + 0.5F, float(y) + 0.5F};
            // The edge of the shape lies half a pixel on either side of its outline.
            const float inside =
                std::clamp(stroke.radius + 0.5F - distance(centre, stroke), 0.0F, 1.0F);
            const auto cover = std::uint8_t(inside * stroke.opacity * 255 + 0.5F);
            mask[x - box.x] = std::max(mask[x - box.x], cover);
        }
    }
}

void Painter::blend(const ui::Rect& box, Colour colour) {
    const auto* mask = mask_.data();
    for (int y = box.y; y < box.bottom(); ++y, mask += box.width) {
        auto* pixels = row(y) + box.x;
        for (int x = 0; x < box.width; ++x)
            if (mask[x] != 0)
                pixels[x] = mix_bytes(pixels[x], colour, mask[x]);
    }
}

} // namespace qio::demo
