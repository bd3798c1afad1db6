// The colours of a piece of a frame, if they are few.
#include "ui/vnc/encodings/palette.hpp"

#include <cassert>

#include "ui/vnc/encodings/pixel-runs.hpp"

namespace qio::vnc {

void Palette::clear() {
    for (std::size_t i = 0; i < count_; ++i)
        keys_[slots_[i]] = free_slot;
    count_ = 0;
}

bool Palette::collect(const ui::Frame& frame, const ui::Rect& rect, std::size_t limit) {
    assert(limit <= max_colours);
    clear();
    const auto width = std::size_t(rect.width);
    const std::uint32_t* above = nullptr;
    for (int y = rect.y; y < rect.y + rect.height; ++y) {
        const auto* const row = frame.row(y) + rect.x;
        const bool is_new = above == nullptr || !same_pixels(row, above, width);
        above = row;
        for (std::size_t x = 0; is_new && x < width;) {
            const auto colour = row[x];
            const auto slot = find(colour);
            if (keys_[slot] == free_slot) {
                if (count_ == limit)
                    return false;
                keys_[slot] = colour;
                indices_[slot] = std::uint8_t(count_);
                slots_[count_] = std::uint16_t(slot);
                colours_[count_++] = colour;
            }
            do
                ++x;
            while (x < width && row[x] == colour);
        }
    }
    return true;
}

void Palette::index(std::span<const std::uint32_t> pixels, std::byte* out) const {
    std::uint32_t last = free_slot;
    std::byte place{};
    for (const auto pixel : pixels) {
        if (pixel != last) {
            last = pixel;
            place = std::byte(indices_[find(pixel)]);
        }
        *out++ = place;
    }
}

} // namespace qio::vnc
