// The client's half of pixel data, written from the RFB text alone: it shares no code
// with the encoders it checks.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "io/base/bytes.hpp"
#include "ui/pixel-format.hpp"

namespace qio::test {

/// Pixels 0x00RRGGBB, row after row.
using Pixels = std::vector<std::uint32_t>;

/// Decodes pixels in one client's format.
class RfbDecoder {
public:
    explicit RfbDecoder(const ui::PixelFormat& format) : format_(format) {}

    /// From now on pixels have this format.
    void set_format(const ui::PixelFormat& format) { format_ = format; }
    const ui::PixelFormat& format() const { return format_; }
    std::size_t bytes_per_pixel() const { return format_.bits_per_pixel / 8u; }
    /// For clients without true colours: what SetColourMapEntries said.
    void set_colour_map(const std::array<ui::ColourMapEntry, 256>& map) { map_ = map; }

    /// Empty if there are not just as many bytes.
    std::optional<Pixels> raw(ByteView payload, std::size_t count) const;

    /// The colour of one pixel from its bytes, each channel scaled to 0 … 255.
    std::uint32_t colour(const std::byte* bytes) const;
    /// What a server has to send for a colour if it keeps the top bits of each channel,
    /// as this decoder then shows it.
    std::uint32_t reduced(std::uint32_t colour) const;

private:
    ui::PixelFormat format_;
    std::array<ui::ColourMapEntry, 256> map_{};
};

} // namespace qio::test
