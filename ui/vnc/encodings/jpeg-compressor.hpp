// internal: JPEG images of parts of a frame.
#pragma once

#include <memory>

#include "io/base/bytes.hpp"
#include "ui/frame.hpp"
#include "ui/rect.hpp"
#include "ui/vnc/encodings/encoder.hpp"

namespace qio::vnc {

class JpegCompressor {
public:
    virtual ~JpegCompressor() = default;

    /// A whole baseline image with all of its tables; empty if there is no memory for it.
    /// Lifetime: until the next call. Requires: `rect` is not empty, lies inside the
    /// frame, and has no side of more than 65500 pixels.
    virtual ByteView compress(const ui::Frame& frame, const ui::Rect& rect,
                              const Lossy& lossy) = 0;

    /// Null if the library was built without JPEG, or there is no memory.
    static std::unique_ptr<JpegCompressor> create();
    static bool is_built_in();
};

} // namespace qio::vnc
