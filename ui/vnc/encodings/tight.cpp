// Tight encoding: fills, palettes, pixels and guesses, each through a stream of its own,
// and JPEG.
#include "ui/vnc/encodings/tight.hpp"

#include <algorithm>

#include "ui/vnc/rfb/writer.hpp"

namespace qio::vnc {

namespace {

constexpr std::byte palette_filter{1}, gradient_filter{2};

std::size_t area_of(const ui::Rect& rect) {
    return std::size_t(rect.width) * std::size_t(rect.height);
}

} // namespace

void TightEncoder::begin(const EncodeSettings& settings) {
    level_ = &tight_level(settings.compression_level);
    pieces_.begin(settings);
    may_guess_ = settings.knows_tight_gradient && pieces_.pixels().is_rgb();
}

std::size_t TightEncoder::encode(const ui::Frame& frame, const ui::Rect& rect,
                                 Bytes& out) {
    const auto pieces = pieces_.split(frame, rect);
    for (const auto& piece : pieces)
        if (!pieces_.append(frame, piece, out))
            encode_other(frame, piece.rect, out);
    return pieces.size();
}

void TightEncoder::encode_other(const ui::Frame& frame, const ui::Rect& rect,
                                Bytes& out) {
    const bool has_palette = collect_palette(frame, rect);
    if (has_palette && palette_.colours().size() == 1) {
        pieces_.append_fill(rect, palette_.colours()[0], out);
        return;
    }
    append_rectangle(out, rect, Encoding::Tight);
    if (has_palette)
        append_indexed(frame, rect, out);
    else
        append_full_colour(frame, rect, out);
}

void TightEncoder::append_data(TightStream stream, ByteView filter, Bytes& out) {
    compressed_.append(stream, level_->deflate[std::size_t(stream)], filter, data_, out);
}

/// False if the colours are too many for indices to pay.
bool TightEncoder::collect_palette(const ui::Frame& frame, const ui::Rect& rect) {
    constexpr std::size_t mono = 2;
    auto most = std::clamp(area_of(rect) / std::size_t(level_->colour_share), mono,
                           Palette::max_colours);
    if (pieces_.pixels().bytes_per_pixel() == 1)
        most = mono; // an index is no shorter than a pixel
    return palette_.collect(frame, rect, most);
}

void TightEncoder::append_indexed(const ui::Frame& frame, const ui::Rect& rect,
                                  Bytes& out) {
    const auto colours = palette_.colours();
    filter_.clear();
    filter_.push_back(palette_filter);
    filter_.push_back(std::byte(colours.size() - 1));
    pieces_.pixels().append(colours, filter_);
    index_pixels(frame, rect, palette_, data_);
    append_data(colours.size() == 2 ? TightStream::mono : TightStream::indexed, filter_,
                out);
}

void TightEncoder::append_full_colour(const ui::Frame& frame, const ui::Rect& rect,
                                      Bytes& out) {
    const auto& pixels = pieces_.pixels();
    if (may_guess_ && is_smooth(frame, rect)) {
        gradient_.apply(frame, rect, data_);
        append_data(TightStream::gradient, {&gradient_filter, 1}, out);
        return;
    }
    const auto row_bytes = std::size_t(rect.width) * pixels.bytes_per_pixel();
    data_.resize(row_bytes * std::size_t(rect.height));
    auto* to = data_.data();
    for (int y = rect.y; y < rect.y + rect.height; ++y, to += row_bytes)
        pixels.convert({frame.row(y) + rect.x, std::size_t(rect.width)}, to);
    append_data(TightStream::full_colour, {}, out);
}

} // namespace qio::vnc
