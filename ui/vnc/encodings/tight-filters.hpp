// internal: what Tight makes of pixels before they are compressed. Source: RFB, Tight
// Encoding (PaletteFilter, GradientFilter).
#pragma once

#include <cstdint>
#include <span>

#include "io/base/bytes.hpp"
#include "ui/frame.hpp"
#include "ui/rect.hpp"
#include "ui/vnc/encodings/palette.hpp"

namespace qio::vnc {

/// Writes a bit for each pixel, the leftmost on top: 0 for the background. The last byte
/// is filled up with zeros.
void pack_bits(std::span<const std::uint32_t> pixels, std::uint32_t background,
               std::byte* out);

/// Replaces `out` by the palette's indices of `rect`: in bits if there are two colours,
/// each row in whole bytes, or else in bytes. Requires: the palette has its colours.
void index_pixels(const ui::Frame& frame, const ui::Rect& rect, const Palette& palette,
                  Bytes& out);

/// Replaces `out` by what each channel of `rect` differs from the guess that its
/// neighbours above and to the left allow; three bytes a pixel.
class GradientFilter {
public:
    void apply(const ui::Frame& frame, const ui::Rect& rect, Bytes& out);

private:
    Bytes above_, current_; // one row each, behind a pixel of zeros
};

/// Whether such guesses are nearly always right: so in smooth pictures, not in noise.
bool is_smooth(const ui::Frame& frame, const ui::Rect& rect);

} // namespace qio::vnc
