// TightPNG encoding: fills, JPEG, and PNG for what Tight would compress itself.
#include "ui/vnc/encodings/tight-png.hpp"

#include "ui/vnc/encodings/tight-data.hpp"
#include "ui/vnc/encodings/tight-filters.hpp"
#include "ui/vnc/rfb/writer.hpp"

namespace qio::vnc {

namespace {
constexpr std::byte png{0xA0}; // control byte
} // namespace

void TightPngEncoder::begin(const EncodeSettings& settings) {
    level_ = &tight_level(settings.compression_level);
    pieces_.begin(settings);
    raw_.begin(settings);
}

std::size_t TightPngEncoder::encode(const ui::Frame& frame, const ui::Rect& rect,
                                    Bytes& out) {
    const auto pieces = pieces_.split(frame, rect);
    for (const auto& piece : pieces)
        if (!pieces_.append(frame, piece, out))
            encode_other(frame, piece.rect, out);
    return pieces.size();
}

void TightPngEncoder::encode_other(const ui::Frame& frame, const ui::Rect& rect,
                                   Bytes& out) {
    const bool has_palette = palette_.collect(frame, rect, Palette::max_colours);
    if (has_palette && palette_.colours().size() == 1) {
        pieces_.append_fill(rect, palette_.colours()[0], out);
        return;
    }
    if (!pieces_.pixels().may_be_picture()) {
        raw_.encode(frame, rect, out);
        return;
    }
    make_image(frame, rect, has_palette);
    append_rectangle(out, rect, Encoding::TightPNG);
    out.push_back(png);
    append_compact_length(out, image_.size());
    ByteWriter(out).put_bytes(image_);
}

void TightPngEncoder::make_image(const ui::Frame& frame, const ui::Rect& rect,
                                 bool has_palette) {
    image_.clear();
    // Entries of a palette are pixels, too: few indices do not make up for many.
    const auto area = std::size_t(rect.width) * std::size_t(rect.height);
    const auto colours = palette_.colours().size();
    if (has_palette && colours <= area / 2) {
        const auto stream = colours == 2 ? TightStream::mono : TightStream::indexed;
        png_.append(frame, rect, palette_, level_->deflate[std::size_t(stream)], image_);
        return;
    }
    const auto filter = is_smooth(frame, rect) ? PngFilter::sub : PngFilter::none;
    const auto stream = TightStream::full_colour;
    png_.append(frame, rect, filter, level_->deflate[std::size_t(stream)], image_);
}

} // namespace qio::vnc
