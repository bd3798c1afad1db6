// internal: RRE encoding: a background and rectangles on it. Source: RFB, RRE Encoding.
#pragma once

#include <array>
#include <vector>

#include "ui/vnc/encodings/encoder.hpp"
#include "ui/vnc/encodings/wire-pixels.hpp"

namespace qio::vnc {

/// A large part becomes several rectangles, each with the background that suits it best;
/// one colour stays one rectangle.
class RreEncoder final : public Encoder {
public:
    /// Of a rectangle with more than one colour: few enough pixels for one background,
    /// and few enough rectangles for any update.
    static constexpr int max_side = 128;

    void begin(const EncodeSettings& settings) override;
    std::size_t encode(const ui::Frame& frame, const ui::Rect& rect, Bytes& out) override;

private:
    struct Subrect {
        std::uint32_t word;
        int x, y, width, height; // in the rectangle
    };

    void encode_piece(const ui::Frame& frame, const ui::Rect& rect, Bytes& out);
    std::uint32_t background() const;
    void cover(std::uint32_t background);
    void add_run(int x, int y, int width, std::uint32_t word);
    template <class Take>
    void each_run(Take take) const;
    void put(const ui::Rect& rect, std::uint32_t background, Bytes& out) const;

    WirePixels pixels_;
    int width_ = 0, height_ = 0; // of the piece at hand
    std::array<std::uint32_t, std::size_t(max_side) * max_side> words_;
    std::array<std::size_t, max_side> above_; // subrect that begins there, and reaches y
    std::vector<Subrect> subrects_;
};

} // namespace qio::vnc
