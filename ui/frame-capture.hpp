// Takes frames of a surface, and finds out what is different in them.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "io/base/api.hpp"
#include "io/base/error.hpp"
#include "ui/frame.hpp"
#include "ui/region.hpp"
#include "ui/surface.hpp"

namespace qio::ui {

/// Copies what was damaged, where it really differs from the frame before.
///
/// Context: one thread, on which the frames are let go as well.
class QIO_API FrameCapture {
public:
    /// Takes a new frame: what the surface shows within `damage`, and outside of it the
    /// frame before. Returns the parts of `damage` that differ from that, in steps of 16
    /// columns; of a surface whose size is new, all.
    /// Errors: exhausted (memory); the next update starts over.
    Result<Region> update(const Surface& surface, const Region& damage);

    /// The last frame; null before the first update() and after one that failed.
    const std::shared_ptr<const Frame>& frame() const { return frame_; }

private:
    /// Where 16 columns of a strip differ: in rows first … last, if first ≤ last.
    struct Difference {
        std::uint8_t first = Frame::strip_rows;
        std::uint8_t last = 0;
        bool operator==(const Difference&) const = default;
        bool found() const { return first <= last; }
    };
    /// A part of a strip, and the surface's pixels of it.
    struct Part {
        Rect area;
        const std::uint32_t* pixels; // of the surface, from area.x on
        std::size_t stride;          // from row to row of these, in pixels
        const std::uint32_t* row(int y) const {
            return pixels + std::size_t(y - area.y) * stride;
        }
    };

    Result<void> start_over(const Surface& surface);
    void make_mutable();
    Part part_of(const Surface& surface, const Rect& area);
    Result<void> update_part(const Part& part, std::vector<Rect>& changed);
    void compare(const Part& part);
    std::size_t find_first(const Part& part, int row);
    std::size_t find_last(const Part& part, int row);
    std::size_t end_of_run(std::size_t begin) const;
    void keep(const Part& part, const std::uint32_t* old);
    void copy(const Part& part, std::size_t begin, std::size_t end, Difference rows);
    void collect(const Part& part, std::vector<Rect>& changed) const;

    std::shared_ptr<const Frame> frame_;
    std::shared_ptr<Frame> mutable_; // the same, as long as nobody else has it
    std::vector<Difference> differences_;
    std::vector<std::uint32_t> scratch_;
};

} // namespace qio::ui
