// internal: the four zlib streams of Tight. Source: RFB, Tight Encoding
// (BasicCompression).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "ui/vnc/encodings/deflater.hpp"

namespace qio::vnc {

/// What goes through which stream, so that each sees data of one kind.
enum class TightStream : std::uint8_t { full_colour, mono, indexed, gradient };

/// How long the data behind it is, in one to three bytes. Requires: below 2^22.
void append_compact_length(Bytes& out, std::size_t length);

/// A segment resets each stream when it first uses it: the reader then starts anew, with
/// a zlib header, whatever was sent before.
class TightStreams {
public:
    static constexpr std::size_t count = 4;
    /// Shorter data is sent as it is.
    static constexpr std::size_t min_compressed_bytes = 12;

    TightStreams();

    /// Begins a segment; deflate levels for each stream.
    void begin(const std::array<std::uint8_t, count>& levels);
    /// Appends all behind a rectangle's header: control byte, `filter` (may be empty) and
    /// data. Requires: compressed, it is shorter than 4 MiB.
    void append(TightStream stream, ByteView filter, ByteView data, Bytes& out);

private:
    struct Stream {
        std::unique_ptr<Deflater> deflater; // made when first used
        std::uint8_t level = 0;
        bool has_begun = false;
    };

    std::array<Stream, count> streams_;
    Bytes packed_;
};

} // namespace qio::vnc
