// internal: pixels and cursors as they come in a message, checked before use.
#include "ui/dbus/picture.hpp"

#include <algorithm>
#include <climits>
#include <cstring>
#include <string>
#include <vector>

namespace qio::dbus {

namespace {

// What the enumeration of pixman can hold; other values may not even be converted to it.
constexpr std::uint32_t max_format_code = 0x3FFFFFFF;

Error refused(ErrorKind kind, const std::string& why) {
    return {kind, 0, "picture " + why};
}

/// Checks all but the bytes, by making a surface over `data`.
Result<std::shared_ptr<const ui::Surface>> wrap(const PictureLayout& layout,
                                                const void* data) {
    if (layout.format > max_format_code)
        return refused(ErrorKind::invalid_argument,
                       "format " + std::to_string(layout.format) + " is not supported");
    if (layout.width > INT_MAX || layout.height > INT_MAX)
        return refused(ErrorKind::limit, "is too large");
    if (layout.stride > INT_MAX)
        return refused(ErrorKind::invalid_argument, "stride is too large");
    // Nobody writes through a surface that is const.
    return QIO_TRY(ui::Surface::wrap(
        int(layout.width), int(layout.height), int(layout.stride),
        pixman_format_code_t(layout.format), const_cast<void*>(data), nullptr));
}

std::uint64_t bytes_of(const ui::Surface& surface) {
    const auto pixel = unsigned(PIXMAN_FORMAT_BPP(unsigned(surface.format()))) / 8;
    return std::uint64_t(surface.height() - 1) * std::uint64_t(surface.stride()) +
           std::uint64_t(surface.width()) * pixel;
}

} // namespace

Result<std::shared_ptr<const ui::Surface>> surface_over(const PictureLayout& layout,
                                                        ByteView bytes) {
    // A view of nothing may have no address; there is a clearer error for it below.
    static constexpr std::byte none{};
    auto surface = QIO_TRY(wrap(layout, bytes.empty() ? &none : bytes.data()));
    const std::uint64_t needed = bytes_of(*surface);
    if (bytes.size() < needed)
        return refused(ErrorKind::invalid_argument,
                       "has " + std::to_string(bytes.size()) + " bytes, not " +
                           std::to_string(needed));
    return surface;
}

Result<std::uint64_t> picture_bytes(const PictureLayout& layout) {
    static constexpr std::byte none{};
    return bytes_of(*QIO_TRY(wrap(layout, &none)));
}

Result<ui::Cursor> cursor_of(std::int32_t width, std::int32_t height, std::int32_t hot_x,
                             std::int32_t hot_y, ByteView argb) {
    if (argb.size() >
            sizeof(std::uint32_t) * ui::max_cursor_dimension * ui::max_cursor_dimension ||
        argb.size() % sizeof(std::uint32_t) != 0)
        return Error{ErrorKind::invalid_argument, 0,
                     "cursor of " + std::to_string(argb.size()) + " bytes"};
    std::vector<std::uint32_t> words(argb.size() / sizeof(std::uint32_t));
    if (!words.empty())
        std::memcpy(words.data(), argb.data(), argb.size());
    return ui::Cursor::make(width, height, std::clamp(hot_x, 0, std::max(width, 1) - 1),
                            std::clamp(hot_y, 0, std::max(height, 1) - 1),
                            std::move(words));
}

} // namespace qio::dbus
