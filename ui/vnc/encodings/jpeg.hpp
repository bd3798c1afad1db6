// internal: JPEG encoding: each rectangle is an image with its tables. Source: RFB, JPEG
// Encoding.
#pragma once

#include <memory>
#include <vector>

#include "ui/vnc/encodings/encoder.hpp"
#include "ui/vnc/encodings/jpeg-compressor.hpp"
#include "ui/vnc/encodings/raw.hpp"

namespace qio::vnc {

/// Everything becomes JPEG, text too: who wants that sharp sends it otherwise. What may
/// not be lossy, and clients of 8 bits per pixel, get Raw rectangles.
class JpegEncoder final : public Encoder {
public:
    void begin(const EncodeSettings& settings) override;
    std::size_t encode(const ui::Frame& frame, const ui::Rect& rect, Bytes& out) override;
    ui::Region lossy_area() const override { return ui::Region::of(lossy_rects_); }

private:
    std::size_t append_image(const ui::Frame& frame, const ui::Rect& rect, Bytes& out);

    RawEncoder raw_;
    std::unique_ptr<JpegCompressor> compressor_; // made when first used
    std::optional<Lossy> lossy_;                 // empty: Raw
    std::vector<ui::Rect> lossy_rects_;
};

} // namespace qio::vnc
