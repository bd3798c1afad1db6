// internal: the wavelets of ZYWRLE, which lose detail of a tile. No text defines them:
// they are what viewers undo that know the encoding.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "ui/pixel-format.hpp"

namespace qio::vnc {

/// Of red, green and blue come Y = (R + 2G + B) / 4 - 128, U = (B - G) / 2 and
/// V = (R - G) / 2, each wave of which makes halves in both directions: what is alike
/// stays, and what differs is sent coarser or not at all. A word of coefficients has V
/// for red, Y for green and U for blue. First come those of the finest wave (that differ
/// in both directions, down, across), then those of the next one, what is left of all,
/// and the pixels of the right, lower and last parts that are too small for all waves.
class Waves {
public:
    static constexpr int max_side = 64;
    static constexpr int max_level = 3;

    /// Whether pixels of the format can be turned into waves: three bytes, green in the
    /// middle. Red and blue may change places, since they are treated alike.
    static bool fit(const ui::PixelFormat& format);

    /// Turns the words of a tile, of three bytes each, into as many words of
    /// coefficients. False if the tile is too small: then it is as it was. Requires: no
    /// side is longer than max_side, and 1 ≤ level ≤ max_level.
    bool apply(std::uint32_t* words, int width, int height, int level);

private:
    static constexpr std::size_t stride = std::size_t(max_side);
    using Plane = std::array<std::int8_t, stride * stride>;
    enum Channel : std::uint8_t { luma, blueness, redness, channels };

    void load(const std::uint32_t* words, int width);
    void transform(Plane& plane, int step) const;
    void quantise(Channel channel, int wave);
    std::uint32_t* store(std::uint32_t* to, int first_x, int first_y, int step) const;

    int level_ = 1;
    int width_ = 0, height_ = 0; // of what is turned into waves
    std::array<Plane, channels> planes_;
    std::array<std::uint32_t, stride * stride> words_; // as they come out
};

} // namespace qio::vnc
