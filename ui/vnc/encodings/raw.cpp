// Raw encoding: rows of pixels as they are.
#include "ui/vnc/encodings/raw.hpp"

#include <algorithm>
#include <cassert>
#include <span>

#include "ui/vnc/rfb/writer.hpp"

namespace qio::vnc {

void RawEncoder::begin(const EncodeSettings& settings) {
    converter_ = ui::PixelConverter(settings.format);
}

std::size_t RawEncoder::encode(const ui::Frame& frame, const ui::Rect& rect, Bytes& out) {
    assert(!rect.empty() && frame.bounds().contains(rect));
    append_rectangle(out, rect, Encoding::Raw);
    const auto width = std::size_t(rect.width);
    const auto row_bytes = width * converter_.bytes_per_pixel();
    auto at = out.size();
    const auto needed = at + row_bytes * std::size_t(rect.height);
    // Doubled at least, so that many small rectangles do not move the vector each time.
    if (needed > out.capacity())
        out.reserve(std::max(needed, 2 * out.capacity()));
    if (converter_.is_identity()) {
        // Appended, and not written over zeros that resize() has put there.
        for (int y = rect.y; y < rect.y + rect.height; ++y)
            ByteWriter(out).put_bytes(
                std::as_bytes(std::span(frame.row(y) + rect.x, width)));
        return 1;
    }
    out.resize(needed);
    for (int y = rect.y; y < rect.y + rect.height; ++y, at += row_bytes)
        converter_.convert({frame.row(y) + rect.x, width}, out.data() + at);
    return 1;
}

} // namespace qio::vnc
