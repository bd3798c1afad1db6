// internal: pixels as a client reads them, in words that can be compared and counted.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "ui/frame.hpp"
#include "ui/pixel-format.hpp"
#include "ui/rect.hpp"

namespace qio::vnc {

/// A *word* holds one pixel: its lowest bytes() bytes, the lowest first, are what is
/// sent, and the others are zero. So pixels that look alike to the client are equal.
class WirePixels {
public:
    /// As PIXEL, or as CPIXEL: 3 bytes of 4 where these hold all colours (RFB, ZRLE
    /// Encoding).
    enum class Packing : std::uint8_t { pixel, cpixel };

    static constexpr std::size_t max_bytes = 4;
    static constexpr int max_width = 128;

    /// Requires: ui::check(format) passed.
    explicit WirePixels(const ui::PixelFormat& format = ui::server_native(),
                        Packing packing = Packing::pixel);

    std::size_t bytes() const { return bytes_; }

    /// The words of a part of the frame, `stride` apart from row to row.
    /// Requires: the part is in the frame, and at most max_width wide.
    void load(const ui::Frame& frame, const ui::Rect& rect, std::uint32_t* words,
              std::size_t stride) const;

    /// Writes one pixel, and returns where the next one goes. Units/limits: it may write
    /// max_bytes, so there has to be room behind the last one.
    std::byte* put(std::byte* at, std::uint32_t word) const {
        if constexpr (std::endian::native == std::endian::big)
            word = std::byteswap(word);
        std::memcpy(at, &word, sizeof word);
        return at + bytes_;
    }

private:
    ui::PixelConverter converter_;
    std::size_t bytes_;
    int drop_bits_ = 0; // the lowest of four bytes if that is not sent
};

} // namespace qio::vnc
