// Pixels as Tight sends them.
#include "ui/vnc/encodings/tight-pixels.hpp"

namespace qio::vnc {

namespace {

bool has_three_bytes(const ui::PixelFormat& format) {
    return format.true_colour && format.bits_per_pixel == 32 && format.depth == 24 &&
           format.red_max == 255 && format.green_max == 255 && format.blue_max == 255;
}

} // namespace

void write_rgb(std::span<const std::uint32_t> pixels, std::byte* out) {
    std::size_t i = 0;
    // Four pixels are three words.
    for (; i + 4 <= pixels.size(); i += 4, out += 12) {
        const auto a = pixels[i], b = pixels[i + 1] & 0xFFFFFF;
        const auto c = pixels[i + 2] & 0xFFFFFF, d = pixels[i + 3] & 0xFFFFFF;
        store_be(out, a << 8 | b >> 16);
        store_be(out + 4, b << 16 | c >> 8);
        store_be(out + 8, c << 24 | d);
    }
    for (; i < pixels.size(); ++i) {
        *out++ = std::byte(pixels[i] >> 16);
        *out++ = std::byte(pixels[i] >> 8);
        *out++ = std::byte(pixels[i]);
    }
}

TightPixels::TightPixels(const ui::PixelFormat& format)
    : converter_(format), is_rgb_(has_three_bytes(format)) {}

} // namespace qio::vnc
