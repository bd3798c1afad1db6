// How far pixels of one colour go.
#include "ui/vnc/encodings/pixel-runs.hpp"

#include <cstring>

#include "ui/vectorized.hpp"

namespace qio::vnc {

namespace {
constexpr std::size_t group = 16; // pixels compared at once: one cache line
} // namespace

std::size_t run_end(const std::uint32_t* pixels, std::size_t from, std::size_t end,
                    std::uint32_t colour) {
    for (; end - from >= group; from += group) {
        std::uint32_t difference = 0;
        for (std::size_t i = 0; i < group; ++i)
            difference |= pixels[from + i] ^ colour;
        if (difference != 0)
            break;
    }
    while (from < end && pixels[from] == colour)
        ++from;
    return from;
}

bool is_solid(const ui::Frame& frame, const ui::Rect& rect) {
    const auto colour = frame.row(rect.y)[rect.x];
    const auto end = std::size_t(rect.x) + std::size_t(rect.width);
    for (int y = rect.y; y < rect.y + rect.height; ++y)
        if (run_end(frame.row(y), std::size_t(rect.x), end, colour) != end)
            return false;
    return true;
}

bool same_pixels(const std::uint32_t* a, const std::uint32_t* b, std::size_t count) {
    return std::memcmp(a, b, count * sizeof *a) == 0;
}

} // namespace qio::vnc
