// Raw encoding: rows of pixels as they are.
#include "ui/vnc/encodings/raw.hpp"

#include <algorithm>
#include <cassert>

namespace qio::vnc {

void RawEncoder::encode(const ui::Surface& surface, const ui::Rect& rect,
                        const ui::PixelConverter& converter, Bytes& out) {
    assert(surface.bounds().contains(rect));
    if (rect.empty())
        return;
    const auto row_bytes = std::size_t(rect.width) * converter.bytes_per_pixel();
    const auto needed = out.size() + row_bytes * std::size_t(rect.height);
    // Doubled at least, so that many small rectangles do not move the vector each time.
    if (needed > out.capacity())
        out.reserve(std::max(needed, 2 * out.capacity()));
    for (int y = rect.y; y < rect.y + rect.height; ++y) {
        const auto at = out.size();
        out.resize(at + row_bytes);
        rows_.convert(surface, rect.x, y, rect.width, converter, out.data() + at);
    }
}

} // namespace qio::vnc
