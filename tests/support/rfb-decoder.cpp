// The client's half of pixel data, written from the RFB text alone.
#include "tests/support/rfb-decoder.hpp"

#include <cmath>

namespace qio::test {

namespace {

std::uint32_t scaled(double value, double max) {
    return std::uint32_t(std::lround(value * 255 / max));
}

/// Keeps the top bits of an 8-bit channel, and scales what is left back to 8 bits.
std::uint32_t reduced_channel(std::uint32_t value, std::uint32_t max) {
    const double kept =
        max >= 255 ? value * 257.0 / 65535 * max : std::floor(value * (max + 1.0) / 256);
    return scaled(std::floor(kept + 1e-6), max);
}

} // namespace

std::uint32_t RfbDecoder::colour(const std::byte* bytes) const {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes_per_pixel(); ++i) {
        const auto byte = std::to_integer<std::uint64_t>(bytes[i]);
        value = format_.big_endian ? value << 8 | byte : value | byte << 8 * i;
    }
    if (!format_.true_colour) {
        const auto& entry = map_[value & 0xFF];
        return scaled(entry.red, 65535) << 16 | scaled(entry.green, 65535) << 8 |
               scaled(entry.blue, 65535);
    }
    const auto channel = [value](unsigned shift, unsigned max) {
        return scaled(double(value >> shift & max), max);
    };
    return channel(format_.red_shift, format_.red_max) << 16 |
           channel(format_.green_shift, format_.green_max) << 8 |
           channel(format_.blue_shift, format_.blue_max);
}

std::uint32_t RfbDecoder::reduced(std::uint32_t colour) const {
    const bool map = !format_.true_colour;
    return reduced_channel(colour >> 16 & 0xFF, map ? 7 : format_.red_max) << 16 |
           reduced_channel(colour >> 8 & 0xFF, map ? 7 : format_.green_max) << 8 |
           reduced_channel(colour & 0xFF, map ? 3 : format_.blue_max);
}

std::optional<Pixels> RfbDecoder::raw(ByteView payload, std::size_t count) const {
    if (payload.size() != count * bytes_per_pixel())
        return std::nullopt;
    Pixels pixels(count);
    for (std::size_t i = 0; i < count; ++i)
        pixels[i] = colour(payload.data() + i * bytes_per_pixel());
    return pixels;
}

} // namespace qio::test
