// Pixels as a client reads them, in words that can be compared and counted.
#include "ui/vnc/encodings/wire-pixels.hpp"

#include <array>
#include <bit>
#include <cassert>

#include "ui/vectorized.hpp"

namespace qio::vnc {

namespace {

constexpr std::uint64_t low_bytes = 0x00FFFFFF, high_bytes = 0xFFFFFF00;

std::uint64_t mask(std::uint16_t max, std::uint8_t shift) {
    return std::uint64_t(max) << shift;
}

enum class Unsent : std::uint8_t { nothing, low_byte, high_byte };

/// Which byte of the value a CPIXEL leaves out.
Unsent unsent(const ui::PixelFormat& format) {
    if (!format.true_colour || format.bits_per_pixel != 32 || format.depth > 24)
        return Unsent::nothing;
    const auto used = mask(format.red_max, format.red_shift) |
                      mask(format.green_max, format.green_shift) |
                      mask(format.blue_max, format.blue_shift);
    if ((used & ~low_bytes) == 0)
        return Unsent::high_byte;
    return (used & ~high_bytes) == 0 ? Unsent::low_byte : Unsent::nothing;
}

template <class Value>
Value from_little_endian(Value value) {
    if constexpr (std::endian::native == std::endian::big && sizeof(Value) > 1)
        return std::byteswap(value);
    return value;
}

template <class Value>
void widen(const std::byte* bytes, std::size_t count, std::uint32_t* words) {
    for (std::size_t i = 0; i < count; ++i) {
        Value value;
        std::memcpy(&value, bytes + i * sizeof value, sizeof value);
        words[i] = from_little_endian(value);
    }
}

} // namespace

WirePixels::WirePixels(const ui::PixelFormat& format, Packing packing)
    : converter_(format), bytes_(converter_.bytes_per_pixel()) {
    const auto left_out = packing == Packing::cpixel ? unsent(format) : Unsent::nothing;
    if (left_out == Unsent::nothing)
        return;
    bytes_ = 3;
    // What is left out is the first byte on the wire, or the last.
    drop_bits_ = (left_out == Unsent::high_byte) == format.big_endian ? 8 : 0;
}

void WirePixels::load(const ui::Frame& frame, const ui::Rect& rect, std::uint32_t* words,
                      std::size_t stride) const {
    assert(rect.width <= max_width);
    const auto count = std::size_t(rect.width);
    std::array<std::byte, 2 * max_width> narrow;
    for (int y = rect.y; y < rect.y + rect.height; ++y, words += stride) {
        const std::uint32_t* const row = frame.row(y) + rect.x;
        if (bytes_ <= 2) {
            converter_.convert({row, count}, narrow.data());
            if (bytes_ == 1)
                widen<std::uint8_t>(narrow.data(), count, words);
            else
                widen<std::uint16_t>(narrow.data(), count, words);
            continue;
        }
        converter_.convert({row, count}, reinterpret_cast<std::byte*>(words));
        if (drop_bits_ != 0 || std::endian::native == std::endian::big)
            for (std::size_t i = 0; i < count; ++i)
                words[i] = from_little_endian(words[i]) >> drop_bits_;
    }
}

} // namespace qio::vnc
