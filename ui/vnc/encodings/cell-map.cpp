// A grid of labelled cells, and the largest rectangles of one label in it.
#include "ui/vnc/encodings/cell-map.hpp"

#include <cassert>

namespace qio::vnc {

namespace {
int area_of(const ui::Rect& cells) {
    return cells.width * cells.height;
}
} // namespace

void CellMap::reset(int columns, int rows) {
    columns_ = columns;
    rows_ = rows;
    labels_.assign(std::size_t(columns) * std::size_t(rows), none);
}

void CellMap::cut(int min_cells, std::vector<Part>& parts) {
    assert(min_cells > 0);
    cut({0, 0, columns_, rows_}, min_cells, parts);
}

void CellMap::cut(const ui::Rect& area, int min_cells, std::vector<Part>& parts) {
    if (area.empty())
        return;
    const auto found = area_of(area) < min_cells ? Part{} : largest(area);
    const auto& cells = found.cells;
    if (area_of(cells) < min_cells) {
        parts.push_back({area, none});
        return;
    }
    const int right = int(cells.right()), bottom = int(cells.bottom());
    cut({area.x, area.y, area.width, cells.y - area.y}, min_cells, parts);
    cut({area.x, cells.y, cells.x - area.x, cells.height}, min_cells, parts);
    parts.push_back(found);
    cut({right, cells.y, int(area.right()) - right, cells.height}, min_cells, parts);
    cut({area.x, bottom, area.width, int(area.bottom()) - bottom}, min_cells, parts);
}

/// Each row is looked at as the ground of a histogram: a column is as high as its label
/// goes up. Within a run of one label, the steps are the rectangles still open.
CellMap::Part CellMap::largest(const ui::Rect& area) {
    Part best;
    heights_.assign(std::size_t(columns_), 0);
    const int right = int(area.right());
    for (int row = area.y; row < area.bottom(); ++row) {
        measure_row(area, row);
        for (int column = area.x; column < right;) {
            const auto current = label(column, row);
            for (; column < right && label(column, row) == current; ++column)
                close_steps(column, row, heights_[std::size_t(column)], current, best);
            close_steps(column, row, 0, current, best);
            steps_.clear();
        }
    }
    return best;
}

void CellMap::measure_row(const ui::Rect& area, int row) {
    for (int column = area.x; column < area.right(); ++column) {
        auto& height = heights_[std::size_t(column)];
        const auto current = label(column, row);
        if (current == none)
            height = 0;
        else if (row > area.y && label(column, row - 1) == current)
            ++height;
        else
            height = 1;
    }
}

/// Closes what is higher than `height`, then opens a step for it.
void CellMap::close_steps(int column, int row, int height, std::uint32_t label,
                          Part& best) {
    int begin = column;
    while (!steps_.empty() && steps_.back().height >= height) {
        const auto step = steps_.back();
        steps_.pop_back();
        begin = step.column;
        const ui::Rect cells{begin, row - step.height + 1, column - begin, step.height};
        if (area_of(cells) > area_of(best.cells))
            best = {cells, label};
    }
    steps_.push_back({begin, height});
}

} // namespace qio::vnc
