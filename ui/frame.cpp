// What a display showed at one moment: a picture that no longer changes.
#include "ui/frame.hpp"

#include <cstdlib>
#include <string>

#include "ui/frame-capture.hpp"

namespace qio::ui {

namespace {

// Rows begin on their own cache lines, and 16 pixels can always be read together.
constexpr std::size_t row_alignment = 64;
constexpr std::size_t row_pixels = row_alignment / sizeof(std::uint32_t);

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
            return Error{ErrorKind::exhausted, 0,
                         "no memory for a frame of " + std::to_string(width_) + "x" +
                             std::to_string(height_) + " pixels"};
    }
    return {};
}

Result<std::shared_ptr<const Frame>> Frame::copy_of(const Surface& surface) {
    FrameCapture capture;
    QIO_TRY(capture.update(surface, Region(surface.bounds())));
    return capture.frame();
}

} // namespace qio::ui
