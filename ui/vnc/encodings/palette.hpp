// internal: the colours of a piece of a frame, if they are few.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "ui/frame.hpp"
#include "ui/rect.hpp"

namespace qio::vnc {

/// Units/limits: at most max_colours, in memory of a fixed size (7 KiB).
class Palette {
public:
    static constexpr std::size_t max_colours = 256;

    Palette() { keys_.fill(free_slot); }

    /// Collects the colours of `rect`, in the order in which they come. False as soon as
    /// there are more than `limit`: then colours() has those found first.
    /// Requires: limit ≤ max_colours; `rect` lies inside the frame.
    bool collect(const ui::Frame& frame, const ui::Rect& rect, std::size_t limit);

    std::span<const std::uint32_t> colours() const { return {colours_.data(), count_}; }

    /// Writes the place in colours() of each pixel. Requires: all were collected.
    void index(std::span<const std::uint32_t> pixels, std::byte* out) const;

private:
    // Frames have no such pixel: its top byte is not zero.
    static constexpr std::uint32_t free_slot = 0xFFFFFFFF;
    static constexpr unsigned slot_bits = 10; // at most a quarter is in use

    static std::size_t first_slot(std::uint32_t colour) {
        return colour * 0x9E3779B1u >> (32 - slot_bits);
    }
    std::size_t find(std::uint32_t colour) const {
        auto slot = first_slot(colour);
        while (keys_[slot] != colour && keys_[slot] != free_slot)
            slot = (slot + 1) % keys_.size();
        return slot;
    }
    bool add(std::uint32_t colour, std::size_t limit);
    void clear();

    std::array<std::uint32_t, 1u << slot_bits> keys_;
    std::array<std::uint8_t, 1u << slot_bits> indices_{};
    std::array<std::uint32_t, max_colours> colours_{};
    std::array<std::uint16_t, max_colours> slots_{}; // of the colours
    std::size_t count_ = 0;
};

} // namespace qio::vnc
