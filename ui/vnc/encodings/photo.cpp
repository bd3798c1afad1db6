// Tells photographs from what is drawn.
#include "ui/vnc/encodings/photo.hpp"

#include <cstdint>
#include <optional>

#include "ui/vectorized.hpp"

namespace qio::vnc {

namespace {

// Of a cell; with many of them it may be the edge of a photo.
constexpr std::size_t photo_colours = 64, many_photo_colours = 192;
// Of a cell of a gradient: with fewer, palettes and runs take as little as JPEG.
constexpr std::size_t gradient_colours = 24;
constexpr std::uint8_t gradient_step = 8; // the largest between neighbours, of 255
constexpr int row_step = 2;               // every other row is looked at

int equal_neighbours(const std::uint32_t* row, int width) {
    int equal = 0;
    for (int x = 1; x < width; ++x)
        equal += row[x] == row[x - 1] ? 1 : 0;
    return equal;
}

/// Whether two neighbours differ by more than a gradient's in any channel.
bool has_edge(const std::uint32_t* row, int width) {
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(row);
    constexpr int pixel = sizeof *row;
    std::uint8_t edges = 0;
    for (int i = pixel; i < width * pixel; ++i) {
        const std::uint8_t now = bytes[i], before = bytes[i - pixel];
        const auto step = std::uint8_t(now > before ? now - before : before - now);
        edges |= std::uint8_t(step > gradient_step ? 1 : 0);
    }
    return edges != 0;
}

bool is_smooth(const ui::Frame& frame, const ui::Rect& cell) {
    for (int y = cell.y; y < cell.y + cell.height; y += row_step)
        if (has_edge(frame.row(y) + cell.x, cell.width))
            return false;
    return true;
}

/// How many colours a cell must have. None: it is no photo.
std::optional<std::size_t> colours_needed(const ui::Frame& frame, const ui::Rect& cell) {
    int looked_at = 0, equal = 0;
    for (int y = cell.y; y < cell.y + cell.height; y += row_step) {
        equal += equal_neighbours(frame.row(y) + cell.x, cell.width);
        looked_at += cell.width - 1;
    }
    if (equal < looked_at / 2)
        return photo_colours;
    if (equal < looked_at / 4 * 3)
        return many_photo_colours;
    if (equal < looked_at && is_smooth(frame, cell))
        return gradient_colours;
    return {};
}

} // namespace

/// Text, even with soft edges, has few colours or many equal neighbours. The neighbours
/// come first: comparing them takes less than counting colours.
bool is_photo(const ui::Frame& frame, const ui::Rect& cell, Palette& palette) {
    const auto needed = colours_needed(frame, cell);
    if (!needed)
        return false;
    palette.collect(frame, cell, *needed);
    return palette.colours().size() >= *needed;
}

} // namespace qio::vnc
