// internal: draws the cells of a terminal.
#pragma once

#include <memory>
#include <vector>

#include "ui/rect.hpp"
#include "ui/surface.hpp"
#include "ui/terminal/font.hpp"
#include "ui/terminal/screen.hpp"

namespace qio::terminal {

/// Owns the picture. Draws only the cells that look different from what is there.
class Painter {
public:
    static constexpr int width = Screen::columns * glyph_width;
    static constexpr int height = Screen::rows * glyph_height;

    Painter();

    const std::shared_ptr<ui::Surface>& surface() const { return surface_; }
    /// Draws what the screen shows now, if all changes are within `damage`, or are the
    /// cursor's. Units: `damage` in cells; returns pixels, at most one rectangle a row.
    std::vector<ui::Rect> draw(const Screen& screen, const ui::Rect& damage);

private:
    Cell& drawn(int column, int row);
    ui::Rect draw_row(const Screen& screen, int row, int begin, int end);
    bool draw_cell(const Screen& screen, int column, int row);

    const std::shared_ptr<ui::Surface> surface_;
    std::vector<Cell> drawn_;
    TextCursor cursor_; // as it is drawn
};

} // namespace qio::terminal
