// PNG images of parts of a frame.
#include "ui/vnc/encodings/png-writer.hpp"

#include <string_view>

#include <zlib.h>

#include "ui/vnc/encodings/tight-filters.hpp"
#include "ui/vnc/encodings/tight-pixels.hpp"

#include "ui/vectorized.hpp"

namespace qio::vnc {

namespace {

constexpr std::uint64_t signature = 0x89504E470D0A1A0A;
constexpr std::size_t rgb_bytes = 3;
enum ColourType : std::uint8_t { rgb = 2, indexed = 3 };

void append_chunk(std::string_view type, ByteView data, Bytes& out) {
    ByteWriter writer(out);
    writer.put(std::uint32_t(data.size()));
    const auto summed = out.size();
    writer.put_bytes(as_bytes(type)).put_bytes(data);
    const auto* const from = reinterpret_cast<const Bytef*>(out.data() + summed);
    writer.put(std::uint32_t(crc32_z(0, from, out.size() - summed)));
}

void append_head(const ui::Rect& rect, unsigned depth, ColourType type, Bytes& out) {
    ByteWriter(out).put(signature);
    constexpr std::size_t header_bytes = 13; // the last three: methods, not interlaced
    std::array<std::byte, header_bytes> header{};
    store_be(header.data(), std::uint32_t(rect.width));
    store_be(header.data() + 4, std::uint32_t(rect.height));
    header[8] = std::byte(depth);
    header[9] = std::byte(type);
    append_chunk("IHDR", header, out);
}

void append_palette(std::span<const std::uint32_t> colours, Bytes& out) {
    std::array<std::byte, Palette::max_colours * rgb_bytes> entries;
    write_rgb(colours, entries.data());
    append_chunk("PLTE", {entries.data(), colours.size() * rgb_bytes}, out);
}

/// Two indices a byte, the left one on top.
void pack_nibbles(const Bytes& indices, std::byte* out) {
    std::size_t i = 0;
    for (; i + 2 <= indices.size(); i += 2)
        *out++ = indices[i] << 4 | indices[i + 1];
    if (i < indices.size())
        *out = indices[i] << 4;
}

void subtract_left(const std::byte* row, std::size_t count, std::byte* out) {
    for (std::size_t i = 0; i < count; ++i)
        out[i] = std::byte(int(row[i + rgb_bytes]) - int(row[i]));
}

unsigned depth_for(std::size_t colours) {
    return colours <= 2 ? 1 : colours <= 16 ? 4 : 8;
}

} // namespace

void PngWriter::append(const ui::Frame& frame, const ui::Rect& rect, PngFilter filter,
                       int level, Bytes& out) {
    const auto width = std::size_t(rect.width);
    const auto row_bytes = width * rgb_bytes;
    rows_.resize((1 + row_bytes) * std::size_t(rect.height));
    row_.assign(rgb_bytes + row_bytes, std::byte{}); // behind a pixel of zeros
    auto* to = rows_.data();
    for (int y = rect.y; y < rect.y + rect.height; ++y, to += row_bytes) {
        const std::span pixels(frame.row(y) + rect.x, width);
        *to++ = std::byte(filter);
        if (filter == PngFilter::none) {
            write_rgb(pixels, to);
        } else {
            write_rgb(pixels, row_.data() + rgb_bytes);
            subtract_left(row_.data(), row_bytes, to);
        }
    }
    append_head(rect, 8, rgb, out);
    append_data(level, out);
}

void PngWriter::append(const ui::Frame& frame, const ui::Rect& rect,
                       const Palette& palette, int level, Bytes& out) {
    const auto width = std::size_t(rect.width);
    const auto colours = palette.colours();
    const auto depth = depth_for(colours.size());
    const auto row_bytes = (width * depth + 7) / 8;
    rows_.resize((1 + row_bytes) * std::size_t(rect.height));
    row_.resize(width);
    auto* to = rows_.data();
    for (int y = rect.y; y < rect.y + rect.height; ++y, to += row_bytes) {
        const std::span pixels(frame.row(y) + rect.x, width);
        *to++ = std::byte(PngFilter::none);
        if (depth == 1) {
            pack_bits(pixels, colours[0], to);
        } else if (depth == 4) {
            palette.index(pixels, row_.data());
            pack_nibbles(row_, to);
        } else {
            palette.index(pixels, to);
        }
    }
    append_head(rect, depth, indexed, out);
    append_palette(colours, out);
    append_data(level, out);
}

/// rows_ as a whole zlib stream, and the end.
void PngWriter::append_data(int level, Bytes& out) {
    packed_.clear();
    append_zlib_header(packed_);
    deflater_->begin(level);
    deflater_->write(rows_, packed_);
    deflater_->flush(packed_);
    append_zlib_end(packed_);
    const auto* const from = reinterpret_cast<const Bytef*>(rows_.data());
    ByteWriter(packed_).put(std::uint32_t(adler32_z(1, from, rows_.size())));
    append_chunk("IDAT", packed_, out);
    append_chunk("IEND", {}, out);
}

} // namespace qio::vnc
