// A picture that moves in steps, the same in every run.
#include "tests/interop/scene.hpp"

#include <algorithm>
#include <cstdlib>

namespace qio::interop {

namespace {

constexpr int middle = 320, photo_end = 160, text_end = 400;
constexpr int glyph_width = 8, glyph_height = 16, scroll_rows = 8;

std::uint32_t mixed(std::uint32_t a, std::uint32_t b) {
    std::uint32_t hash = a * 0x9E3779B1u ^ b * 0x85EBCA77u;
    hash ^= hash >> 15;
    hash *= 0x2C1B3C6Du;
    return hash ^ hash >> 13;
}

/// Up and down between 0 and 255, in `period` pixels.
int wave(int at, int period) {
    return std::abs(at % period * 510 / period - 255);
}

std::uint32_t colour(int r, int g, int b) {
    const auto part = [](int value) { return std::uint32_t(std::clamp(value, 0, 255)); };
    return part(r) << 16 | part(g) << 8 | part(b);
}

std::uint32_t photo(int x, int y, int step) {
    x += 3 * step;
    const int grain = int(mixed(std::uint32_t(x), std::uint32_t(y)) & 7);
    return colour(wave(x + y, 211) + grain, wave(x + 2 * y, 331) + grain,
                  wave(3 * y + 40, 257) + grain);
}

/// Cells of twelve colours, one row of which changes.
std::uint32_t palette(int x, int y, int step) {
    const int row = y / 5;
    const int turn = row % 8 == step % 8 ? step : 0;
    const auto index = mixed(std::uint32_t(x / 9), std::uint32_t(row + 97 * turn)) % 12;
    return mixed(index, 4711) & 0xFFFFFF;
}

std::uint32_t text(int x, int y, int step) {
    y += scroll_rows * step;
    const int column = x % glyph_width, row = y % glyph_height;
    const auto glyph =
        mixed(std::uint32_t(x / glyph_width), std::uint32_t(y / glyph_height));
    const bool is_ink = column != 0 && row > 2 && row < 13 &&
                        (mixed(glyph % 61, std::uint32_t(row / 2)) >> column & 1) != 0;
    return is_ink ? 0x102040 : 0xFAFAF0;
}

std::uint32_t ground(int x, int y, int step) {
    const int left = 10 + 20 * step, top = text_end + 12;
    const bool is_inside = x >= left && x < left + 50 && y >= top && y < top + 50;
    return is_inside ? 0xE04020u + std::uint32_t(step) : 0x305878;
}

} // namespace

std::uint32_t scene_pixel(int x, int y, int step) {
    if (y < photo_end)
        return x < middle ? photo(x, y, step) : palette(x, y, step);
    return y < text_end ? text(x, y - photo_end, step) : ground(x, y, step);
}

void draw_scene(ui::Surface& surface, int step) {
    for (int y = 0; y < surface.height(); ++y) {
        auto* row = reinterpret_cast<std::uint32_t*>(surface.row(y));
        for (int x = 0; x < surface.width(); ++x)
            row[x] = scene_pixel(x, y, step);
    }
}

namespace {

int bits_of(unsigned max) {
    int bits = 0;
    for (; max != 0; max >>= 1)
        ++bits;
    return bits;
}

/// One channel of a pixel of ours keeps its top bits.
std::uint32_t channel(std::uint32_t value, unsigned max, unsigned shift) {
    return (value & 255) >> (8 - bits_of(max)) << shift;
}

std::uint32_t value_of(std::uint32_t pixel, const ui::PixelFormat& format) {
    return channel(pixel >> 16, format.red_max, format.red_shift) |
           channel(pixel >> 8, format.green_max, format.green_shift) |
           channel(pixel, format.blue_max, format.blue_shift);
}

std::uint32_t load(const std::byte* at, const ui::PixelFormat& format) {
    std::uint32_t value = 0;
    const int bytes = format.bits_per_pixel / 8;
    for (int i = 0; i < bytes; ++i)
        value |= std::uint32_t(at[i]) << 8 * (format.big_endian ? bytes - 1 - i : i);
    return value;
}

int distance(std::uint32_t one, std::uint32_t other, unsigned max, unsigned shift) {
    return std::abs(int(one >> shift & max) - int(other >> shift & max)) * 255 / int(max);
}

} // namespace

ExpectedScene::ExpectedScene(const ClientPicture& like, int step)
    : width_(like.width), height_(like.height), format_(like.format) {
    values_.reserve(std::size_t(width_) * std::size_t(height_));
    for (int y = 0; y < height_; ++y)
        for (int x = 0; x < width_; ++x)
            values_.push_back(value_of(scene_pixel(x, y, step), like.format));
}

bool ExpectedScene::fits(const ClientPicture& shown) const {
    return shown.width == width_ && shown.height == height_ && shown.format == format_;
}

Difference ExpectedScene::difference(const ClientPicture& shown) const {
    const auto& format = format_;
    const std::uint32_t mask = value_of(0xFFFFFF, format);
    Difference all;
    const std::uint32_t* wanted = values_.data();
    for (int y = 0; y < height_; ++y) {
        const std::byte* at = shown.data + std::size_t(y) * shown.stride;
        for (int x = 0; x < width_; ++x, at += format.bits_per_pixel / 8, ++wanted) {
            const std::uint32_t found = load(at, format) & mask;
            if (found == *wanted)
                continue;
            if (all.pixels++ == 0)
                all.x = x, all.y = y;
            all.largest = std::max(
                {all.largest, distance(found, *wanted, format.red_max, format.red_shift),
                 distance(found, *wanted, format.green_max, format.green_shift),
                 distance(found, *wanted, format.blue_max, format.blue_shift)});
        }
    }
    return all;
}

} // namespace qio::interop
