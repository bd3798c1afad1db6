// A decoder of RRE, for the tests.
#pragma once

#include "tests/support/decoders/rectangle-decoder.hpp"

namespace qio::test {

class RreDecoder final : public RectangleDecoder {
public:
    Decoded decode(ByteReader& in, const ui::Rect& rect, const RfbDecoder& pixels,
                   Canvas& canvas) override {
        ByteReader ahead = in;
        const auto count = ahead.take<std::uint32_t>();
        const auto background = ahead.take_bytes(pixels.bytes_per_pixel());
        const std::size_t each = pixels.bytes_per_pixel() + 8;
        if (!count || !background || ahead.remaining() / each < *count)
            return Decoded::need_more;
        canvas.fill(rect, pixels.colour(background->data()));
        for (std::uint32_t i = 0; i < *count; ++i) {
            const auto colour =
                pixels.colour(ahead.take_bytes(pixels.bytes_per_pixel())->data());
            const int x = *ahead.take<std::uint16_t>(), y = *ahead.take<std::uint16_t>();
            const int width = *ahead.take<std::uint16_t>();
            const int height = *ahead.take<std::uint16_t>();
            const ui::Rect part{rect.x + x, rect.y + y, width, height};
            if (part.empty() || !rect.contains(part))
                return Decoded::wrong;
            canvas.fill(part, colour);
        }
        in = ahead;
        return Decoded::done;
    }
};

} // namespace qio::test
