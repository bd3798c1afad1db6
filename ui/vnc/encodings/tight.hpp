// internal: Tight encoding: fills, palettes, pixels and guesses, each through a stream of
// its own, and JPEG. Source: RFB, Tight Encoding.
#pragma once

#include "ui/vnc/encodings/encoder.hpp"
#include "ui/vnc/encodings/palette.hpp"
#include "ui/vnc/encodings/tight-data.hpp"
#include "ui/vnc/encodings/tight-filters.hpp"
#include "ui/vnc/encodings/tight-level.hpp"
#include "ui/vnc/encodings/tight-pieces.hpp"

namespace qio::vnc {

class TightEncoder final : public Encoder {
public:
    void begin(const EncodeSettings& settings) override;
    std::size_t encode(const ui::Frame& frame, const ui::Rect& rect, Bytes& out) override;
    ui::Region lossy_area() const override { return pieces_.lossy_area(); }

private:
    void encode_other(const ui::Frame& frame, const ui::Rect& rect, Bytes& out);
    bool collect_palette(const ui::Frame& frame, const ui::Rect& rect);
    void append_data(TightStream stream, ByteView filter, Bytes& out);
    void append_indexed(const ui::Frame& frame, const ui::Rect& rect, Bytes& out);
    void append_full_colour(const ui::Frame& frame, const ui::Rect& rect, Bytes& out);

    TightPieces pieces_{Encoding::Tight};
    const TightLevel* level_ = nullptr; // set by begin()
    bool may_guess_ = false;
    TightData compressed_;
    Palette palette_;
    GradientFilter gradient_;
    Bytes filter_, data_; // of the current rectangle
};

} // namespace qio::vnc
