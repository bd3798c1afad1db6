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
        // Runs are not looked for: where they end cannot be foreseen, that a colour is
        // known and in its first slot can.
        for (std::size_t x = 0; is_new && x < width; ++x)
            if (keys_[first_slot(row[x])] != row[x] && !add(row[x], limit))
                return false;
    }
    return true;
}

/// False if there is no room for one more colour.
bool Palette::add(std::uint32_t colour, std::size_t limit) {
    const auto slot = find(colour);
    if (keys_[slot] == colour)
        return true;
    if (count_ == limit)
        return false;
    keys_[slot] = colour;
    indices_[slot] = std::uint8_t(count_);
    slots_[count_] = std::uint16_t(slot);
    colours_[count_++] = colour;
    return true;
}

void Palette::index(std::span<const std::uint32_t> pixels, std::byte* out) const {
    for (const auto pixel : pixels) {
        auto slot = first_slot(pixel);
        if (keys_[slot] != pixel)
            slot = find(pixel);
        *out++ = std::byte(indices_[slot]);
    }
}

} // namespace qio::vnc
