// internal: Hextile encoding: small tiles of a background and rectangles on it. Source:
// RFB, Hextile Encoding.
#pragma once

#include <array>
#include <optional>

#include "ui/vnc/encodings/encoder.hpp"
#include "ui/vnc/encodings/frequent-words.hpp"
#include "ui/vnc/encodings/wire-pixels.hpp"

namespace qio::vnc {

class HextileEncoder final : public Encoder {
public:
    static constexpr int side = 16;

    void begin(const EncodeSettings& settings) override;
    std::size_t encode(const ui::Frame& frame, const ui::Rect& rect, Bytes& out) override;

private:
    struct Shape {
        int width, height;
        std::size_t pixels() const { return std::size_t(width * height); }
        std::size_t neighbours() const {
            return std::size_t((width - 1) * height + width * (height - 1));
        }
    };

    static constexpr std::size_t max_counted = 4; // colours, to find the background

    std::byte* encode_tile(Shape shape);
    std::byte* raw(Shape shape);
    FrequentWords<max_counted> count_words(Shape shape) const;
    std::size_t load_masks(Shape shape);
    std::byte* put_colours(std::uint32_t background,
                           std::optional<std::uint32_t> foreground);
    Shape grow(int x, int y, int height) const;
    std::byte* put_rectangles(std::byte* at, Shape shape, bool is_coloured);

    static constexpr std::size_t max_tile_bytes =
        1 + side * side * WirePixels::max_bytes + 2 * WirePixels::max_bytes + 2;

    WirePixels pixels_;
    // What the client remembers of the tiles before.
    std::optional<std::uint32_t> background_, foreground_;
    // Rows are `side` apart. A bit says that a pixel is like the next of its row or
    // column.
    std::array<std::uint32_t, side*(side + 1) + 1> words_{};
    std::array<std::uint16_t, side> same_right_, same_below_;
    std::array<std::uint16_t, side> left_; // neither background nor sent
    std::array<std::byte, max_tile_bytes + 2 * WirePixels::max_bytes> tile_;
};

} // namespace qio::vnc
