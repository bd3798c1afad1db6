// SHA-1 and base64, as the WebSocket handshake needs them (RFC 6455 §4.2.2, RFC 4648 §4).
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "io/base/api.hpp"
#include "io/base/bytes.hpp"

namespace qio {

/// The SHA-1 digest (FIPS 180-4) of `data`.
QIO_API std::array<std::byte, 20> sha1(ByteView data);

/// Standard base64 with padding, no line breaks.
QIO_API std::string base64_encode(ByteView data);

/// Decodes standard base64. Empty if a character, the padding or the length is wrong.
QIO_API std::optional<Bytes> base64_decode(std::string_view text);

} // namespace qio
