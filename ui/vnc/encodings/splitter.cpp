// Cuts a rectangle of a frame into pieces of one kind each.
#include "ui/vnc/encodings/splitter.hpp"

#include <algorithm>
#include <cassert>

#include "ui/vnc/encodings/photo.hpp"
#include "ui/vnc/encodings/pixel-runs.hpp"

namespace qio::vnc {

namespace {

// What is looked at together: bounds the work of cutting, whatever the picture.
constexpr int block_width = SplitLimits::max_piece_width, block_height = 1024;
constexpr int solid_cell = 16;
// Smaller photos are not worth their tables.
constexpr int min_photo_cells = 4;
constexpr std::uint32_t photo_label = 0;

/// Calls do_cell(column, row, pixels) for each cell of the grid over `rect`; those at the
/// right and at the bottom may be smaller.
template <class Do>
void for_each_cell(const ui::Rect& rect, int cell, Do&& do_cell) {
    for (int y = 0; y < rect.height; y += cell)
        for (int x = 0; x < rect.width; x += cell)
            do_cell(x / cell, y / cell,
                    ui::Rect{rect.x + x, rect.y + y, std::min(cell, rect.width - x),
                             std::min(cell, rect.height - y)});
}

int cells(int pixels, int cell) {
    return (pixels + cell - 1) / cell;
}

/// The pixels of the cells of the grid over `rect`.
ui::Rect pixels_of(const ui::Rect& part, int cell, const ui::Rect& rect) {
    return intersect({rect.x + part.x * cell, rect.y + part.y * cell, part.width * cell,
                      part.height * cell},
                     rect);
}

} // namespace

std::span<const Piece> Splitter::split(const ui::Frame& frame, const ui::Rect& rect,
                                       const SplitLimits& limits) {
    assert(!rect.empty() && frame.bounds().contains(rect));
    frame_ = &frame;
    limits_ = limits;
    pieces_.clear();
    for (int y = 0; y < rect.height; y += block_height)
        for (int x = 0; x < rect.width; x += block_width)
            split_block({rect.x + x, rect.y + y, std::min(block_width, rect.width - x),
                         std::min(block_height, rect.height - y)});
    frame_ = nullptr;
    return pieces_;
}

void Splitter::split_block(const ui::Rect& block) {
    const int columns = cells(block.width, solid_cell);
    const int rows = cells(block.height, solid_cell);
    if (columns * rows < limits_.min_solid) {
        split_rest(block);
        return;
    }
    solids_.reset(columns, rows);
    for_each_cell(block, solid_cell, [&](int column, int row, const ui::Rect& pixels) {
        if (is_solid(*frame_, pixels))
            solids_.set(column, row, frame_->row(pixels.y)[pixels.x]);
    });
    solid_parts_.clear();
    solids_.cut(limits_.min_solid, solid_parts_);
    for (const auto& part : solid_parts_) {
        const auto pixels = pixels_of(part.cells, solid_cell, block);
        if (part.label == CellMap::none)
            split_rest(pixels);
        else
            pieces_.push_back({pixels, Piece::Kind::solid, part.label});
    }
}

void Splitter::split_rest(const ui::Rect& rest) {
    using enum Piece::Kind;
    const int columns = cells(rest.width, photo_cell);
    const int rows = cells(rest.height, photo_cell);
    if (!limits_.finds_photos || columns * rows < min_photo_cells) {
        tile(rest, limits_.max_width, limits_.max_area, other);
        return;
    }
    photos_.reset(columns, rows);
    for_each_cell(rest, photo_cell, [&](int column, int row, const ui::Rect& pixels) {
        if (is_photo(*frame_, pixels, palette_))
            photos_.set(column, row, photo_label);
    });
    photo_parts_.clear();
    photos_.cut(min_photo_cells, photo_parts_);
    for (const auto& part : photo_parts_) {
        const auto pixels = pixels_of(part.cells, photo_cell, rest);
        if (part.label == CellMap::none)
            tile(pixels, limits_.max_width, limits_.max_area, other);
        else
            tile(pixels, SplitLimits::max_piece_width, SplitLimits::max_piece_area,
                 photo);
    }
}

void Splitter::tile(const ui::Rect& rect, int max_width, int max_area, Piece::Kind kind) {
    const int width = std::min(rect.width, max_width);
    const int height = std::max(max_area / width, 1);
    for (int y = 0; y < rect.height; y += height)
        for (int x = 0; x < rect.width; x += width)
            pieces_.push_back({{rect.x + x, rect.y + y, std::min(width, rect.width - x),
                                std::min(height, rect.height - y)},
                               kind});
}
} // namespace qio::vnc
