// ZRLE encoding: tiles of 64x64 in palettes and runs, deflated.
#include "ui/vnc/encodings/zrle.hpp"

#include <cassert>
#include <optional>
#include <utility>

#include "ui/vnc/rfb/writer.hpp"

namespace qio::vnc {

namespace {
// Tiles are compressed when they are as many bytes, not one by one.
constexpr std::size_t group_bytes = 32 * 1024;
} // namespace

void ZrleEncoder::begin(const EncodeSettings& settings) {
    std::optional<int> waves;
    if (encoding_ == Encoding::ZYWRLE)
        waves = settings.lossy && Waves::fit(settings.format)
                    ? settings.lossy->wavelet_level
                    : 0;
    tile_.begin(settings.format, ZrleTile::Palettes::own, waves);
    lossy_rects_.clear();
    needs_header_ = settings.stream_begins;
    deflater_->begin(settings.compression_level);
    tiles_.resize(group_bytes + ZrleTile::max_bytes);
}

std::size_t ZrleEncoder::encode(const ui::Frame& frame, const ui::Rect& rect,
                                Bytes& out) {
    assert(!rect.empty() && frame.bounds().contains(rect));
    append_rectangle(out, rect, encoding_);
    const auto length_at = out.size();
    out.resize(length_at + sizeof(std::uint32_t));
    if (std::exchange(needs_header_, false))
        append_zlib_header(out);
    auto* end = tiles_.data();
    const auto compress = [&] {
        deflater_->write({tiles_.data(), end}, out);
        end = tiles_.data();
    };
    for (int y = rect.y; y < rect.y + rect.height; y += side)
        for (int x = rect.x; x < rect.x + rect.width; x += side) {
            const auto tile = ui::intersect(rect, {x, y, side, side});
            end = tile_.encode(frame, tile, end);
            if (tile_.is_wavy())
                lossy_rects_.push_back(tile);
            if (std::size_t(end - tiles_.data()) >= group_bytes)
                compress();
        }
    compress();
    deflater_->flush(out);
    const auto length = out.size() - length_at - sizeof(std::uint32_t);
    store_be(out.data() + length_at, std::uint32_t(length));
    return 1;
}

} // namespace qio::vnc
