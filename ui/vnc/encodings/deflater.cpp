// Segments of zlib streams: compressed pieces that refer to nothing before them.
#include "ui/vnc/encodings/deflater.hpp"

#include <cassert>

#include "ui/vnc/encodings/deflater-zlib.hpp"

namespace qio::vnc {

void append_zlib_header(Bytes& out) {
    // Deflate with the largest window; the level in it is of no consequence (RFC 1950
    // §2.2).
    out.push_back(std::byte{0x78});
    out.push_back(std::byte{0x01});
}

void append_zlib_end(Bytes& out) {
    // A last block, with fixed codes and nothing in it.
    out.push_back(std::byte{0x03});
    out.push_back(std::byte{0x00});
}

std::unique_ptr<Deflater> Deflater::create() {
    return std::make_unique<DeflaterZlib>();
}

} // namespace qio::vnc
