// internal: Open H.264 encoding: what moves in one place, as a sequence of pictures.
// Source: RFB, Open H.264 Encoding.
#pragma once

#include <memory>

#include "io/base/bytes.hpp"
#include "ui/frame.hpp"
#include "ui/rect.hpp"
#include "ui/vnc/encodings/h264-compressor.hpp"

namespace qio::vnc {

/// What the client's one decoder has been sent. Other than with an Encoder each rectangle
/// needs those before it: they belong to one client, and all have to be sent, in order.
/// A rectangle that is not sent ends the sequence, and another is to be begun.
///
/// Context: any thread, one at a time.
class H264Pictures {
public:
    /// The first rectangle makes the client forget all decoders that it has: it is never
    /// asked to keep two. Units/limits: quality 1 to 100, about as libjpeg's.
    /// Requires: can_show(rect).
    H264Pictures(const ui::Rect& rect, int quality) : rect_(rect), quality_(quality) {}

    const ui::Rect& rect() const { return rect_; }

    /// Appends the next picture as a rectangle with its header. False, and nothing is
    /// appended, if that cannot be done; then no later one can.
    /// Requires: rect() lies in the frame.
    bool append(const ui::Frame& frame, Bytes& out);

    /// Whether append() has failed.
    bool has_failed() const { return is_begun_ && !compressor_; }

    /// Whether there can be pictures of this place: there is an encoder, the sides are
    /// even, and within its limits.
    static bool can_show(const ui::Rect& rect);

private:
    const ui::Rect rect_;
    const int quality_;
    bool is_begun_ = false;
    I420 picture_;
    std::unique_ptr<H264Compressor> compressor_; // null: not begun, or not possible
};

} // namespace qio::vnc
