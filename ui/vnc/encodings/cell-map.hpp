// internal: a grid of labelled cells, and the largest rectangles of one label in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "ui/rect.hpp"

namespace qio::vnc {

/// Keeps its memory from one use to the next.
class CellMap {
public:
    /// The label of cells that are like no other.
    static constexpr std::uint32_t none = 0xFFFFFFFF;

    /// Cells with one label, or with any; in cells.
    struct Part {
        ui::Rect cells;
        std::uint32_t label = none;
    };

    void reset(int columns, int rows);
    void set(int column, int row, std::uint32_t label) {
        labels_[std::size_t(row) * std::size_t(columns_) + std::size_t(column)] = label;
    }

    /// Cuts the largest rectangle of one label out of the grid, then the largest of what
    /// is left on each side, and so on while there are `min_cells` in it. Appends those
    /// and what remains (label none), which together are the whole grid.
    ///
    /// Units/limits: the time is at worst cells² / min_cells, so grids should be small.
    void cut(int min_cells, std::vector<Part>& parts);

    /// The largest rectangle of one label; no cells if there is no label.
    /// Units/limits: the time is in proportion to the cells.
    Part largest() { return largest({0, 0, columns_, rows_}); }

private:
    struct Step { // of a staircase of columns that are each higher than the one before
        int column;
        int height;
    };

    std::uint32_t label(int column, int row) const {
        return labels_[std::size_t(row) * std::size_t(columns_) + std::size_t(column)];
    }
    Part largest(const ui::Rect& area);
    void measure_row(const ui::Rect& area, int row);
    void close_steps(int column, int row, int height, std::uint32_t label, Part& best);
    void cut(const ui::Rect& area, int min_cells, std::vector<Part>& parts);

    int columns_ = 0;
    int rows_ = 0;
    std::vector<std::uint32_t> labels_;
    std::vector<int> heights_; // of each column, up from the current row
    std::vector<Step> steps_;
};

} // namespace qio::vnc
