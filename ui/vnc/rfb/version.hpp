// internal: the ProtocolVersion handshake. Source: RFC 6143 §7.1.1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "io/base/bytes.hpp"
#include "io/base/error.hpp"

namespace qio::vnc {

/// The versions that differ on the wire; they compare by age.
enum class Version : std::uint8_t { v3_3, v3_7, v3_8 };

/// What both sides send first, and its length.
inline constexpr std::string_view protocol_version_message = "RFB 003.008\n";
inline constexpr std::size_t protocol_version_bytes = 12;

/// The version to speak with a client that answered with these bytes. 3.4 to 3.6 never
/// were published and mean 3.3; any version behind 3.8, 3.889 and 4.0 among them, means
/// 3.8, the newest there is.
/// Errors: protocol, if the message is not exactly "RFB xxx.yyy\n", or is below 3.3.
Result<Version> parse_protocol_version(ByteView message);

} // namespace qio::vnc
