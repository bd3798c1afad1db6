// internal: Zlib encoding: raw pixels through one deflate stream. Source: RFB, Zlib
// Encoding.
#pragma once

#include <memory>

#include "io/base/error.hpp"
#include "ui/vnc/encodings/deflate-stream.hpp"
#include "ui/vnc/encodings/encoder.hpp"
#include "ui/vnc/encodings/row-converter.hpp"

namespace qio::vnc {

/// The stream lasts as long as the connection: one encoder per connection.
class ZlibEncoder final : public Encoder {
public:
    /// Errors: invalid_argument (level is not 0 to 9), exhausted (memory).
    static Result<std::unique_ptr<ZlibEncoder>> create(int level);

    /// Takes effect with the next rectangle. Requires: 0 ≤ level ≤ 9.
    void set_level(int level) { stream_->set_level(level); }

    Encoding encoding() const override { return Encoding::Zlib; }
    void encode(const ui::Surface& surface, const ui::Rect& rect,
                const ui::PixelConverter& converter, Bytes& out) override;

    ZlibEncoder(const ZlibEncoder&) = delete;
    ZlibEncoder& operator=(const ZlibEncoder&) = delete;

private:
    explicit ZlibEncoder(std::unique_ptr<DeflateStream> stream);

    std::unique_ptr<DeflateStream> stream_;
    RowConverter rows_;
    Bytes pixels_; // of some rows, in the client's format
};

} // namespace qio::vnc
