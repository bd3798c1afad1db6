// The client's half of one encoding, for the tests; written from the RFB text alone.
#pragma once

#include <cstdint>
#include <vector>

#include "io/base/bytes.hpp"
#include "tests/support/rfb-decoder.hpp"
#include "ui/rect.hpp"

namespace qio::test {

/// A client's framebuffer.
struct Canvas {
    int width = 0;
    int height = 0;
    Pixels pixels; // 0x00RRGGBB

    Canvas(int w, int h) : width(w), height(h), pixels(std::size_t(w) * std::size_t(h)) {}

    void set(int x, int y, std::uint32_t colour) {
        pixels[std::size_t(y) * std::size_t(width) + std::size_t(x)] = colour;
    }
    /// All pixels of `rect`, row after row, as they look in the client's format.
    void put(const ui::Rect& rect, const Pixels& colours, const RfbDecoder& format) {
        auto colour = colours.begin();
        for (int y = rect.y; y < rect.y + rect.height; ++y)
            for (int x = rect.x; x < rect.x + rect.width; ++x)
                set(x, y, format.reduced(*colour++));
    }
    void fill(const ui::Rect& rect, std::uint32_t colour) {
        for (int y = rect.y; y < rect.y + rect.height; ++y)
            for (int x = rect.x; x < rect.x + rect.width; ++x)
                set(x, y, colour);
    }
};

enum class Decoded : std::uint8_t { done, need_more, wrong };

/// Decodes rectangles of one encoding, and keeps the streams of one connection for it.
class RectangleDecoder {
public:
    virtual ~RectangleDecoder() = default;

    /// Takes one payload off the front of `in` and draws it. Unless done, nothing is
    /// taken, and streams are as they were if more is needed.
    /// Requires: `rect` lies inside the canvas.
    virtual Decoded decode(ByteReader& in, const ui::Rect& rect, const RfbDecoder& pixels,
                           Canvas& canvas) = 0;
};

} // namespace qio::test
