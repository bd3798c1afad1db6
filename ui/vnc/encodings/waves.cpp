// The wavelets of ZYWRLE, which lose detail of a tile.
#include "ui/vnc/encodings/waves.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace qio::vnc {

namespace {

// What is left of a coefficient: of `sizes` steps, denser near zero; 1: nothing.
enum class Loss : std::uint8_t { all, two_sizes, eight_sizes, sixteen_sizes };
constexpr int sizes_of[] = {1, 2, 8, 16};

struct WaveLosses {
    Loss luma, colour;
};
// By level - 1 and wave, the finest first.
constexpr WaveLosses losses[Waves::max_level][Waves::max_level] = {
    {{Loss::eight_sizes, Loss::all}},
    {{Loss::two_sizes, Loss::all}, {Loss::sixteen_sizes, Loss::sixteen_sizes}},
    {{Loss::two_sizes, Loss::all},
     {Loss::eight_sizes, Loss::eight_sizes},
     {Loss::sixteen_sizes, Loss::sixteen_sizes}},
};

using Table = std::array<std::int8_t, 256>; // by the coefficient's byte

Table table_of(int sizes) {
    Table table{};
    for (int value = -127; value <= 127; ++value) {
        const double share = value / 128.0 * (value / 128.0);
        const auto size = std::min(std::lround(share * sizes), long(sizes - 1));
        const auto kept = 8 * std::lround(16 * std::sqrt(double(size) / sizes));
        table[std::uint8_t(value)] = std::int8_t(value < 0 ? -kept : kept);
    }
    return table;
}

const Table& table_of(Loss loss) {
    static const std::array<Table, std::size(sizes_of)> tables = [] {
        std::array<Table, std::size(sizes_of)> all;
        std::ranges::transform(sizes_of, all.begin(), [](int n) { return table_of(n); });
        return all;
    }();
    return tables[std::size_t(loss)];
}

std::int8_t wrapped(int value) {
    return std::int8_t(std::uint8_t(value));
}

bool same_sign(int a, int b) {
    return (a < 0) == (b < 0);
}

/// The Haar wavelet of two values, kept in their range: first becomes low, second high.
void transform_pair(std::int8_t& first, std::int8_t& second) {
    const std::int8_t a = first, b = second;
    if (same_sign(a, b)) {
        const auto high = wrapped(a - b);
        first = same_sign(high, a) ? a : b;
        second = high;
        return;
    }
    const auto low = wrapped(a + b);
    first = low;
    second = same_sign(low, b) ? wrapped(a - low) : a;
}

/// -128 has none.
std::int8_t with_opposite(int value) {
    return std::int8_t(std::max(value, -127));
}

bool is_byte(unsigned max, unsigned shift, unsigned at) {
    return max == 255 && shift == at;
}

} // namespace

bool Waves::fit(const ui::PixelFormat& format) {
    const auto has_red_and_blue_at = [&](unsigned red, unsigned blue) {
        return is_byte(format.red_max, format.red_shift, red) &&
               is_byte(format.blue_max, format.blue_shift, blue);
    };
    return format.true_colour && format.bits_per_pixel == 32 && format.depth <= 24 &&
           is_byte(format.green_max, format.green_shift, 8) &&
           (has_red_and_blue_at(16, 0) || has_red_and_blue_at(0, 16));
}

void Waves::load(const std::uint32_t* words, int width) {
    for (int y = 0; y < height_; ++y, words += width)
        for (int x = 0; x < width_; ++x) {
            const auto colour = words[x];
            const int red = int(colour >> 16 & 0xFF), green = int(colour >> 8 & 0xFF),
                      blue = int(colour & 0xFF);
            const auto at = std::size_t(y) * stride + std::size_t(x);
            planes_[luma][at] = with_opposite(((red + 2 * green + blue) >> 2) - 128);
            planes_[blueness][at] = with_opposite((blue - green) >> 1);
            planes_[redness][at] = with_opposite((red - green) >> 1);
        }
}

/// One wave: values `step` apart, along rows first.
void Waves::transform(Plane& plane, int step) const {
    const auto down = std::size_t(step) * stride;
    for (int y = 0; y < height_; y += step) {
        auto* const row = plane.data() + std::size_t(y) * stride;
        for (int x = 0; x < width_; x += 2 * step)
            transform_pair(row[x], row[x + step]);
    }
    for (int y = 0; y < height_; y += 2 * step) {
        auto* const row = plane.data() + std::size_t(y) * stride;
        for (int x = 0; x < width_; x += step)
            transform_pair(row[x], row[std::size_t(x) + down]);
    }
}

/// What is not low in both directions.
void Waves::quantise(Channel channel, int wave) {
    const auto& wanted = losses[level_ - 1][wave];
    const auto& table = table_of(channel == luma ? wanted.luma : wanted.colour);
    const int step = 1 << wave;
    for (int y = 0; y < height_; y += step) {
        auto* const row = planes_[channel].data() + std::size_t(y) * stride;
        const bool is_high = (y & step) != 0;
        for (int x = is_high ? 0 : step; x < width_; x += is_high ? step : 2 * step)
            row[x] = table[std::uint8_t(row[x])];
    }
}

/// One sub-band as words, row after row.
std::uint32_t* Waves::store(std::uint32_t* to, int first_x, int first_y, int step) const {
    for (int y = first_y; y < height_; y += step)
        for (int x = first_x; x < width_; x += step) {
            const auto at = std::size_t(y) * stride + std::size_t(x);
            const auto byte = [&](Channel channel) {
                return std::uint32_t(std::uint8_t(planes_[channel][at]));
            };
            *to++ = byte(redness) << 16 | byte(luma) << 8 | byte(blueness);
        }
    return to;
}

bool Waves::apply(std::uint32_t* words, int width, int height, int level) {
    assert(level >= 1 && level <= max_level && width <= max_side && height <= max_side);
    level_ = level;
    const int grid = 1 << level_;
    width_ = width & ~(grid - 1);
    height_ = height & ~(grid - 1);
    if (width_ == 0 || height_ == 0)
        return false;
    load(words, width);
    for (const auto channel : {luma, blueness, redness})
        for (int wave = 0; wave < level_; ++wave) {
            transform(planes_[channel], 1 << wave);
            quantise(channel, wave);
        }
    auto* to = words_.data();
    for (int step = 1; step < grid; step *= 2) {
        to = store(to, step, step, 2 * step);
        to = store(to, 0, step, 2 * step);
        to = store(to, step, 0, 2 * step);
    }
    to = store(to, 0, 0, grid);
    const auto keep = [&](int first_x, int end_x, int first_y, int end_y) {
        for (int y = first_y; y < end_y; ++y)
            to = std::copy(words + y * width + first_x, words + y * width + end_x, to);
    };
    keep(width_, width, 0, height_);
    keep(0, width_, height_, height);
    keep(width_, width, height_, height);
    std::copy(words_.data(), to, words);
    return true;
}

} // namespace qio::vnc
