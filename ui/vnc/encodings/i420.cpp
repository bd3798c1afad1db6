// A picture as video has it: its brightness, and its colours at half the size.
#include "ui/vnc/encodings/i420.hpp"

#include <cassert>

#include "ui/vectorized.hpp"

namespace qio::vnc {

namespace {

// BT.601 in 1/65536: what each of red, green and blue adds, over the whole range.
constexpr int precision = 16;
constexpr int half = 1 << (precision - 1);
constexpr int y_red = 16829, y_green = 33039, y_blue = 6416;
constexpr int cb_red = -9714, cb_green = -19071, cb_blue = 28785;
constexpr int cr_red = 28785, cr_green = -24103, cr_blue = -4682;
constexpr int y_black = 16, no_colour = 128;

int red(std::uint32_t pixel) {
    return int(pixel >> 16 & 0xFF);
}
int green(std::uint32_t pixel) {
    return int(pixel >> 8 & 0xFF);
}
int blue(std::uint32_t pixel) {
    return int(pixel & 0xFF);
}

void load_brightness(const std::uint32_t* __restrict pixels, int count,
                     std::uint8_t* __restrict y) {
    for (int i = 0; i < count; ++i)
        y[i] = std::uint8_t(((y_red * red(pixels[i]) + y_green * green(pixels[i]) +
                              y_blue * blue(pixels[i]) + half) >>
                             precision) +
                            y_black);
}

/// Of two rows, `count` times two pixels each.
void load_colours(const std::uint32_t* __restrict upper,
                  const std::uint32_t* __restrict lower, int count,
                  std::uint8_t* __restrict cb, std::uint8_t* __restrict cr) {
    // Of the sum of four.
    constexpr int sum_precision = precision + 2, sum_half = 1 << (sum_precision - 1);
    for (int i = 0; i < count; ++i) {
        const auto a = upper[2 * i], b = upper[2 * i + 1];
        const auto c = lower[2 * i], d = lower[2 * i + 1];
        const int r = red(a) + red(b) + red(c) + red(d);
        const int g = green(a) + green(b) + green(c) + green(d);
        const int bl = blue(a) + blue(b) + blue(c) + blue(d);
        cb[i] = std::uint8_t(
            ((cb_red * r + cb_green * g + cb_blue * bl + sum_half) >> sum_precision) +
            no_colour);
        cr[i] = std::uint8_t(
            ((cr_red * r + cr_green * g + cr_blue * bl + sum_half) >> sum_precision) +
            no_colour);
    }
}

} // namespace

void I420::load(const ui::Frame& frame, const ui::Rect& rect) {
    assert(frame.bounds().contains(rect) && rect.width % 2 == 0 && rect.height % 2 == 0);
    width_ = rect.width;
    height_ = rect.height;
    const auto pixels = std::size_t(width_) * std::size_t(height_);
    planes_[0].resize(pixels);
    planes_[1].resize(pixels / 4);
    planes_[2].resize(pixels / 4);
    for (int row = 0; row < height_; row += 2) {
        const auto* const upper = frame.row(rect.y + row) + rect.x;
        const auto* const lower = frame.row(rect.y + row + 1) + rect.x;
        auto* const y = planes_[0].data() + std::size_t(row) * stride(0);
        load_brightness(upper, width_, y);
        load_brightness(lower, width_, y + stride(0));
        const auto colours = std::size_t(row / 2) * stride(1);
        load_colours(upper, lower, width_ / 2, planes_[1].data() + colours,
                     planes_[2].data() + colours);
    }
}

} // namespace qio::vnc
