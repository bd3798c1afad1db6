// What a display showed at one moment: a picture that no longer changes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "io/base/api.hpp"
#include "io/base/error.hpp"
#include "ui/rect.hpp"
#include "ui/surface.hpp"

namespace qio::ui {

/// Native pixels 0x00RRGGBB, the top byte always zero, so that two pixels of the same
/// colour are equal. A frame never changes, and any thread may read it.
///
/// The rows are kept in strips that consecutive frames share where nothing changed, so a
/// frame costs what has changed since the one before.
class QIO_API Frame {
public:
    /// Rows of a strip.
    static constexpr int strip_rows = 16;

    /// What the surface shows now. Errors: exhausted (memory).
    static Result<std::shared_ptr<const Frame>> copy_of(const Surface& surface);

    /// Changes pixels of row `y` from column `x` on; their top bytes are to stay zero.
    using DrawRow = std::function<void(int x, int y, std::span<std::uint32_t> pixels)>;
    /// The same picture with what `draw` does to the rows of `area`, which is cut off at
    /// the edges. Strips that `area` does not touch are shared. Errors: exhausted
    /// (memory).
    Result<std::shared_ptr<const Frame>> with_drawing(const Rect& area,
                                                      const DrawRow& draw) const;

    int width() const { return width_; }
    int height() const { return height_; }
    Rect bounds() const { return {0, 0, width_, height_}; }

    /// width() pixels, aligned to 64 bytes. Requires: 0 ≤ y < height().
    const std::uint32_t* row(int y) const { return memory_of_row(y); }
    /// From a row to the next one of the same strip; a strip begins every strip_rows
    /// rows.
    std::size_t stride_bytes() const { return stride_ * sizeof(std::uint32_t); }

private:
    friend class FrameCapture;
    using Strip = std::shared_ptr<std::uint32_t[]>;

    Frame(int width, int height);
    Result<void> allocate();
    static Strip allocate_strip(std::size_t pixels);
    std::uint32_t* memory_of_row(int y) const {
        return strips_[std::size_t(y / strip_rows)].get() +
               std::size_t(y % strip_rows) * stride_;
    }

    int width_;
    int height_;
    std::size_t stride_; // in pixels
    std::vector<Strip> strips_;
};

} // namespace qio::ui
