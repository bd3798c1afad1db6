// internal: TightPNG encoding: fills, JPEG, and PNG for what Tight would compress itself.
// Source: RFB, TightPNG Encoding.
#pragma once

#include "ui/vnc/encodings/encoder.hpp"
#include "ui/vnc/encodings/palette.hpp"
#include "ui/vnc/encodings/png-writer.hpp"
#include "ui/vnc/encodings/raw.hpp"
#include "ui/vnc/encodings/tight-level.hpp"
#include "ui/vnc/encodings/tight-pieces.hpp"

namespace qio::vnc {

/// PNG is for clients of 16 and 32 bits per pixel. The others get fills, and Raw
/// rectangles: there is nothing else that this encoding allows them.
class TightPngEncoder final : public Encoder {
public:
    void begin(const EncodeSettings& settings) override;
    std::size_t encode(const ui::Frame& frame, const ui::Rect& rect, Bytes& out) override;
    ui::Region lossy_area() const override { return pieces_.lossy_area(); }

private:
    void encode_other(const ui::Frame& frame, const ui::Rect& rect, Bytes& out);
    void make_image(const ui::Frame& frame, const ui::Rect& rect, bool has_palette);

    TightPieces pieces_{Encoding::TightPNG};
    const TightLevel* level_ = nullptr; // set by begin()
    Palette palette_;
    PngWriter png_;
    RawEncoder raw_;
    Bytes image_;
};

} // namespace qio::vnc
