// What Tight and TightPNG have in common: fills, JPEG, and where they belong.
#include "ui/vnc/encodings/tight-pieces.hpp"

#include <cassert>

#include "ui/vnc/encodings/tight-data.hpp"
#include "ui/vnc/encodings/tight-level.hpp"
#include "ui/vnc/rfb/writer.hpp"

namespace qio::vnc {

namespace {
constexpr std::byte fill{0x80}, jpeg{0x90}; // control bytes
} // namespace

void TightPieces::begin(const EncodeSettings& settings) {
    const auto& level = tight_level(settings.compression_level);
    pixels_ = TightPixels(settings.format);
    limits_ = {.max_width = level.max_width,
               .max_area = level.max_area,
               .min_solid = level.min_solid};
    lossy_rects_.clear();
    if (!settings.lossy || !pixels_.may_be_picture())
        return;
    lossy_ = *settings.lossy;
    if (!jpeg_)
        jpeg_ = JpegCompressor::create();
    limits_.finds_photos = jpeg_ != nullptr;
}

bool TightPieces::append(const ui::Frame& frame, const Piece& piece, Bytes& out) {
    if (piece.kind == Piece::Kind::solid) {
        append_fill(piece.rect, piece.colour, out);
        return true;
    }
    if (piece.kind != Piece::Kind::photo)
        return false;
    const auto image = jpeg_->compress(frame, piece.rect, lossy_);
    if (image.empty())
        return false;
    append_rectangle(out, piece.rect, encoding_);
    out.push_back(jpeg);
    append_compact_length(out, image.size());
    ByteWriter(out).put_bytes(image);
    lossy_rects_.push_back(piece.rect);
    return true;
}

void TightPieces::append_fill(const ui::Rect& rect, std::uint32_t colour,
                              Bytes& out) const {
    append_rectangle(out, rect, encoding_);
    out.push_back(fill);
    pixels_.append({&colour, 1}, out);
}

} // namespace qio::vnc
