// internal: Raw encoding: rows of pixels as they are. Source: RFC 6143 §7.7.1.
#pragma once

#include "ui/vnc/encodings/encoder.hpp"

namespace qio::vnc {

class RawEncoder final : public Encoder {
public:
    void begin(const EncodeSettings& settings) override;
    std::size_t encode(const ui::Frame& frame, const ui::Rect& rect, Bytes& out) override;

private:
    ui::PixelConverter converter_;
};

} // namespace qio::vnc
