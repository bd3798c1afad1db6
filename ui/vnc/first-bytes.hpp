// internal: which protocol a client speaks, by the first bytes of its connection.
#pragma once

#include <cstddef>

#include "io/base/bytes.hpp"

namespace qio::vnc {

enum class FirstBytes : std::uint8_t {
    need_more, ///< so far it can be one or the other
    tls,       ///< a handshake record of SSL 3.0 to TLS 1.3
    http,      ///< a request of HTTP/1, a WebSocket's among them
    rfb,       ///< a client's ProtocolVersion
    unknown,
};

/// No answer needs more bytes than this.
inline constexpr std::size_t max_first_bytes = 8;

/// Source: RFC 8446 §5.1, RFC 9110 §9 (and PATCH, RFC 5789), RFC 6143 §7.1.1.
FirstBytes tell_protocol(ByteView bytes);

} // namespace qio::vnc
