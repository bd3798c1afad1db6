// internal: ZRLE encoding: tiles of 64x64 in palettes and runs, deflated. Source: RFB,
// ZRLE Encoding.
#pragma once

#include <memory>

#include "ui/vnc/encodings/deflater.hpp"
#include "ui/vnc/encodings/encoder.hpp"
#include "ui/vnc/encodings/zrle-tile.hpp"

namespace qio::vnc {

class ZrleEncoder final : public Encoder {
public:
    static constexpr int side = ZrleTile::max_side;

    void begin(const EncodeSettings& settings) override;
    std::size_t encode(const ui::Frame& frame, const ui::Rect& rect, Bytes& out) override;

private:
    const std::unique_ptr<Deflater> deflater_ = Deflater::create();
    ZrleTile tile_;
    bool needs_header_ = false;
    Bytes tiles_; // not compressed yet
};

} // namespace qio::vnc
