// internal: the interface of everything that turns pixels into rectangles of an update.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "io/base/bytes.hpp"
#include "ui/frame.hpp"
#include "ui/pixel-format.hpp"
#include "ui/rect.hpp"
#include "ui/region.hpp"

namespace qio::vnc {

/// How JPEG stores its colours: in full, or for each 2, 4 pixels together, or not at all.
enum class Subsampling : std::uint8_t { none, half, quarter, grey };

/// What may be lost of a picture.
struct Lossy {
    int jpeg_quality = 80; ///< 1 to 100, libjpeg's scale
    Subsampling subsampling = Subsampling::quarter;
    /// 1 to 3 of ZYWRLE; 0: none, its quality is the best, or not one of the ten.
    int wavelet_level = 1;

    bool operator==(const Lossy&) const = default;
};

/// How a client wants its rectangles. Clients with equal settings can be sent the same
/// bytes.
struct EncodeSettings {
    ui::PixelFormat format;     ///< passed ui::check()
    int compression_level = 2;  ///< 0 to 9, the client's wish: 0 fast, 9 small
    std::optional<Lossy> lossy; ///< empty: each pixel arrives as it is
    /// The client's zlib stream of this encoding has not begun, so its header is needed.
    bool stream_begins = false;
    /// Whether Tight may use its gradient filter. Old clients in browsers end the session
    /// when they see it, and no client says that it knows it.
    bool knows_tight_gradient = false;

    bool operator==(const EncodeSettings&) const = default;
};

/// Turns parts of a frame into rectangles.
///
/// What is encoded between two calls of begin() is a *segment*: it refers to no pixel and
/// to no compressed byte of an earlier one, so it can be sent to any client with these
/// settings, whatever that has been sent before, as long as segments are not mixed.
///
/// Context: any thread, one at a time. Memory of one segment is kept for the next.
class Encoder {
public:
    virtual ~Encoder() = default;

    /// Begins a segment. Requires: the settings are in their ranges.
    virtual void begin(const EncodeSettings& settings) = 0;

    /// Appends `rect` of the frame as one or more rectangles with their headers, and
    /// returns how many. Requires: begin() was called; `rect` is not empty and lies
    /// inside the frame.
    virtual std::size_t encode(const ui::Frame& frame, const ui::Rect& rect,
                               Bytes& out) = 0;

    /// What of the segment a client will not see exactly as it is; nothing, unless the
    /// settings allow loss. Lossless encodings leave this alone.
    virtual ui::Region lossy_area() const { return {}; }
};

} // namespace qio::vnc
