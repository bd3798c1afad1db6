// How a client wants its pixels, and the conversion to it. Source: RFC 6143 §7.4.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include "io/base/api.hpp"
#include "io/base/error.hpp"

namespace qio::ui {

/// The protocol's PIXEL_FORMAT. A default one is the format of our own pixels: native
/// words 0x00RRGGBB.
struct PixelFormat {
    std::uint8_t bits_per_pixel = 32;
    std::uint8_t depth = 24;
    bool big_endian = std::endian::native == std::endian::big;
    bool true_colour = true; ///< otherwise pixels index colour_map()
    std::uint16_t red_max = 255;
    std::uint16_t green_max = 255;
    std::uint16_t blue_max = 255;
    std::uint8_t red_shift = 16;
    std::uint8_t green_shift = 8;
    std::uint8_t blue_shift = 0;

    bool operator==(const PixelFormat&) const = default;
};

/// The format that costs no conversion.
constexpr PixelFormat server_native() {
    return {};
}

/// Whether pixels can be converted to the format: 8, 16 or 32 bits per pixel, no less
/// than the depth; with true colours, each maximum is 2^n - 1 and not 0, each channel
/// lies inside the pixel, and no two overlap. Without them only the sizes count.
/// Errors: protocol.
QIO_API Result<void> check(const PixelFormat& format);

/// One colour of a map, full intensity = 65535.
struct ColourMapEntry {
    std::uint16_t red = 0;
    std::uint16_t green = 0;
    std::uint16_t blue = 0;

    bool operator==(const ColourMapEntry&) const = default;
};

/// The map of clients without true colours: index bits 0-2 red, 3-5 green, 6-7 blue.
QIO_API std::array<ColourMapEntry, 256> colour_map();

/// Turns native pixels into a client's bytes. A value type without a heap part.
///
/// Narrower channels keep the top bits, wider ones repeat them, so black and white stay
/// what they are. Bits outside the channels are zero whatever the pixels' top bytes hold.
class QIO_API PixelConverter {
public:
    /// Requires: check(format) passed.
    explicit PixelConverter(const PixelFormat& format = server_native());

    const PixelFormat& format() const { return format_; }
    std::size_t bytes_per_pixel() const { return format_.bits_per_pixel / 8u; }

    /// Whether a frame's pixels are the client's as they lie in memory.
    bool is_identity() const;

    /// Writes pixels.size() × bytes_per_pixel() bytes to `out`, at any alignment, which
    /// must not overlap the pixels. Context: any thread.
    void convert(std::span<const std::uint32_t> pixels, std::byte* out) const {
        convert_(*this, pixels.data(), pixels.size(), out);
    }

    /// The pixel's value in the client's format, before it is cut into bytes.
    std::uint32_t value(std::uint32_t pixel) const {
        return placed(pixel >> 16, red_) | placed(pixel >> 8, green_) |
               placed(pixel, blue_);
    }

private:
    struct Place {
        std::uint8_t drop;  // of the component repeated to 16 bits
        std::uint8_t shift; // in the client's pixel
    };
    struct Rows;
    using ConvertRow = void(const PixelConverter&, const std::uint32_t*, std::size_t,
                            std::byte*);

    static Place place(unsigned max, unsigned shift);
    static std::uint32_t placed(std::uint32_t component, Place place) {
        component &= 0xFF;
        return (component << 8 | component) >> place.drop << place.shift;
    }

    PixelFormat format_;
    Place red_, green_, blue_;
    ConvertRow* convert_;
};

} // namespace qio::ui
