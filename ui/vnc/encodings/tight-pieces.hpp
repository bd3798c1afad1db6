// internal: what Tight and TightPNG have in common: fills, JPEG, and where they belong.
// Source: RFB, Tight Encoding and TightPNG Encoding.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "ui/region.hpp"
#include "ui/vnc/encodings/encoder.hpp"
#include "ui/vnc/encodings/jpeg-compressor.hpp"
#include "ui/vnc/encodings/splitter.hpp"
#include "ui/vnc/encodings/tight-pixels.hpp"
#include "ui/vnc/rfb/types.hpp"

namespace qio::vnc {

class TightPieces {
public:
    /// The encoding is Tight or TightPNG.
    explicit TightPieces(Encoding encoding) : encoding_(encoding) {}

    void begin(const EncodeSettings& settings);
    /// Each of them becomes one rectangle. Lifetime: until the next call.
    std::span<const Piece> split(const ui::Frame& frame, const ui::Rect& rect) {
        return splitter_.split(frame, rect, limits_);
    }
    /// Appends a piece as a rectangle if it is to be a fill or a JPEG; false if not.
    bool append(const ui::Frame& frame, const Piece& piece, Bytes& out);
    void append_fill(const ui::Rect& rect, std::uint32_t colour, Bytes& out) const;

    const TightPixels& pixels() const { return pixels_; }
    /// What has become JPEG since begin().
    ui::Region lossy_area() const { return ui::Region::of(lossy_rects_); }

private:
    Encoding encoding_;
    TightPixels pixels_;
    SplitLimits limits_;
    Lossy lossy_;
    Splitter splitter_;
    std::unique_ptr<JpegCompressor> jpeg_; // made when first used
    std::vector<ui::Rect> lossy_rects_;
};

} // namespace qio::vnc
