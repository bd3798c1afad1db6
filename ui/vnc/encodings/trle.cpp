// TRLE encoding: tiles of 16x16 in palettes and runs.
#include "ui/vnc/encodings/trle.hpp"

#include <cassert>

#include "ui/vnc/rfb/writer.hpp"

namespace qio::vnc {

void TrleEncoder::begin(const EncodeSettings& settings) {
    tile_.begin(settings.format, ZrleTile::Palettes::shared);
}

std::size_t TrleEncoder::encode(const ui::Frame& frame, const ui::Rect& rect,
                                Bytes& out) {
    assert(!rect.empty() && frame.bounds().contains(rect));
    append_rectangle(out, rect, Encoding::TRLE);
    tile_.begin_rectangle();
    for (int y = rect.y; y < rect.y + rect.height; y += side)
        for (int x = rect.x; x < rect.x + rect.width; x += side) {
            const std::byte* const end = tile_.encode(
                frame, ui::intersect(rect, {x, y, side, side}), bytes_.data());
            ByteWriter(out).put_bytes({bytes_.data(), end});
        }
    return 1;
}

} // namespace qio::vnc
