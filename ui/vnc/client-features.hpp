// internal: what a client's SetEncodings lets us use. Source: RFB, SetEncodings and the
// pseudo-encodings.
#pragma once

#include <optional>
#include <span>

#include "ui/vnc/encodings/encoder.hpp"
#include "ui/vnc/rfb/types.hpp"

namespace qio::vnc {

/// The compression level of clients that do not name one: fast, and small enough.
inline constexpr int default_compression_level = 2;

struct ClientFeatures {
    /// The first encoding of the list that there is an encoder for; Raw if none is.
    Encoding encoding = Encoding::Raw;
    int compression_level = default_compression_level;
    std::optional<Lossy> lossy; ///< what the client would let us lose
    bool desktop_size = false;
    bool extended_desktop_size = false;
    bool cursor = false;
    bool desktop_name = false;
    bool extended_keys = false;
    bool fence = false;
    bool continuous_updates = false;

    bool can_resize() const { return desktop_size || extended_desktop_size; }

    bool operator==(const ClientFeatures&) const = default;
};

/// Clients list what they like best first; unknown and repeated numbers do no harm.
ClientFeatures features_of(std::span<const Encoding> encodings);

} // namespace qio::vnc
