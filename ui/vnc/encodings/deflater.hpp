// internal: segments of zlib streams: compressed pieces that refer to nothing before
// them. Source: RFC 1950, RFC 1951.
#pragma once

#include <memory>

#include "io/base/bytes.hpp"

namespace qio::vnc {

/// The two bytes in front of a zlib stream (RFC 1950 §2.2), 32 KiB window.
void append_zlib_header(Bytes& out);

/// What ends the deflate data of a stream after a flush (RFC 1951 §3.2.3); a checksum
/// follows, if the stream has one (RFC 1950 §2.2).
void append_zlib_end(Bytes& out);

/// Compresses. A stream is its header and then any number of segments, from whichever
/// deflaters. Those of a connection have no end, and so no checksum.
class Deflater {
public:
    static constexpr int min_level = 0;
    static constexpr int max_level = 9;

    virtual ~Deflater() = default;

    /// Begins a segment. Level 0 only stores; see fast_level in deflater.cpp for how
    /// the others are compressed; 9 is as 8. Requires: 0 ≤ level ≤ 9.
    virtual void begin(int level) = 0;
    /// Compresses `data` and appends what is ready.
    virtual void write(ByteView data, Bytes& out) = 0;
    /// Appends the rest, up to a whole byte: a reader can decompress all that was written
    /// so far. The segment goes on.
    virtual void flush(Bytes& out) = 0;

    /// The best there is for each level. Never null.
    static std::unique_ptr<Deflater> create();
};

} // namespace qio::vnc
