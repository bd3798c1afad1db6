// internal: pixels and cursors as they come in a message, checked before use.
#pragma once

#include <cstdint>
#include <memory>

#include "io/base/bytes.hpp"
#include "io/base/error.hpp"
#include "ui/cursor.hpp"
#include "ui/surface.hpp"

namespace qio::dbus {

/// How the machine describes the memory of a picture. Any values are possible.
struct PictureLayout {
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    std::uint32_t stride = 0; ///< bytes from row to row
    std::uint32_t format = 0; ///< a code of pixman

    bool operator==(const PictureLayout&) const = default;
};

/// A surface over the message's own bytes, which may lie at any address.
/// Errors: invalid_argument (format, stride, too few bytes), limit (size, or none).
/// Lifetime: `bytes` must live as long as the surface.
Result<std::shared_ptr<const ui::Surface>> surface_over(const PictureLayout& layout,
                                                        ByteView bytes);

/// How many bytes such a picture takes: its last row ends with the last pixel.
/// Errors: as surface_over(), but for the bytes.
Result<std::uint64_t> picture_bytes(const PictureLayout& layout);

/// A cursor of native words 0xAARRGGBB. A hot spot outside is moved to the edge.
/// Errors: limit (size), invalid_argument (number of bytes).
Result<ui::Cursor> cursor_of(std::int32_t width, std::int32_t height, std::int32_t hot_x,
                             std::int32_t hot_y, ByteView argb);

} // namespace qio::dbus
