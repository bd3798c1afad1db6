// The four zlib streams of Tight.
#include "ui/vnc/encodings/tight-streams.hpp"

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

TightStreams::TightStreams() = default;

void TightStreams::begin(const std::array<std::uint8_t, count>& levels) {
    for (std::size_t i = 0; i < count; ++i) {
        streams_[i].level = levels[i];
        streams_[i].has_begun = false;
    }
}

void TightStreams::append(TightStream stream, ByteView filter, ByteView data,
                          Bytes& out) {
    auto& used = streams_[std::size_t(stream)];
    const bool is_compressed = data.size() >= min_compressed_bytes;
    const bool begins = is_compressed && !used.has_begun;
    unsigned control = unsigned(stream) << stream_shift;
    if (!filter.empty())
        control |= explicit_filter;
    if (begins)
        control |= 1u << unsigned(stream);
    out.push_back(std::byte(control));
    ByteWriter(out).put_bytes(filter);
    if (!is_compressed) {
        ByteWriter(out).put_bytes(data);
        return;
    }
    packed_.clear();
    if (begins) {
        if (!used.deflater)
            used.deflater = Deflater::create();
        used.deflater->begin(used.level);
        used.has_begun = true;
        append_zlib_header(packed_);
    }
    used.deflater->write(data, packed_);
    used.deflater->flush(packed_);
    append_compact_length(out, packed_.size());
    ByteWriter(out).put_bytes(packed_);
}

} // namespace qio::vnc
