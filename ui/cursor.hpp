// The picture of the mouse pointer.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "io/base/api.hpp"
#include "io/base/error.hpp"

namespace qio::ui {

/// The largest width and height of a cursor: the largest that guests' hardware defines.
inline constexpr int max_cursor_dimension = 512;

/// A cursor that passed the checks of make(). A default one is 0 × 0 pixels: no pointer
/// is to be seen.
class QIO_API Cursor {
public:
    Cursor() = default;

    /// `argb` has width × height native words 0xAARRGGBB with straight alpha (colours not
    /// multiplied by it), row after row; the hot spot lies inside. 0 × 0 is allowed.
    /// Errors: limit (size), invalid_argument (number of pixels, hot spot).
    static Result<Cursor> make(int width, int height, int hot_x, int hot_y,
                               std::vector<std::uint32_t> argb);

    /// A cursor as hardware of two masks has it: a pixel that it lies on becomes
    /// `(pixel & and_mask) ^ xor_mask`. Both have width × height native words 0x??RRGGBB.
    /// Where that is neither a colour nor nothing, argb() is black with a white edge.
    /// Errors: as of make().
    static Result<Cursor> make_masked(int width, int height, int hot_x, int hot_y,
                                      std::vector<std::uint32_t> and_mask,
                                      std::vector<std::uint32_t> xor_mask);

    int width() const { return width_; }
    int height() const { return height_; }
    int hot_x() const { return hot_x_; }
    int hot_y() const { return hot_y_; }
    std::span<const std::uint32_t> argb() const { return argb_; }
    /// Whether it changes colours that it lies on. Only then there are masks.
    bool inverts() const { return !and_mask_.empty(); }
    std::span<const std::uint32_t> and_mask() const { return and_mask_; }
    std::span<const std::uint32_t> xor_mask() const { return xor_mask_; }

    bool operator==(const Cursor&) const = default;

private:
    int width_ = 0;
    int height_ = 0;
    int hot_x_ = 0;
    int hot_y_ = 0;
    std::vector<std::uint32_t> argb_;
    std::vector<std::uint32_t> and_mask_, xor_mask_; // words 0x00RRGGBB
};

} // namespace qio::ui
