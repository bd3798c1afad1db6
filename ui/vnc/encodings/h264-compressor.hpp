// internal: a sequence of pictures as H.264.
#pragma once

#include <memory>

#include "io/base/bytes.hpp"
#include "ui/vnc/encodings/i420.hpp"

namespace qio::vnc {

/// The pictures of one place, each of which may refer to the one before: constrained
/// baseline profile, no picture waits for another, one slice each. Colours are described
/// in the sequence's parameters.
///
/// Context: any thread, one at a time.
class H264Compressor {
public:
    /// Of pictures; with larger ones decoders of the highest common level end.
    static constexpr int min_side = 16, max_width = 3840, max_height = 2160;

    virtual ~H264Compressor() = default;

    /// The NAL units of a picture in Annex B format; those of the first are parameters
    /// and a picture that refers to nothing. Empty if it cannot be done: then no later
    /// one can. Requires: pictures have the size that was given to create().
    virtual Bytes compress(const I420& picture) = 0;

    /// Null if the library was built without H.264, or it cannot be begun.
    /// Units/limits: quality 1 to 100, about as libjpeg's.
    /// Requires: width and height are even and within the limits.
    static std::unique_ptr<H264Compressor> create(int width, int height, int quality);
    static bool is_built_in();
};

} // namespace qio::vnc
