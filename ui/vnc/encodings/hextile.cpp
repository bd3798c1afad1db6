// Hextile encoding: small tiles of a background and rectangles on it.
#include "ui/vnc/encodings/hextile.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>

#include "ui/vnc/rfb/writer.hpp"

#include "ui/vectorized.hpp"

namespace qio::vnc {

namespace {

// Bits of a tile's first byte.
constexpr unsigned raw_bit = 1, background_bit = 2, foreground_bit = 4, subrects_bit = 8,
                   coloured_bit = 16;

using Flags = std::array<std::uint8_t, 16>; // each 0 or 1

/// One bit each, the first in the lowest.
std::uint16_t gather(const Flags& flags) {
    std::array<std::uint64_t, 2> halves;
    std::memcpy(halves.data(), flags.data(), sizeof halves);
    // The product moves the lowest bit of byte i to bit 56 + i, in memory order.
    constexpr std::uint64_t factor = std::endian::native == std::endian::little
                                         ? 0x0102040810204080
                                         : 0x8040201008040201;
    return std::uint16_t(halves[0] * factor >> 56 | halves[1] * factor >> 56 << 8);
}

std::uint16_t equal_bits(const std::uint32_t* a, const std::uint32_t* b) {
    Flags flags;
    for (std::size_t i = 0; i < flags.size(); ++i)
        flags[i] = a[i] == b[i] ? 1 : 0;
    return gather(flags);
}

std::uint16_t equal_bits(const std::uint32_t* a, std::uint32_t word) {
    Flags flags;
    for (std::size_t i = 0; i < flags.size(); ++i)
        flags[i] = a[i] == word ? 1 : 0;
    return gather(flags);
}

/// Four rows at once.
std::size_t count_bits(const std::array<std::uint16_t, HextileEncoder::side>& rows) {
    std::array<std::uint64_t, HextileEncoder::side / 4> wide;
    std::memcpy(wide.data(), rows.data(), sizeof wide);
    std::size_t count = 0;
    for (const auto word : wide)
        count += std::size_t(std::popcount(word));
    return count;
}

constexpr std::uint16_t first_bits(int count) {
    return std::uint16_t((1u << count) - 1);
}

} // namespace

void HextileEncoder::begin(const EncodeSettings& settings) {
    pixels_ = WirePixels(settings.format);
}

std::size_t HextileEncoder::encode(const ui::Frame& frame, const ui::Rect& rect,
                                   Bytes& out) {
    assert(!rect.empty() && frame.bounds().contains(rect));
    append_rectangle(out, rect, Encoding::Hextile);
    background_.reset();
    foreground_.reset();
    for (int y = 0; y < rect.height; y += side)
        for (int x = 0; x < rect.width; x += side) {
            const Shape shape{std::min(side, rect.width - x),
                              std::min(side, rect.height - y)};
            pixels_.load(frame, {rect.x + x, rect.y + y, shape.width, shape.height},
                         words_.data(), side);
            const std::byte* const end = encode_tile(shape);
            ByteWriter(out).put_bytes({tile_.data(), end});
        }
    return 1;
}

std::byte* HextileEncoder::encode_tile(Shape shape) {
    const auto same = load_masks(shape);
    if (same == shape.neighbours())
        return put_colours(words_[0], std::nullopt);
    // What is so unlike takes as much as its pixels, if not all is background: and then
    // the first rows would have few colours.
    if (same * 8 < shape.pixels() && shape.height > 2 &&
        count_words({shape.width, 2}).different() > max_counted)
        return raw(shape);
    const auto words = count_words(shape);
    const auto background = words.most_frequent();
    const bool is_coloured = words.different() > 2;
    // A rectangle of n pixels has at least n - 1 neighbours within that are equal, so
    // there are no fewer rectangles than this.
    const auto least =
        std::ptrdiff_t(shape.pixels() - words.most()) - std::ptrdiff_t(same);
    const auto each = std::ptrdiff_t(is_coloured ? pixels_.bytes() + 2 : 2);
    if (least * each > std::ptrdiff_t(shape.pixels() * pixels_.bytes()))
        return raw(shape);
    for (int y = 0; y < shape.height; ++y)
        left_[std::size_t(y)] = std::uint16_t(
            ~equal_bits(words_.data() + y * side, background) & first_bits(shape.width));
    auto* const at = put_colours(
        background, is_coloured ? std::nullopt : std::optional(words.other_of_two()));
    if (auto* const end = put_rectangles(at, shape, is_coloured)) {
        if (is_coloured)
            foreground_.reset();
        return end;
    }
    return raw(shape);
}

/// Nothing is certain behind it of what the client remembers.
std::byte* HextileEncoder::raw(Shape shape) {
    background_.reset();
    foreground_.reset();
    auto* at = tile_.data();
    *at++ = std::byte(raw_bit);
    for (int y = 0; y < shape.height; ++y)
        for (int x = 0; x < shape.width; ++x)
            at = pixels_.put(at, words_[std::size_t(y * side + x)]);
    return at;
}

/// Compares each pixel with its neighbours; returns how many pairs are equal.
std::size_t HextileEncoder::load_masks(Shape shape) {
    same_right_.fill(0);
    same_below_.fill(0);
    for (int y = 0; y < shape.height; ++y) {
        const auto* const row = words_.data() + y * side;
        const auto i = std::size_t(y);
        same_right_[i] = equal_bits(row, row + 1) & first_bits(shape.width - 1);
        same_below_[i] = y + 1 < shape.height
                             ? equal_bits(row, row + side) & first_bits(shape.width)
                             : 0;
    }
    return count_bits(same_right_) + count_bits(same_below_);
}

FrequentWords<HextileEncoder::max_counted>
HextileEncoder::count_words(Shape shape) const {
    FrequentWords<max_counted> words;
    for (int y = 0; y < shape.height; ++y) {
        const auto same = same_right_[std::size_t(y)];
        for (int x = 0; x < shape.width;) {
            const int run = 1 + std::countr_one(unsigned(same) >> x);
            words.add(words_[std::size_t(y * side + x)], std::size_t(run));
            x += run;
        }
    }
    return words;
}

/// The largest of two rectangles of one colour that start there, the one as wide as can
/// be, and the one as high; nothing of it has been sent.
HextileEncoder::Shape HextileEncoder::grow(int x, int y, int height) const {
    const auto run = [this](int row, int at) {
        const auto i = std::size_t(row);
        const unsigned joined = same_right_[i] & unsigned(left_[i]) >> 1;
        return 1 + std::countr_one(joined >> at);
    };
    const auto goes_on = [this](int row, unsigned bits) {
        const auto i = std::size_t(row);
        return (same_below_[i] & bits) == bits && (left_[i + 1] & bits) == bits;
    };
    Shape wide{run(y, x), 1};
    const unsigned bits = unsigned(first_bits(wide.width)) << x;
    while (y + wide.height < height && goes_on(y + wide.height - 1, bits))
        ++wide.height;
    if (wide.width == 1)
        return wide;
    Shape high = wide;
    while (y + high.height < height && goes_on(y + high.height - 1, 1u << x)) {
        high.width = std::min(high.width, run(y + high.height, x));
        ++high.height;
    }
    return high.pixels() > wide.pixels() ? high : wide;
}

/// Covers what is not background. Null: raw pixels take fewer bytes.
std::byte* HextileEncoder::put_rectangles(std::byte* at, Shape shape, bool is_coloured) {
    const auto* const limit = tile_.data() + 1 + shape.pixels() * pixels_.bytes();
    auto* const count = at++;
    tile_[0] |= std::byte(subrects_bit | (is_coloured ? coloured_bit : 0));
    unsigned rectangles = 0;
    for (int y = 0; y < shape.height; ++y)
        while (left_[std::size_t(y)] != 0) {
            const int x = std::countr_zero(left_[std::size_t(y)]);
            const auto grown = grow(x, y, shape.height);
            const auto bits = unsigned(first_bits(grown.width)) << x;
            for (int i = y; i < y + grown.height; ++i)
                left_[std::size_t(i)] &= std::uint16_t(~bits);
            if (is_coloured)
                at = pixels_.put(at, words_[std::size_t(y * side + x)]);
            *at++ = std::byte(x << 4 | y);
            *at++ = std::byte((grown.width - 1) << 4 | (grown.height - 1));
            ++rectangles;
            if (at > limit)
                return nullptr;
        }
    *count = std::byte(rectangles);
    return at;
}

/// The tile's first byte, and the colours that the client does not remember.
std::byte* HextileEncoder::put_colours(std::uint32_t background,
                                       std::optional<std::uint32_t> foreground) {
    unsigned bits = 0;
    auto* at = tile_.data() + 1;
    if (background_ != background) {
        bits |= background_bit;
        at = pixels_.put(at, background);
        background_ = background;
    }
    if (foreground && foreground_ != foreground) {
        bits |= foreground_bit;
        at = pixels_.put(at, *foreground);
        foreground_ = foreground;
    }
    tile_[0] = std::byte(bits);
    return at;
}

} // namespace qio::vnc
