// What a display showed at one moment: a picture that no longer changes.
#include "ui/frame.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>

#include "ui/frame-capture.hpp"

namespace qio::ui {

namespace {

// Rows begin on their own cache lines, and 16 pixels can always be read together.
constexpr std::size_t row_alignment = 64;
constexpr std::size_t row_pixels = row_alignment / sizeof(std::uint32_t);

Error no_memory(int width, int height) {
    return {ErrorKind::exhausted, 0,
            "no memory for a frame of " + std::to_string(width) + "x" +
                std::to_string(height) + " pixels"};
}

} // namespace

Frame::Frame(int width, int height)
    : width_(width), height_(height),
      stride_((std::size_t(width) + row_pixels - 1) / row_pixels * row_pixels) {}

Frame::Strip Frame::allocate_strip(std::size_t pixels) {
    void* const memory =
        std::aligned_alloc(row_alignment, pixels * sizeof(std::uint32_t));
    return {static_cast<std::uint32_t*>(memory), [](std::uint32_t* p) { std::free(p); }};
}

Result<void> Frame::allocate() {
    const int count = (height_ + strip_rows - 1) / strip_rows;
    strips_.reserve(std::size_t(count));
    for (int i = 0; i < count; ++i) {
        strips_.push_back(allocate_strip(strip_rows * stride_));
        if (!strips_.back())
            return no_memory(width_, height_);
    }
    return {};
}

Result<std::shared_ptr<const Frame>> Frame::copy_of(const Surface& surface) {
    FrameCapture capture;
    QIO_TRY(capture.update(surface, Region(surface.bounds())));
    return capture.frame();
}

Result<std::shared_ptr<const Frame>> Frame::with_drawing(const Rect& area,
                                                         const DrawRow& draw) const {
    const auto visible = ui::intersect(area, bounds());
    std::shared_ptr<Frame> drawn(new Frame(*this));
    const std::size_t strip_pixels = strip_rows * stride_;
    for (int y = visible.y; y < visible.bottom(); ++y) {
        auto& strip = drawn->strips_[std::size_t(y / strip_rows)];
        if (y == visible.y || y % strip_rows == 0) {
            auto copy = allocate_strip(strip_pixels);
            if (!copy)
                return no_memory(width_, height_);
            std::copy_n(strip.get(), strip_pixels, copy.get());
            strip = std::move(copy);
        }
        draw(visible.x, y,
             {drawn->memory_of_row(y) + visible.x, std::size_t(visible.width)});
    }
    return drawn;
}

} // namespace qio::ui
