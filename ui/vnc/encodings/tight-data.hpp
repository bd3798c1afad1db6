// internal: what Tight compresses itself, and the four zlib streams it does so for.
// Source: RFB, Tight Encoding (BasicCompression).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "ui/vnc/encodings/deflater.hpp"

namespace qio::vnc {

/// What goes through which stream.
enum class TightStream : std::uint8_t { full_colour, mono, indexed, gradient };
inline constexpr std::size_t tight_streams = 4;

/// How long the data behind it is, in one to three bytes. Requires: below 2^22.
void append_compact_length(Bytes& out, std::size_t length);

/// Each piece of data resets its stream, so that the reader starts anew, with a zlib
/// header: it can be read whatever was sent before. To go on with a stream would make
/// pieces of this size no smaller (a screen of 1280 × 800: 0.1 %), and some readers in
/// browsers forget what a stream has held once it was reset.
class TightData {
public:
    /// Shorter data is sent as it is.
    static constexpr std::size_t min_compressed_bytes = 12;

    /// Appends all behind a rectangle's header: control byte, `filter` (may be empty) and
    /// data. `level` is the Deflater's. Requires: compressed, it is shorter than 4 MiB.
    void append(TightStream stream, int level, ByteView filter, ByteView data,
                Bytes& out);

private:
    const std::unique_ptr<Deflater> deflater_ = Deflater::create();
    Bytes packed_;
};

} // namespace qio::vnc
