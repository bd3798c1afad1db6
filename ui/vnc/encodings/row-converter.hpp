// internal: rows of a surface in a client's pixel format, whatever the surface's format
// is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "ui/pixel-format.hpp"
#include "ui/surface.hpp"

namespace qio::vnc {

/// Keeps the memory one conversion step needs, so that the next row allocates nothing.
class RowConverter {
public:
    /// Writes `count` pixels from (x, y) on to `out`, which has count × bytes_per_pixel()
    /// bytes. Requires: the pixels lie inside the surface.
    void convert(const ui::Surface& surface, int x, int y, int count,
                 const ui::PixelConverter& converter, std::byte* out) {
        if (scratch_.size() < std::size_t(count))
            scratch_.resize(std::size_t(count));
        const auto* pixels = surface.read_row(x, y, count, scratch_.data());
        converter.convert({pixels, std::size_t(count)}, out);
    }

private:
    std::vector<std::uint32_t> scratch_;
};

} // namespace qio::vnc
