// How a WebSocket compresses, and what it asks of its peer (RFC 7692).
#pragma once

#include <cstddef>
#include <cstdint>

#include "io/base/api.hpp"
#include "io/base/error.hpp"

namespace qio::ws {

/// Whether a message may refer back to the ones before it: smaller messages for memory
/// that is held between them.
enum class ContextTakeover : bool { no, yes };

/// What we are willing to agree on, whichever side we are, and how we compress.
///
/// Units/limits: a window of N bits is 2^N bytes. Per connection, compressing takes
/// 2^(bits+2) + 2^(memory_level+9) bytes and 6 KiB (262 KiB as set here), decompressing
/// 2^bits bytes and 8 KiB (40 KiB); both from the first message on that needs it.
struct DeflateOptions {
    int own_window_bits = 15;  ///< 9 to 15: the most we compress with
    int peer_window_bits = 15; ///< 8 to 15: the most the peer may compress with
    ContextTakeover own_takeover = ContextTakeover::yes;
    ContextTakeover peer_takeover = ContextTakeover::yes;
    int level = 6;              ///< 1 (fast) to 9 (small)
    int memory_level = 8;       ///< 1 to 9: the size of the compressor's tables
    std::size_t min_bytes = 64; ///< smaller messages are sent as they are
};

/// How the messages of one direction are compressed.
struct DeflateContext {
    int window_bits = 15; ///< 8 to 15
    ContextTakeover takeover = ContextTakeover::yes;

    bool operator==(const DeflateContext&) const = default;
};

/// What was agreed, seen from our side.
struct DeflateAgreement {
    DeflateContext sent;     ///< our messages; 8 bits: we send all as they are
    DeflateContext received; ///< the peer's

    bool operator==(const DeflateAgreement&) const = default;
};

/// Errors: invalid_argument for a number that is out of its range.
QIO_API Result<void> check(const DeflateOptions& options);

} // namespace qio::ws
