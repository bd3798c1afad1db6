// What Tight makes of pixels before they are compressed.
#include "ui/vnc/encodings/tight-filters.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "ui/vnc/encodings/pixel-runs.hpp"
#include "ui/vnc/encodings/tight-pixels.hpp"

#include "ui/vectorized.hpp"

namespace qio::vnc {

void pack_bits(std::span<const std::uint32_t> pixels, std::uint32_t background,
               std::byte* out) {
    constexpr std::size_t byte_bits = 8;
    std::size_t x = 0;
    for (; x + byte_bits <= pixels.size(); x += byte_bits) {
        unsigned bits = 0;
        for (std::size_t i = 0; i < byte_bits; ++i)
            bits |= unsigned(pixels[x + i] != background) << (byte_bits - 1 - i);
        *out++ = std::byte(bits);
    }
    if (x == pixels.size())
        return;
    unsigned bits = 0;
    for (std::size_t i = 0; x + i < pixels.size(); ++i)
        bits |= unsigned(pixels[x + i] != background) << (byte_bits - 1 - i);
    *out = std::byte(bits);
}

void index_pixels(const ui::Frame& frame, const ui::Rect& rect, const Palette& palette,
                  Bytes& out) {
    const bool is_mono = palette.colours().size() == 2;
    const auto width = std::size_t(rect.width);
    const auto row_bytes = is_mono ? (width + 7) / 8 : width;
    out.resize(row_bytes * std::size_t(rect.height));
    const std::uint32_t* above = nullptr;
    auto* to = out.data();
    for (int y = rect.y; y < rect.y + rect.height; ++y, to += row_bytes) {
        const auto* const row = frame.row(y) + rect.x;
        if (above != nullptr && same_pixels(row, above, width))
            std::memcpy(to, to - row_bytes, row_bytes);
        else if (is_mono)
            pack_bits({row, width}, palette.colours()[0], to);
        else
            palette.index({row, width}, to);
        above = row;
    }
}

namespace {

constexpr std::size_t channels = 3;

/// `count` differences; above and current have another pixel in front of them.
void subtract_guesses(const std::byte* above, const std::byte* current, std::size_t count,
                      std::byte* out) {
    const auto* const up = reinterpret_cast<const std::uint8_t*>(above);
    const auto* const row = reinterpret_cast<const std::uint8_t*>(current);
    auto* const to = reinterpret_cast<std::uint8_t*>(out);
    for (std::size_t i = 0; i < count; ++i) {
        const int guess = row[i] + up[i + channels] - up[i];
        to[i] = std::uint8_t(row[i + channels] - std::clamp(guess, 0, 255));
    }
}

} // namespace

void GradientFilter::apply(const ui::Frame& frame, const ui::Rect& rect, Bytes& out) {
    const auto width = std::size_t(rect.width);
    const auto row_bytes = width * channels;
    // What lies outside counts as zero.
    above_.assign(channels + row_bytes, std::byte{});
    current_.assign(channels + row_bytes, std::byte{});
    out.resize(row_bytes * std::size_t(rect.height));
    auto* to = out.data();
    for (int y = rect.y; y < rect.y + rect.height; ++y, to += row_bytes) {
        write_rgb({frame.row(y) + rect.x, width}, current_.data() + channels);
        subtract_guesses(above_.data(), current_.data(), row_bytes, to);
        above_.swap(current_);
    }
}

bool is_smooth(const ui::Frame& frame, const ui::Rect& rect) {
    constexpr int near = 2;      // a difference that costs few bits
    constexpr int row_step = 16; // only some rows are looked at
    int looked_at = 0, good = 0;
    for (int y = rect.y + 1; y < rect.y + rect.height; y += row_step) {
        const auto *const row = frame.row(y), *const up = frame.row(y - 1);
        for (int x = rect.x + 1; x < rect.x + rect.width; ++x) {
            int worst = 0;
            for (const int shift : {0, 8, 16}) {
                const auto value = [&](std::uint32_t pixel) {
                    return int(pixel >> shift & 0xFF);
                };
                const int guess = value(row[x - 1]) + value(up[x]) - value(up[x - 1]);
                worst = std::max(worst, std::abs(value(row[x]) - guess));
            }
            ++looked_at;
            good += worst <= near;
        }
        if (good < looked_at / 2)
            return false;
    }
    return looked_at > 0 && good > looked_at / 4 * 3;
}

} // namespace qio::vnc
