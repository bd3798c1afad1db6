// Decoders of Raw and Zlib, for the tests.
#pragma once

#include "tests/support/decoders/inflate-stream.hpp"
#include "tests/support/decoders/rectangle-decoder.hpp"

namespace qio::test {

/// Draws pixels in the client's format. Requires: `bytes` are those of `rect`.
inline void draw_raw(ByteView bytes, const ui::Rect& rect, const RfbDecoder& pixels,
                     Canvas& canvas) {
    std::size_t at = 0;
    for (int y = rect.y; y < rect.y + rect.height; ++y)
        for (int x = rect.x; x < rect.x + rect.width; ++x) {
            canvas.set(x, y, pixels.colour(bytes.data() + at));
            at += pixels.bytes_per_pixel();
        }
}

inline std::size_t raw_bytes(const ui::Rect& rect, const RfbDecoder& pixels) {
    return std::size_t(rect.width) * std::size_t(rect.height) * pixels.bytes_per_pixel();
}

class RawDecoder final : public RectangleDecoder {
public:
    Decoded decode(ByteReader& in, const ui::Rect& rect, const RfbDecoder& pixels,
                   Canvas& canvas) override {
        const auto bytes = in.take_bytes(raw_bytes(rect, pixels));
        if (!bytes)
            return Decoded::need_more;
        draw_raw(*bytes, rect, pixels, canvas);
        return Decoded::done;
    }
};

/// The source may overlap the rectangle: it is as it was before.
class CopyRectDecoder final : public RectangleDecoder {
public:
    Decoded decode(ByteReader& in, const ui::Rect& rect, const RfbDecoder&,
                   Canvas& canvas) override {
        const auto bytes = in.take_bytes(4);
        if (!bytes)
            return Decoded::need_more;
        const int from_x = load_be<std::uint16_t>(bytes->data());
        const int from_y = load_be<std::uint16_t>(bytes->data() + 2);
        const ui::Rect all{0, 0, canvas.width, canvas.height};
        if (!all.contains({from_x, from_y, rect.width, rect.height}))
            return Decoded::wrong;
        const Canvas before = canvas;
        for (int y = 0; y < rect.height; ++y)
            for (int x = 0; x < rect.width; ++x)
                canvas.set(
                    rect.x + x, rect.y + y,
                    before.pixels[std::size_t(from_y + y) * std::size_t(canvas.width) +
                                  std::size_t(from_x + x)]);
        return Decoded::done;
    }
};

class ZlibDecoder final : public RectangleDecoder {
public:
    Decoded decode(ByteReader& in, const ui::Rect& rect, const RfbDecoder& pixels,
                   Canvas& canvas) override {
        const auto packed = take_with_length(in);
        if (!packed)
            return Decoded::need_more;
        const auto plain = inflate_.inflate(*packed, raw_bytes(rect, pixels));
        if (!plain || plain->size() != raw_bytes(rect, pixels))
            return Decoded::wrong;
        draw_raw(*plain, rect, pixels, canvas);
        return Decoded::done;
    }

private:
    InflateStream inflate_;
};

} // namespace qio::test
