// How a client wants its pixels, and the conversion to it.
#include "ui/pixel-format.hpp"

#include <cassert>
#include <cstring>
#include <string>

#include "ui/vectorized.hpp"

namespace qio::ui {

namespace {

Error refused(const std::string& why) {
    return {ErrorKind::protocol, 0, "pixel format refused: " + why};
}

/// The bits of a channel inside a pixel, 0 if it has none or they do not fit.
std::uint64_t channel_mask(std::uint16_t max, std::uint8_t shift, unsigned pixel_bits) {
    const bool is_all_ones = (max & (max + 1u)) == 0;
    if (!is_all_ones || shift + unsigned(std::bit_width(max)) > pixel_bits)
        return 0;
    return std::uint64_t(max) << shift;
}

} // namespace

Result<void> check(const PixelFormat& format) {
    const unsigned bits = format.bits_per_pixel;
    if (bits != 8 && bits != 16 && bits != 32)
        return refused(std::to_string(bits) + " bits per pixel");
    if (format.depth > bits)
        return refused("depth " + std::to_string(format.depth) + " in " +
                       std::to_string(bits) + " bits");
    if (!format.true_colour)
        return {};
    const auto red = channel_mask(format.red_max, format.red_shift, bits);
    const auto green = channel_mask(format.green_max, format.green_shift, bits);
    const auto blue = channel_mask(format.blue_max, format.blue_shift, bits);
    if (red == 0 || green == 0 || blue == 0)
        return refused("a channel is no field of the pixel");
    if ((red & green) != 0 || (red & blue) != 0 || (green & blue) != 0)
        return refused("channels overlap");
    return {};
}

namespace {

// The map's indices, as a format: what clients without true colours get.
constexpr unsigned map_red_max = 7, map_green_max = 7, map_blue_max = 3;
constexpr unsigned map_red_shift = 0, map_green_shift = 3, map_blue_shift = 6;

std::uint16_t intensity(unsigned index, unsigned shift, unsigned max) {
    return std::uint16_t((index >> shift & max) * 65535u / max);
}

} // namespace

std::array<ColourMapEntry, 256> colour_map() {
    std::array<ColourMapEntry, 256> map;
    for (unsigned i = 0; i < map.size(); ++i)
        map[i] = {intensity(i, map_red_shift, map_red_max),
                  intensity(i, map_green_shift, map_green_max),
                  intensity(i, map_blue_shift, map_blue_max)};
    return map;
}

/// The loops behind PixelConverter::convert(), without a branch per pixel.
struct PixelConverter::Rows {
    template <bool swap, class Pixel>
    static void store(Pixel value, std::byte* out) {
        if constexpr (swap && sizeof(Pixel) > 1)
            value = std::byteswap(value);
        std::memcpy(out, &value, sizeof value);
    }

    /// The client's pixels are our own, except perhaps for the order of the bytes.
    template <bool swap>
    static void same_layout(const PixelConverter&, const std::uint32_t* __restrict in,
                            std::size_t count, std::byte* __restrict out) {
        for (std::size_t i = 0; i < count; ++i)
            store<swap>(in[i] & 0x00FFFFFFu, out + i * sizeof in[i]);
    }

    template <class Pixel, bool swap>
    static void any_layout(const PixelConverter& converter,
                           const std::uint32_t* __restrict in, std::size_t count,
                           std::byte* __restrict out) {
        const auto red = converter.red_, green = converter.green_, blue = converter.blue_;
        for (std::size_t i = 0; i < count; ++i) {
            const std::uint32_t value = placed(in[i] >> 16, red) |
                                        placed(in[i] >> 8, green) | placed(in[i], blue);
            store<swap>(Pixel(value), out + i * sizeof(Pixel));
        }
    }

    template <bool swap>
    static ConvertRow* choose(const PixelFormat& format) {
        PixelFormat same = server_native();
        same.depth = format.depth;
        same.big_endian = format.big_endian;
        if (format == same)
            return &same_layout<swap>;
        switch (format.bits_per_pixel) {
        case 8:
            return &any_layout<std::uint8_t, swap>;
        case 16:
            return &any_layout<std::uint16_t, swap>;
        default:
            return &any_layout<std::uint32_t, swap>;
        }
    }
};

PixelConverter::Place PixelConverter::place(unsigned max, unsigned shift) {
    return {std::uint8_t(16 - std::bit_width(max)), std::uint8_t(shift)};
}

PixelConverter::PixelConverter(const PixelFormat& format)
    : format_(format), red_(place(format.red_max, format.red_shift)),
      green_(place(format.green_max, format.green_shift)),
      blue_(place(format.blue_max, format.blue_shift)) {
    assert(check(format).has_value());
    if (!format.true_colour) {
        red_ = place(map_red_max, map_red_shift);
        green_ = place(map_green_max, map_green_shift);
        blue_ = place(map_blue_max, map_blue_shift);
    }
    const bool swap = format.big_endian != server_native().big_endian;
    convert_ = swap ? Rows::choose<true>(format) : Rows::choose<false>(format);
}

bool PixelConverter::is_identity() const {
    return convert_ == &Rows::same_layout<false>;
}

} // namespace qio::ui
