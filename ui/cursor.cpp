// The picture of the mouse pointer.
#include "ui/cursor.hpp"

#include <algorithm>
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

constexpr std::uint32_t colour_bits = 0xFFFFFF, opaque_black = 0xFF000000,
                        opaque_white = 0xFFFFFFFF;

enum class Effect { colour, nothing, inversion };

Effect effect_of(std::uint32_t and_word, std::uint32_t xor_word) {
    if (and_word == 0)
        return Effect::colour;
    return and_word == colour_bits && xor_word == 0 ? Effect::nothing : Effect::inversion;
}

/// Colours for masks whose inversions cannot be shown. Returns whether there are any.
bool approximate(int width, int height, std::span<const std::uint32_t> and_mask,
                 std::span<const std::uint32_t> xor_mask, std::span<std::uint32_t> argb) {
    const auto at = [width](int x, int y) {
        return std::size_t(y) * std::size_t(width) + std::size_t(x);
    };
    bool inverts = false;
    // White comes around what is inverted, over what shows nothing.
    const auto add_edge = [&](int centre_x, int centre_y) {
        for (int y = std::max(centre_y - 1, 0); y <= std::min(centre_y + 1, height - 1);
             ++y)
            for (int x = std::max(centre_x - 1, 0);
                 x <= std::min(centre_x + 1, width - 1); ++x)
                if (effect_of(and_mask[at(x, y)], xor_mask[at(x, y)]) == Effect::nothing)
                    argb[at(x, y)] = opaque_white;
    };
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            const auto i = at(x, y);
            const auto effect = effect_of(and_mask[i], xor_mask[i]);
            if (effect == Effect::colour)
                argb[i] = opaque_black | xor_mask[i];
            if (effect != Effect::inversion)
                continue;
            inverts = true;
            argb[i] = opaque_black;
            add_edge(x, y);
        }
    return inverts;
}

} // namespace

Result<Cursor> Cursor::make_masked(int width, int height, int hot_x, int hot_y,
                                   std::vector<std::uint32_t> and_mask,
                                   std::vector<std::uint32_t> xor_mask) {
    if (and_mask.size() != xor_mask.size())
        return Error{ErrorKind::invalid_argument, 0, "cursor with masks of two sizes"};
    auto cursor =
        make(width, height, hot_x, hot_y, std::vector<std::uint32_t>(and_mask.size()));
    if (!cursor)
        return cursor;
    for (auto* const mask : {&and_mask, &xor_mask})
        for (auto& word : *mask)
            word &= colour_bits;
    if (approximate(width, height, and_mask, xor_mask, cursor->argb_)) {
        cursor->and_mask_ = std::move(and_mask);
        cursor->xor_mask_ = std::move(xor_mask);
    }
    return cursor;
}

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
