// Draws the cells of a terminal.
#include "ui/terminal/painter.hpp"

#include <utility>

namespace qio::terminal {

namespace {

constexpr int underline_row = 16;

/// Over memory of ours: nothing can go wrong with a size that is known.
std::shared_ptr<ui::Surface> make_surface() {
    using Pixels = std::vector<std::uint32_t>;
    auto pixels = std::make_shared<Pixels>(Painter::width * Painter::height);
    auto* const data = pixels->data();
    return ui::Surface::wrap(Painter::width, Painter::height, Painter::width * 4,
                             PIXMAN_x8r8g8b8, data, std::move(pixels))
        .value();
}

const GlyphRows& rows_of(const Cell& cell) {
    switch (cell.part) {
    case CellPart::left:
        return left_half_of_box();
    case CellPart::right:
        return right_half_of_box();
    case CellPart::whole:
        break;
    }
    return glyph_of(cell.character);
}

void paint(ui::Surface& surface, const ui::Point& corner, const Cell& cell) {
    const auto& rows = rows_of(cell);
    for (int y = 0; y < glyph_height; ++y) {
        auto* const pixels =
            reinterpret_cast<std::uint32_t*>(surface.row(corner.y + y)) + corner.x;
        const unsigned bits =
            cell.is_underlined && y == underline_row ? ~0u : rows[std::size_t(y)];
        for (int x = 0; x < glyph_width; ++x)
            pixels[x] = (bits >> (glyph_width - 1 - x) & 1) != 0 ? cell.foreground
                                                                 : cell.background;
    }
}

} // namespace

Painter::Painter()
    : surface_(make_surface()), drawn_(std::size_t(Screen::columns * Screen::rows)) {}

Cell& Painter::drawn(int column, int row) {
    return drawn_[std::size_t(row * Screen::columns + column)];
}

bool Painter::draw_cell(const Screen& screen, int column, int row) {
    auto cell = screen.cell(column, row);
    if (cursor_.is_visible && cursor_.column == column && cursor_.row == row)
        std::swap(cell.foreground, cell.background);
    if (cell == drawn(column, row))
        return false;
    paint(*surface_, {column * glyph_width, row * glyph_height}, cell);
    drawn(column, row) = cell;
    return true;
}

/// Returns all between the first cell that changed and the last.
ui::Rect Painter::draw_row(const Screen& screen, int row, int begin, int end) {
    ui::Rect changed;
    for (int column = begin; column < end; ++column)
        if (draw_cell(screen, column, row))
            changed = ui::unite(changed, {column * glyph_width, row * glyph_height,
                                          glyph_width, glyph_height});
    return changed;
}

std::vector<ui::Rect> Painter::draw(const Screen& screen, const ui::Rect& damage) {
    const auto before = std::exchange(cursor_, screen.cursor());
    std::vector<ui::Rect> changed;
    for (int row = 0; row < Screen::rows; ++row) {
        ui::Rect cells;
        if (damage.y <= row && row < damage.bottom())
            cells = {damage.x, row, damage.width, 1};
        for (const auto& cursor : {before, cursor_})
            if (cursor.row == row)
                cells = ui::unite(cells, {cursor.column, row, 1, 1});
        const auto rect = draw_row(screen, row, cells.x, int(cells.right()));
        if (!rect.empty())
            changed.push_back(rect);
    }
    return changed;
}

} // namespace qio::terminal
