// internal: Zlib encoding: raw pixels through one deflate stream. Source: RFB, Zlib
// Encoding.
#pragma once

#include <memory>

#include "ui/vnc/encodings/deflater.hpp"
#include "ui/vnc/encodings/encoder.hpp"

namespace qio::vnc {

class ZlibEncoder final : public Encoder {
public:
    void begin(const EncodeSettings& settings) override;
    std::size_t encode(const ui::Frame& frame, const ui::Rect& rect, Bytes& out) override;

private:
    const std::unique_ptr<Deflater> deflater_ = Deflater::create();
    ui::PixelConverter converter_;
    bool needs_header_ = false;
    Bytes pixels_; // of some rows, in the client's format
};

} // namespace qio::vnc
