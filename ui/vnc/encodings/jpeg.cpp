// JPEG encoding: each rectangle is an image with its tables.
#include "ui/vnc/encodings/jpeg.hpp"

#include <algorithm>
#include <cassert>

#include "ui/vnc/encodings/tight-pixels.hpp"
#include "ui/vnc/rfb/writer.hpp"

namespace qio::vnc {

namespace {
// Of an image: bounds the memory for one.
constexpr int max_width = 2048, max_height = 256;
} // namespace

void JpegEncoder::begin(const EncodeSettings& settings) {
    raw_.begin(settings);
    lossy_rects_.clear();
    lossy_.reset();
    if (!settings.lossy || !TightPixels(settings.format).may_be_picture())
        return;
    if (!compressor_)
        compressor_ = JpegCompressor::create();
    if (compressor_)
        lossy_ = settings.lossy;
}

std::size_t JpegEncoder::encode(const ui::Frame& frame, const ui::Rect& rect,
                                Bytes& out) {
    assert(!rect.empty() && frame.bounds().contains(rect));
    if (!lossy_)
        return raw_.encode(frame, rect, out);
    std::size_t count = 0;
    for (int y = 0; y < rect.height; y += max_height)
        for (int x = 0; x < rect.width; x += max_width)
            count +=
                append_image(frame,
                             {rect.x + x, rect.y + y, std::min(max_width, rect.width - x),
                              std::min(max_height, rect.height - y)},
                             out);
    return count;
}

std::size_t JpegEncoder::append_image(const ui::Frame& frame, const ui::Rect& rect,
                                      Bytes& out) {
    const auto image = compressor_->compress(frame, rect, *lossy_);
    if (image.empty())
        return raw_.encode(frame, rect, out);
    append_rectangle(out, rect, Encoding::JPEG);
    ByteWriter(out).put_bytes(image);
    lossy_rects_.push_back(rect);
    return 1;
}

} // namespace qio::vnc
