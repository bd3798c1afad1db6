// internal: PNG images of parts of a frame. Source: PNG specification (ISO 15948).
#pragma once

#include <memory>

#include "io/base/bytes.hpp"
#include "ui/frame.hpp"
#include "ui/rect.hpp"
#include "ui/vnc/encodings/deflater.hpp"
#include "ui/vnc/encodings/palette.hpp"

namespace qio::vnc {

/// What a row's bytes say: themselves, or what they differ from the pixel before.
enum class PngFilter : std::uint8_t { none = 0, sub = 1 };

/// Keeps its compressor and memory from one image to the next.
class PngWriter {
public:
    /// Appends an image of red, green and blue.
    void append(const ui::Frame& frame, const ui::Rect& rect, PngFilter filter, int level,
                Bytes& out);
    /// Appends an image of one, four or eight bits a pixel.
    /// Requires: the palette has the colours of `rect`.
    void append(const ui::Frame& frame, const ui::Rect& rect, const Palette& palette,
                int level, Bytes& out);

private:
    void append_data(int level, Bytes& out);

    const std::unique_ptr<Deflater> deflater_ = Deflater::create();
    Bytes rows_; // each behind its filter's number
    Bytes row_;
    Bytes packed_;
};

} // namespace qio::vnc
