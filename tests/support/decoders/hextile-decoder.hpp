// A decoder of Hextile, for the tests.
#pragma once

#include <algorithm>

#include "tests/support/decoders/plain-decoders.hpp"

namespace qio::test {

class HextileDecoder final : public RectangleDecoder {
public:
    Decoded decode(ByteReader& in, const ui::Rect& rect, const RfbDecoder& pixels,
                   Canvas& canvas) override {
        ByteReader ahead = in;
        Colour background, foreground;
        for (int y = rect.y; y < rect.y + rect.height; y += 16)
            for (int x = rect.x; x < rect.x + rect.width; x += 16) {
                const ui::Rect tile = ui::intersect(rect, {x, y, 16, 16});
                const auto decoded =
                    decode_tile(ahead, tile, pixels, canvas, background, foreground);
                if (decoded != Decoded::done)
                    return decoded;
            }
        in = ahead;
        return Decoded::done;
    }

private:
    /// A colour of the last tile, if there is one to rely on.
    struct Colour {
        std::uint32_t value = 0;
        bool is_known = false;
    };

    static bool take_colour(ByteReader& in, const RfbDecoder& pixels, Colour& colour) {
        const auto bytes = in.take_bytes(pixels.bytes_per_pixel());
        if (bytes)
            colour = {pixels.colour(bytes->data()), true};
        return bytes.has_value();
    }

    static Decoded decode_tile(ByteReader& in, const ui::Rect& tile,
                               const RfbDecoder& pixels, Canvas& canvas,
                               Colour& background, Colour& foreground) {
        const auto mask = in.take<std::uint8_t>();
        if (!mask)
            return Decoded::need_more;
        if ((*mask & 1) != 0) {
            background = {};
            foreground = {};
            return RawDecoder().decode(in, tile, pixels, canvas);
        }
        const bool is_coloured = (*mask & 16) != 0;
        if (*mask >= 32 || (is_coloured && (*mask & 4) != 0))
            return Decoded::wrong;
        if ((*mask & 2) != 0 && !take_colour(in, pixels, background))
            return Decoded::need_more;
        if ((*mask & 4) != 0 && !take_colour(in, pixels, foreground))
            return Decoded::need_more;
        if (!background.is_known)
            return Decoded::wrong;
        canvas.fill(tile, background.value);
        if ((*mask & 8) == 0)
            return Decoded::done;
        if (is_coloured)
            foreground = {};
        else if (!foreground.is_known)
            return Decoded::wrong;
        return draw_subrects(in, tile, pixels, canvas, foreground);
    }

    static Decoded draw_subrects(ByteReader& in, const ui::Rect& tile,
                                 const RfbDecoder& pixels, Canvas& canvas,
                                 const Colour& foreground) {
        const auto count = in.take<std::uint8_t>();
        if (!count)
            return Decoded::need_more;
        for (int i = 0; i < *count; ++i) {
            auto colour = foreground;
            if (!colour.is_known && !take_colour(in, pixels, colour))
                return Decoded::need_more;
            const auto place = in.take<std::uint16_t>();
            if (!place)
                return Decoded::need_more;
            const ui::Rect part{tile.x + (*place >> 12), tile.y + (*place >> 8 & 15),
                                (*place >> 4 & 15) + 1, (*place & 15) + 1};
            if (!tile.contains(part))
                return Decoded::wrong;
            canvas.fill(part, colour.value);
        }
        return Decoded::done;
    }
};

} // namespace qio::test
