// Zlib encoding: raw pixels through one deflate stream.
#include "ui/vnc/encodings/zlib.hpp"

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <utility>

namespace qio::vnc {

namespace {
// Rows are compressed in groups of about this many bytes, not one by one.
constexpr std::size_t group_bytes = 16 * 1024;
} // namespace

ZlibEncoder::ZlibEncoder(std::unique_ptr<DeflateStream> stream)
    : stream_(std::move(stream)) {}

Result<std::unique_ptr<ZlibEncoder>> ZlibEncoder::create(int level) {
    auto stream = QIO_TRY(DeflateStream::create(level));
    return std::unique_ptr<ZlibEncoder>(new ZlibEncoder(std::move(stream)));
}

void ZlibEncoder::encode(const ui::Surface& surface, const ui::Rect& rect,
                         const ui::PixelConverter& converter, Bytes& out) {
    assert(surface.bounds().contains(rect));
    const auto length_at = out.size();
    out.resize(length_at + sizeof(std::uint32_t));
    if (!rect.empty()) {
        const auto row_bytes = std::size_t(rect.width) * converter.bytes_per_pixel();
        const int group = int(std::max<std::size_t>(group_bytes / row_bytes, 1));
        for (int y = rect.y; y < rect.y + rect.height; y += group) {
            const int rows = std::min(group, rect.y + rect.height - y);
            pixels_.resize(row_bytes * std::size_t(rows));
            for (int i = 0; i < rows; ++i)
                rows_.convert(surface, rect.x, y + i, rect.width, converter,
                              pixels_.data() + row_bytes * std::size_t(i));
            stream_->write(pixels_, out);
        }
        stream_->flush(out);
    }
    const auto length = out.size() - length_at - sizeof(std::uint32_t);
    store_be(out.data() + length_at, std::uint32_t(length));
}

} // namespace qio::vnc
