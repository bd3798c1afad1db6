// Tells photographs from what is drawn.
#include "ui/vnc/encodings/photo.hpp"

#include "ui/vectorized.hpp"

namespace qio::vnc {

namespace {

// Of a cell; with many of them it may be the edge of a photo.
constexpr std::size_t photo_colours = 64, many_photo_colours = 192;

int equal_neighbours(const std::uint32_t* row, int width) {
    int equal = 0;
    for (int x = 1; x < width; ++x)
        equal += row[x] == row[x - 1] ? 1 : 0;
    return equal;
}

} // namespace

/// Text, even with soft edges, has few colours or many equal neighbours. The neighbours
/// come first: comparing them takes less than counting colours.
bool is_photo(const ui::Frame& frame, const ui::Rect& cell, Palette& palette) {
    constexpr int row_step = 2;
    int looked_at = 0, equal = 0;
    for (int y = cell.y; y < cell.y + cell.height; y += row_step) {
        equal += equal_neighbours(frame.row(y) + cell.x, cell.width);
        looked_at += cell.width - 1;
    }
    if (equal >= looked_at / 4 * 3)
        return false;
    const auto needed = equal < looked_at / 2 ? photo_colours : many_photo_colours;
    palette.collect(frame, cell, needed);
    return palette.colours().size() >= needed;
}

} // namespace qio::vnc
