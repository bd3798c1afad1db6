// The demo's background and the panels on it.
#include "ui/tools/demo/background.hpp"

namespace qio::demo {

namespace {

constexpr Colour top_colour = 0x18223B, bottom_colour = 0x0B1020;
constexpr Colour panel_colour = 0x111A30, edge_colour = 0x2A3756;

void draw_panel(Painter& painter, const ui::Rect& rect) {
    if (rect.empty())
        return;
    painter.fill(rect, edge_colour);
    painter.fill({rect.x + 1, rect.y + 1, rect.width - 2, rect.height - 2}, panel_colour);
}

} // namespace

void draw_background(Painter& painter, const Layout& layout) {
    const auto& clip = painter.clip();
    for (int y = clip.y; y < clip.bottom(); ++y)
        painter.fill(
            {clip.x, y, clip.width, 1},
            mix(top_colour, bottom_colour, float(y) / float(layout.bounds.height)));
    draw_panel(painter, layout.arena);
    draw_panel(painter, layout.keys_field);
}

} // namespace qio::demo
