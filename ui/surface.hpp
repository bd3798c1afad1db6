// A picture in memory: the emulator draws in it, encoders read rows of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include <pixman.h>

#include "io/base/api.hpp"
#include "io/base/error.hpp"
#include "ui/rect.hpp"

namespace qio::ui {

/// The largest width and the largest height of a surface: the RFB wire allows 65535, but
/// at this size one picture takes 1 GiB already.
inline constexpr int max_surface_dimension = 16384;

/// Pixels of fixed size and format. The geometry never changes; the pixels may be written
/// at any time, also while others read them: a reader sees the old or the new value of
/// each pixel and must not rely on reading the same value twice.
class QIO_API Surface {
public:
    /// A surface with zeroed memory of its own, rows aligned to 4 bytes.
    /// Errors: invalid_argument (format), limit (size), exhausted (memory).
    static Result<std::shared_ptr<Surface>>
    create(int width, int height, pixman_format_code_t format = PIXMAN_x8r8g8b8);

    /// A surface over memory of somebody else, `stride` bytes from row to row and
    /// `height - 1` strides and one row of pixels long.
    /// Errors: invalid_argument (format, stride, no data), limit (size).
    /// Lifetime: `keep_alive` is held as long as the surface; it may be empty if `data`
    /// is known to live longer.
    static Result<std::shared_ptr<Surface>> wrap(int width, int height, int stride,
                                                 pixman_format_code_t format, void* data,
                                                 std::shared_ptr<void> keep_alive);

    int width() const { return width_; }
    int height() const { return height_; }
    /// Bytes from one row to the next; rows may be padded.
    int stride() const { return stride_; }
    pixman_format_code_t format() const { return format_; }
    Rect bounds() const { return {0, 0, width_, height_}; }

    /// The pixels of row `y` in the surface's own format. Requires: 0 ≤ y < height().
    std::byte* row(int y) { return data_ + std::size_t(y) * std::size_t(stride_); }
    const std::byte* row(int y) const {
        return data_ + std::size_t(y) * std::size_t(stride_);
    }

    /// `count` pixels from (x, y) on as native words 0x??RRGGBB; the top byte is
    /// undefined. Either the surface's own memory or `scratch`, which has room for
    /// `count` words, filled with converted pixels.
    /// Requires: the pixels lie inside the surface. Context: any thread.
    const std::uint32_t* read_row(int x, int y, int count, std::uint32_t* scratch) const;

    Surface(const Surface&) = delete;
    Surface& operator=(const Surface&) = delete;

private:
    Surface(int width, int height, int stride, pixman_format_code_t format,
            std::byte* data, std::shared_ptr<void> keep_alive);

    int width_;
    int height_;
    int stride_;
    pixman_format_code_t format_;
    bool native_; // the memory can be read as 0x??RRGGBB words as it is
    std::byte* data_;
    std::shared_ptr<void> keep_alive_;
};

} // namespace qio::ui
