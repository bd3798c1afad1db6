// The tiles that TRLE and ZRLE are made of: writing them as chosen.
#include <algorithm>
#include <cstring>

#include "ui/vnc/encodings/flag-bits.hpp"
#include "ui/vnc/encodings/zrle-tile.hpp"

namespace qio::vnc {

namespace {

/// One more than the sum of the bytes; 255 goes on.
std::byte* put_length(std::byte* out, std::size_t length) {
    for (--length; length >= 255; length -= 255)
        *out++ = std::byte(255);
    *out++ = std::byte(length);
    return out;
}

/// Packs 8 / bits indices into one byte, the first in its highest bits.
template <std::size_t bits>
std::byte pack(const std::uint8_t* indices, std::size_t count) {
    unsigned byte = 0;
    for (std::size_t i = 0; i < count; ++i)
        byte |= unsigned(indices[i]) << (8 - bits * (i + 1));
    return std::byte(byte);
}

template <std::size_t bits>
std::byte* pack_rows(const std::uint8_t* indices, std::size_t width, std::size_t height,
                     std::byte* out) {
    constexpr std::size_t in_byte = 8 / bits;
    for (std::size_t y = 0; y < height; ++y, indices += width) {
        std::size_t x = 0;
        for (; x + in_byte <= width; x += in_byte)
            *out++ = bits == 1 ? std::byte(FlagBits(indices + x).first_highest())
                               : pack<bits>(indices + x, in_byte);
        if (x < width)
            *out++ = pack<bits>(indices + x, width - x);
    }
    return out;
}

} // namespace

std::byte* ZrleTile::put_raw(std::byte* out) const {
    *out++ = std::byte(0);
    for (std::size_t i = 0; i < count_; ++i)
        out = pixels_.put(out, words_[i]);
    return out;
}

std::byte* ZrleTile::put_solid(std::byte* out) const {
    *out++ = std::byte(1);
    return pixels_.put(out, words_[0]);
}

std::byte* ZrleTile::put_runs(std::byte* out) const {
    *out++ = std::byte(128);
    for (std::size_t run = 0; run < runs_; ++run)
        out = put_length(pixels_.put(out, words_[starts_[run]]), run_length(run));
    return out;
}

std::byte* ZrleTile::put_runs_of_one(std::byte* out) const {
    *out++ = std::byte(128);
    for (std::size_t i = 0; i < count_; ++i)
        out = put_length(pixels_.put(out, words_[i]), 1);
    return out;
}

std::byte* ZrleTile::put_palette(std::byte* out, unsigned type, bool is_shared) const {
    *out++ = std::byte(type);
    if (!is_shared)
        for (std::size_t i = 0; i < palette_.size; ++i)
            out = pixels_.put(out, palette_.words[i]);
    return out;
}

std::byte* ZrleTile::put_palette_runs(std::byte* out) const {
    for (std::size_t run = 0; run < runs_; ++run) {
        const auto length = run_length(run);
        const unsigned index = indices_[run];
        if (length == 1) {
            *out++ = std::byte(index);
            continue;
        }
        *out++ = std::byte(index | 128);
        out = put_length(out, length);
    }
    return out;
}

/// `colours` is the size of the palette that the indices are of.
std::byte* ZrleTile::put_packed(std::byte* out, std::size_t colours) {
    constexpr std::size_t wide = 8;
    for (std::size_t run = 0; run < runs_; ++run) {
        // Most runs are short; what is too much is overwritten by the next.
        std::memset(&spread_[starts_[run]], indices_[run], wide);
        if (run_length(run) > wide)
            std::memset(&spread_[starts_[run] + wide], indices_[run],
                        run_length(run) - wide);
    }
    if (colours <= 2)
        return pack_rows<1>(spread_.data(), width_, height_, out);
    if (colours <= 4)
        return pack_rows<2>(spread_.data(), width_, height_, out);
    return pack_rows<4>(spread_.data(), width_, height_, out);
}

} // namespace qio::vnc
