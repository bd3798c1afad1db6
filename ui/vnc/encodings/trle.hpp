// internal: TRLE encoding: tiles of 16x16 in palettes and runs. Source: RFC 6143 §7.7.5.
#pragma once

#include <array>

#include "ui/vnc/encodings/encoder.hpp"
#include "ui/vnc/encodings/zrle-tile.hpp"

namespace qio::vnc {

class TrleEncoder final : public Encoder {
public:
    static constexpr int side = 16;

    void begin(const EncodeSettings& settings) override;
    std::size_t encode(const ui::Frame& frame, const ui::Rect& rect, Bytes& out) override;

private:
    ZrleTile tile_;
    std::array<std::byte, ZrleTile::max_bytes> bytes_;
};

} // namespace qio::vnc
