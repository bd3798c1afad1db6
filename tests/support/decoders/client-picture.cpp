// What a client makes of rectangles: its framebuffer, and a decoder for each encoding.
#include "tests/support/decoders/client-picture.hpp"

#include <algorithm>
#include <cstdlib>

#include "tests/support/decoders/h264-decoder.hpp"
#include "tests/support/decoders/hextile-decoder.hpp"
#include "tests/support/decoders/jpeg-decoder.hpp"
#include "tests/support/decoders/plain-decoders.hpp"
#include "tests/support/decoders/rre-decoder.hpp"
#include "tests/support/decoders/tile-decoder.hpp"

namespace qio::test {

ClientPicture::ClientPicture(int width, int height, const ui::PixelFormat& format)
    : pixels_(format), canvas_(width, height) {
    decoders_[0] = std::make_unique<RawDecoder>();
    decoders_[1] = std::make_unique<CopyRectDecoder>();
    decoders_[2] = std::make_unique<RreDecoder>();
    decoders_[5] = std::make_unique<HextileDecoder>();
    decoders_[6] = std::make_unique<ZlibDecoder>();
    decoders_[15] = std::make_unique<TrleDecoder>();
    decoders_[16] = std::make_unique<ZrleDecoder>(zrle_stream_);
    set_wave_level(1);
    decoders_[7] = std::make_unique<TightDecoder>(TightDecoder::Kind::tight);
    decoders_[21] = std::make_unique<JpegDecoder>();
    if (can_read_h264())
        decoders_[50] = std::make_unique<H264Decoder>();
    decoders_[-260] = std::make_unique<TightDecoder>(TightDecoder::Kind::tight_png);
}

void ClientPicture::set_wave_level(int level) {
    decoders_[17] = std::make_unique<ZrleDecoder>(zrle_stream_, level);
}

bool ClientPicture::apply(ByteView bytes, std::size_t count) {
    ByteReader in(bytes);
    for (std::size_t i = 0; i < count; ++i) {
        if (in.remaining() < 12)
            return false;
        const int x = *in.take<std::uint16_t>(), y = *in.take<std::uint16_t>();
        const int width = *in.take<std::uint16_t>(), height = *in.take<std::uint16_t>();
        const int encoding = int(*in.take<std::uint32_t>());
        const ui::Rect rect{x, y, width, height};
        if (rect.empty() || decode(in, rect, encoding) != Decoded::done)
            return false;
    }
    return in.remaining() == 0;
}

Decoded ClientPicture::decode(ByteReader& in, const ui::Rect& rect, int encoding) {
    const auto found = decoders_.find(encoding);
    const ui::Rect all{0, 0, canvas_.width, canvas_.height};
    if (found == decoders_.end() || !all.contains(rect))
        return Decoded::wrong;
    return found->second->decode(in, rect, pixels_, canvas_);
}

bool ClientPicture::shows(const Canvas& expected, const ui::Rect& rect) const {
    for (int y = rect.y; y < rect.y + rect.height; ++y)
        for (int x = rect.x; x < rect.x + rect.width; ++x) {
            const auto at = std::size_t(y) * std::size_t(canvas_.width) + std::size_t(x);
            if (canvas_.pixels[at] != pixels_.reduced(expected.pixels[at]))
                return false;
        }
    return true;
}

int ClientPicture::distance(const Canvas& expected, const ui::Rect& rect) const {
    int largest = 0;
    for (int y = rect.y; y < rect.y + rect.height; ++y)
        for (int x = rect.x; x < rect.x + rect.width; ++x) {
            const auto at = std::size_t(y) * std::size_t(canvas_.width) + std::size_t(x);
            for (const int shift : {0, 8, 16}) {
                const int seen = int(canvas_.pixels[at] >> shift & 0xFF);
                const int meant = int(expected.pixels[at] >> shift & 0xFF);
                largest = std::max(largest, std::abs(seen - meant));
            }
        }
    return largest;
}

} // namespace qio::test
