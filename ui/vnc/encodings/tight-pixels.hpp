// internal: pixels as Tight sends them. Source: RFB, Tight Encoding (TPIXEL).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "io/base/bytes.hpp"
#include "ui/pixel-format.hpp"

namespace qio::vnc {

/// Writes three bytes for each pixel, red first. Requires: `out` has room for them.
void write_rgb(std::span<const std::uint32_t> pixels, std::byte* out);

/// Native pixels to TPIXELs: red, green, blue for true colours of 32 bits per pixel,
/// depth 24 and 8 bits a channel, or else the client's pixel.
class TightPixels {
public:
    /// Requires: check(format) passed.
    explicit TightPixels(const ui::PixelFormat& format = ui::server_native());

    /// Whether they are three bytes.
    bool is_rgb() const { return is_rgb_; }
    std::size_t bytes_per_pixel() const {
        return is_rgb_ ? 3 : converter_.bytes_per_pixel();
    }
    /// Whether the client may be sent JPEG and PNG: not with 8 bits per pixel, nor with a
    /// colour map.
    bool may_be_picture() const {
        return converter_.bytes_per_pixel() > 1 && converter_.format().true_colour;
    }

    /// Writes pixels.size() × bytes_per_pixel() bytes.
    void convert(std::span<const std::uint32_t> pixels, std::byte* out) const {
        if (is_rgb_)
            write_rgb(pixels, out);
        else
            converter_.convert(pixels, out);
    }
    /// Appends as many.
    void append(std::span<const std::uint32_t> pixels, Bytes& out) const {
        const auto at = out.size();
        out.resize(at + pixels.size() * bytes_per_pixel());
        convert(pixels, out.data() + at);
    }

private:
    ui::PixelConverter converter_;
    bool is_rgb_;
};

} // namespace qio::vnc
