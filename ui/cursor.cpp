// The picture of the mouse pointer.
#include "ui/cursor.hpp"

#include <string>
#include <utility>

namespace qio::ui {

namespace {

Result<void> check_cursor(int width, int height, int hot_x, int hot_y,
                          std::size_t pixels) {
    if (width < 0 || height < 0 || width > max_cursor_dimension ||
        height > max_cursor_dimension)
        return Error{ErrorKind::limit, 0,
                     "cursor of " + std::to_string(width) + "x" + std::to_string(height) +
                         " pixels: each side may be at most " +
                         std::to_string(max_cursor_dimension)};
    if ((width == 0) != (height == 0))
        return Error{ErrorKind::invalid_argument, 0, "cursor with only one side empty"};
    if (pixels != std::size_t(width) * std::size_t(height))
        return Error{ErrorKind::invalid_argument, 0,
                     "cursor has " + std::to_string(pixels) +
                         " pixels, not width x height"};
    const bool empty = width == 0;
    if (hot_x < 0 || hot_y < 0 || hot_x >= width + empty || hot_y >= height + empty)
        return Error{ErrorKind::invalid_argument, 0, "cursor hot spot lies outside"};
    return {};
}

} // namespace

Result<Cursor> Cursor::make(int width, int height, int hot_x, int hot_y,
                            std::vector<std::uint32_t> argb) {
    if (auto checked = check_cursor(width, height, hot_x, hot_y, argb.size()); !checked)
        return std::move(checked).error();
    Cursor cursor;
    cursor.width_ = width;
    cursor.height_ = height;
    cursor.hot_x_ = hot_x;
    cursor.hot_y_ = hot_y;
    cursor.argb_ = std::move(argb);
    return cursor;
}

} // namespace qio::ui
