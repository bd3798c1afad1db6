// One zlib stream of a connection, for the tests.
#pragma once

#include <optional>

#include <zlib.h>

#include "io/base/bytes.hpp"

namespace qio::test {

class InflateStream {
public:
    InflateStream() { inflateInit(&stream_); }
    ~InflateStream() { inflateEnd(&stream_); }
    InflateStream(const InflateStream&) = delete;
    InflateStream& operator=(const InflateStream&) = delete;

    void reset() { inflateReset(&stream_); }

    /// What `packed` holds; empty if that is wrong, more than `most` bytes, or cannot be
    /// told yet from these bytes alone.
    std::optional<Bytes> inflate(ByteView packed, std::size_t most) {
        Bytes plain(most + 1); // one more, to see what is too much
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(packed.data()));
        stream_.avail_in = uInt(packed.size());
        stream_.next_out = reinterpret_cast<Bytef*>(plain.data());
        stream_.avail_out = uInt(plain.size());
        const int status = ::inflate(&stream_, Z_SYNC_FLUSH);
        if ((status != Z_OK && status != Z_BUF_ERROR) || stream_.avail_in != 0 ||
            stream_.avail_out == 0)
            return std::nullopt;
        plain.resize(plain.size() - stream_.avail_out);
        return plain;
    }

private:
    z_stream stream_{};
};

/// A 32-bit length and as many bytes, if all are there; otherwise nothing is taken.
inline std::optional<ByteView> take_with_length(ByteReader& in) {
    ByteReader ahead = in;
    const auto length = ahead.take<std::uint32_t>();
    const auto bytes = length ? ahead.take_bytes(*length) : std::nullopt;
    if (bytes)
        in = ahead;
    return bytes;
}

} // namespace qio::test
