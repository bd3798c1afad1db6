// Zlib encoding: raw pixels through one deflate stream.
#include "ui/vnc/encodings/zlib.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "ui/vnc/rfb/writer.hpp"

namespace qio::vnc {

namespace {
// Rows are compressed in groups of about this many bytes, not one by one.
constexpr std::size_t group_bytes = 64 * 1024;
} // namespace

void ZlibEncoder::begin(const EncodeSettings& settings) {
    converter_ = ui::PixelConverter(settings.format);
    needs_header_ = settings.stream_begins;
    deflater_->begin(settings.compression_level);
}

std::size_t ZlibEncoder::encode(const ui::Frame& frame, const ui::Rect& rect,
                                Bytes& out) {
    assert(!rect.empty() && frame.bounds().contains(rect));
    append_rectangle(out, rect, Encoding::Zlib);
    const auto length_at = out.size();
    out.resize(length_at + sizeof(std::uint32_t));
    if (std::exchange(needs_header_, false))
        append_zlib_header(out);
    const auto row_bytes = std::size_t(rect.width) * converter_.bytes_per_pixel();
    const int group = int(std::max<std::size_t>(group_bytes / row_bytes, 1));
    for (int y = rect.y; y < rect.y + rect.height; y += group) {
        const int rows = std::min(group, rect.y + rect.height - y);
        pixels_.resize(row_bytes * std::size_t(rows));
        for (int i = 0; i < rows; ++i)
            converter_.convert({frame.row(y + i) + rect.x, std::size_t(rect.width)},
                               pixels_.data() + row_bytes * std::size_t(i));
        deflater_->write(pixels_, out);
    }
    deflater_->flush(out);
    const auto length = out.size() - length_at - sizeof(std::uint32_t);
    store_be(out.data() + length_at, std::uint32_t(length));
    return 1;
}

} // namespace qio::vnc
