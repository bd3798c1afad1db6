// A picture in memory: the emulator draws in it, encoders read rows of it.
#include "ui/surface.hpp"

#include <bit>
#include <cassert>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>

#include "ui/vectorized.hpp"

namespace qio::ui {

namespace {

struct Channel {
    unsigned shift;
    unsigned bits;
};

/// Where a format keeps its colours in the pixel's native word.
struct Layout {
    unsigned bytes;
    Channel red, green, blue;
};

std::optional<Layout> layout_of(pixman_format_code_t format) {
    switch (unsigned(format)) {
    case PIXMAN_x8r8g8b8:
    case PIXMAN_a8r8g8b8:
        return Layout{4, {16, 8}, {8, 8}, {0, 8}};
    case PIXMAN_x8b8g8r8:
    case PIXMAN_a8b8g8r8:
        return Layout{4, {0, 8}, {8, 8}, {16, 8}};
    case PIXMAN_b8g8r8x8:
    case PIXMAN_b8g8r8a8:
        return Layout{4, {8, 8}, {16, 8}, {24, 8}};
    case PIXMAN_r8g8b8x8:
    case PIXMAN_r8g8b8a8:
        return Layout{4, {24, 8}, {16, 8}, {8, 8}};
    case PIXMAN_r8g8b8:
        return Layout{3, {16, 8}, {8, 8}, {0, 8}};
    case PIXMAN_b8g8r8:
        return Layout{3, {0, 8}, {8, 8}, {16, 8}};
    case PIXMAN_r5g6b5:
        return Layout{2, {11, 5}, {5, 6}, {0, 5}};
    case PIXMAN_x1r5g5b5:
        return Layout{2, {10, 5}, {5, 5}, {0, 5}};
    default:
        return std::nullopt;
    }
}

template <unsigned bytes>
std::uint32_t load_pixel(const std::byte* from) {
    constexpr bool little = std::endian::native == std::endian::little;
    if constexpr (bytes == 4) {
        std::uint32_t word;
        std::memcpy(&word, from, sizeof word);
        return word;
    } else if constexpr (bytes == 2) {
        std::uint16_t word;
        std::memcpy(&word, from, sizeof word);
        return word;
    } else {
        return std::uint32_t(from[little ? 0 : 2]) | std::uint32_t(from[1]) << 8 |
               std::uint32_t(from[little ? 2 : 0]) << 16;
    }
}

/// The channel widened to 8 bits by repeating its top bits. Requires: 4 ≤ bits ≤ 8.
inline std::uint32_t widened(std::uint32_t pixel, Channel channel) {
    const std::uint32_t value = pixel >> channel.shift & ((1u << channel.bits) - 1);
    return value << (8 - channel.bits) | value >> (2 * channel.bits - 8);
}

template <unsigned bytes>
void convert_row(const Layout layout, const std::byte* __restrict from, int count,
                 std::uint32_t* __restrict out) {
    for (int i = 0; i < count; ++i) {
        const std::uint32_t pixel = load_pixel<bytes>(from + std::size_t(i) * bytes);
        out[i] = widened(pixel, layout.red) << 16 | widened(pixel, layout.green) << 8 |
                 widened(pixel, layout.blue);
    }
}

bool is_native(pixman_format_code_t format, const std::byte* data, int stride) {
    return (format == PIXMAN_x8r8g8b8 || format == PIXMAN_a8r8g8b8) &&
           std::bit_cast<std::uintptr_t>(data) % alignof(std::uint32_t) == 0 &&
           stride % int(sizeof(std::uint32_t)) == 0;
}

Result<Layout> check_geometry(int width, int height, pixman_format_code_t format) {
    const auto layout = layout_of(format);
    if (!layout)
        return Error{ErrorKind::invalid_argument, 0,
                     "surface format " + std::to_string(unsigned(format)) +
                         " is not supported"};
    if (width < 1 || height < 1 || width > max_surface_dimension ||
        height > max_surface_dimension)
        return Error{ErrorKind::limit, 0,
                     "surface of " + std::to_string(width) + "x" +
                         std::to_string(height) + " pixels: each side must be 1 to " +
                         std::to_string(max_surface_dimension)};
    return *layout;
}

} // namespace

Surface::Surface(int width, int height, int stride, pixman_format_code_t format,
                 std::byte* data, std::shared_ptr<void> keep_alive)
    : width_(width), height_(height), stride_(stride), format_(format),
      native_(is_native(format, data, stride)), data_(data),
      keep_alive_(std::move(keep_alive)) {}

Result<std::shared_ptr<Surface>> Surface::create(int width, int height,
                                                 pixman_format_code_t format) {
    const auto layout = QIO_TRY(check_geometry(width, height, format));
    const int stride = (width * int(layout.bytes) + 3) / 4 * 4;
    // calloc: the pages of a large surface stay untouched until they are drawn on.
    std::shared_ptr<void> memory(std::calloc(std::size_t(height), std::size_t(stride)),
                                 &std::free);
    if (!memory)
        return Error{ErrorKind::exhausted, 0, "no memory for a surface"};
    return wrap(width, height, stride, format, memory.get(), memory);
}

Result<std::shared_ptr<Surface>> Surface::wrap(int width, int height, int stride,
                                               pixman_format_code_t format, void* data,
                                               std::shared_ptr<void> keep_alive) {
    const auto layout = QIO_TRY(check_geometry(width, height, format));
    if (stride < width * int(layout.bytes))
        return Error{ErrorKind::invalid_argument, 0,
                     "surface stride " + std::to_string(stride) +
                         " is shorter than a row of pixels"};
    if (data == nullptr)
        return Error{ErrorKind::invalid_argument, 0, "surface without memory"};
    return std::shared_ptr<Surface>(new Surface(width, height, stride, format,
                                                static_cast<std::byte*>(data),
                                                std::move(keep_alive)));
}

const std::uint32_t* Surface::read_row(int x, int y, int count,
                                       std::uint32_t* scratch) const {
    assert(bounds().contains(Rect{x, y, count, 1}));
    const Layout layout = *layout_of(format_);
    const std::byte* from = row(y) + std::size_t(x) * layout.bytes;
    if (native_)
        return static_cast<const std::uint32_t*>(static_cast<const void*>(from));
    switch (layout.bytes) {
    case 2:
        convert_row<2>(layout, from, count, scratch);
        break;
    case 3:
        convert_row<3>(layout, from, count, scratch);
        break;
    default:
        convert_row<4>(layout, from, count, scratch);
    }
    return scratch;
}

} // namespace qio::ui
