// The client's half of pixel data, written from the RFB text alone: it shares no code
// with the encoders it checks.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <zlib.h>

#include "io/base/bytes.hpp"
#include "ui/pixel-format.hpp"

namespace qio::test {

/// Pixels 0x00RRGGBB, row after row.
using Pixels = std::vector<std::uint32_t>;

/// Decodes what one connection receives. All results are empty if the data is wrong, has
/// bytes left, or lacks some.
class RfbDecoder {
public:
    explicit RfbDecoder(const ui::PixelFormat& format);
    ~RfbDecoder();
    RfbDecoder(const RfbDecoder&) = delete;
    RfbDecoder& operator=(const RfbDecoder&) = delete;

    /// From now on pixels have this format; the zlib stream goes on.
    void set_format(const ui::PixelFormat& format) { format_ = format; }
    const ui::PixelFormat& format() const { return format_; }
    std::size_t bytes_per_pixel() const { return format_.bits_per_pixel / 8u; }
    /// For clients without true colours: what SetColourMapEntries said.
    void set_colour_map(const std::array<ui::ColourMapEntry, 256>& map) { map_ = map; }

    std::optional<Pixels> raw(ByteView payload, std::size_t count) const;
    std::optional<Pixels> zlib(ByteView payload, std::size_t count);

    /// The colour of one pixel from its bytes, each channel scaled to 0 … 255.
    std::uint32_t colour(const std::byte* bytes) const;
    /// What a server has to send for a colour if it keeps the top bits of each channel,
    /// as this decoder then shows it.
    std::uint32_t reduced(std::uint32_t colour) const;

private:
    ui::PixelFormat format_;
    std::array<ui::ColourMapEntry, 256> map_{};
    z_stream inflate_{};
};

} // namespace qio::test
