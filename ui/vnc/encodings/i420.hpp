// internal: a picture as video has it: its brightness, and its colours at half the size.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "ui/frame.hpp"
#include "ui/rect.hpp"

namespace qio::vnc {

/// Three planes, Y, Cb and Cr by the matrix of BT.601, 16 to 235 and 16 to 240. A colour
/// is the mean of four pixels. Keeps its memory from one picture to the next.
class I420 {
public:
    static constexpr int planes = 3;

    /// Becomes a part of a frame. Requires: `rect` lies inside the frame, and has even
    /// sides.
    void load(const ui::Frame& frame, const ui::Rect& rect);

    int width() const { return width_; }
    int height() const { return height_; }
    /// Bytes from one row of a plane to the next.
    std::size_t stride(int plane) const {
        return std::size_t(plane == 0 ? width_ : width_ / 2);
    }
    const std::uint8_t* plane(int plane) const {
        return planes_[std::size_t(plane)].data();
    }

private:
    int width_ = 0;
    int height_ = 0;
    std::array<std::vector<std::uint8_t>, planes> planes_;
};

} // namespace qio::vnc
