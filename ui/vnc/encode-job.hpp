// internal: the pixels of one update, before and after they are encoded.
#pragma once

#include <memory>
#include <vector>

#include "io/base/bytes.hpp"
#include "ui/frame.hpp"
#include "ui/region.hpp"
#include "ui/vnc/encoded-piece.hpp"
#include "ui/vnc/encodings/encoder.hpp"
#include "ui/vnc/encodings/encoders.hpp"
#include "ui/vnc/encodings/h264-pictures.hpp"

namespace qio::vnc {

/// Parts of a frame that are to be encoded in one way. Clients whose jobs are equal can
/// be sent the same bytes.
struct EncodeJob {
    std::shared_ptr<const ui::Frame> frame;
    std::vector<ui::Rect> rects; ///< none, or inside the frame, not overlapping
    Encoding encoding = Encoding::Raw;
    EncodeSettings settings;
    /// One more rectangle, which only this client can be sent; null if there is none, and
    /// then `rects` are not empty. No other job has it at the same time.
    std::shared_ptr<H264Pictures> video{};

    bool operator==(const EncodeJob&) const = default;

    /// Pixels of `rects`.
    std::size_t area() const;
};

/// Whole rectangles, as they follow each other in an update.
struct EncodedRects {
    std::vector<EncodedPiece> pieces;
    std::size_t count = 0; ///< rectangles in all pieces
    ui::Region lossy;      ///< what clients do not see exactly as it is
};

/// The same of one segment whose bytes are elsewhere.
struct EncodedSegment {
    std::size_t count = 0;
    ui::Region lossy;
};

/// The job as at most `most` jobs of about the same area, which give the same update when
/// their results follow each other; small jobs stay whole. Each is a segment of its own.
/// Video is one job more.
std::vector<EncodeJob> split(const EncodeJob& job, std::size_t most);

/// Encodes one segment and appends it to `out`.
/// Context: any thread that has the encoders for itself.
EncodedSegment encode(const EncodeJob& job, EncoderSet& encoders, Bytes& out);

} // namespace qio::vnc
