// internal: Raw encoding: rows of pixels as they are. Source: RFC 6143 §7.7.1.
#pragma once

#include "ui/vnc/encodings/encoder.hpp"
#include "ui/vnc/encodings/row-converter.hpp"

namespace qio::vnc {

class RawEncoder final : public Encoder {
public:
    Encoding encoding() const override { return Encoding::Raw; }
    void encode(const ui::Surface& surface, const ui::Rect& rect,
                const ui::PixelConverter& converter, Bytes& out) override;

private:
    RowConverter rows_;
};

} // namespace qio::vnc
