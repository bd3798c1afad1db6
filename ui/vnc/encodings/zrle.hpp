// internal: ZRLE encoding: tiles of 64x64 in palettes and runs, deflated. Source: RFB,
// ZRLE Encoding.
#pragma once

#include <memory>
#include <vector>

#include "ui/vnc/encodings/deflater.hpp"
#include "ui/vnc/encodings/encoder.hpp"
#include "ui/vnc/encodings/zrle-tile.hpp"
#include "ui/vnc/rfb/types.hpp"

namespace qio::vnc {

class ZrleEncoder final : public Encoder {
public:
    static constexpr int side = ZrleTile::max_side;

    /// ZRLE; or ZYWRLE, whose tiles of many colours become waves where that may be.
    /// Viewers may forget their waves when they see ZRLE, so what must be exact is ZYWRLE
    /// as well.
    explicit ZrleEncoder(Encoding encoding = Encoding::ZRLE) : encoding_(encoding) {}

    void begin(const EncodeSettings& settings) override;
    std::size_t encode(const ui::Frame& frame, const ui::Rect& rect, Bytes& out) override;
    ui::Region lossy_area() const override { return ui::Region::of(lossy_rects_); }

private:
    const std::unique_ptr<Deflater> deflater_ = Deflater::create();
    ZrleTile tile_;
    const Encoding encoding_;
    bool needs_header_ = false;
    std::vector<ui::Rect> lossy_rects_;
    Bytes tiles_; // not compressed yet
};

} // namespace qio::vnc
