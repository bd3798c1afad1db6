// What Tight compresses itself, and the four zlib streams it does so for.
#include "ui/vnc/encodings/tight-data.hpp"

#include <cassert>

namespace qio::vnc {

namespace {
constexpr unsigned explicit_filter = 0x40;
constexpr unsigned stream_shift = 4;
} // namespace

void append_compact_length(Bytes& out, std::size_t length) {
    assert(length < std::size_t(1) << 22);
    constexpr unsigned more = 0x80, bits = 0x7F;
    if (length <= bits) {
        out.push_back(std::byte(length));
        return;
    }
    out.push_back(std::byte((length & bits) | more));
    if (length >> 7 <= bits) {
        out.push_back(std::byte(length >> 7));
        return;
    }
    out.push_back(std::byte((length >> 7 & bits) | more));
    out.push_back(std::byte(length >> 14));
}

void TightData::append(TightStream stream, int level, ByteView filter, ByteView data,
                       Bytes& out) {
    const bool is_compressed = data.size() >= min_compressed_bytes;
    unsigned control = unsigned(stream) << stream_shift;
    if (!filter.empty())
        control |= explicit_filter;
    if (is_compressed)
        control |= 1u << unsigned(stream); // reset
    out.push_back(std::byte(control));
    ByteWriter(out).put_bytes(filter);
    if (!is_compressed) {
        ByteWriter(out).put_bytes(data);
        return;
    }
    packed_.clear();
    append_zlib_header(packed_);
    deflater_->begin(level);
    deflater_->write(data, packed_);
    deflater_->flush(packed_);
    append_compact_length(out, packed_.size());
    ByteWriter(out).put_bytes(packed_);
}

} // namespace qio::vnc
