// Why a WebSocket closes: the codes, and the payload of a close frame (RFC 6455 §7.4,
// §5.5.1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "io/base/api.hpp"
#include "io/base/bytes.hpp"

namespace qio::ws {

/// The registered codes; 3000-4999 are values of this type as well.
enum class CloseCode : std::uint16_t {
    normal = 1000,
    going_away = 1001,
    protocol_error = 1002,
    unsupported_data = 1003,
    no_status = 1005,    ///< never on the wire: the close frame had no code
    abnormal = 1006,     ///< never on the wire: there was no close frame
    invalid_data = 1007, ///< text that is not UTF-8
    policy_violation = 1008,
    message_too_big = 1009,
    mandatory_extension = 1010,
    internal_error = 1011,
    service_restart = 1012,
    try_again_later = 1013,
    bad_gateway = 1014,
    tls_handshake = 1015, ///< never on the wire
};

/// How much payload a control frame may have. Source: RFC 6455 §5.5.
constexpr std::size_t max_control_payload = 125;

/// Whether a close frame may carry `code`: 1000-1003, 1007-1014 and 3000-4999.
constexpr bool is_valid_close_code(CloseCode code) {
    auto value = static_cast<std::uint16_t>(code);
    return (value >= 1000 && value <= 1003) || (value >= 1007 && value <= 1014) ||
           (value >= 3000 && value <= 4999);
}

/// How the peer broke the protocol, and the code to close with.
struct Violation {
    CloseCode code = CloseCode::protocol_error;
    std::string_view reason; ///< a constant text, for the close frame and the error

    bool operator==(const Violation&) const = default;
};

/// What a close frame says.
struct ClosePayload {
    std::optional<CloseCode> code; ///< empty if the frame had no payload
    std::string reason;            ///< UTF-8

    bool operator==(const ClosePayload&) const = default;
};

/// Reads the (unmasked) payload of a close frame.
/// Errors: 1002 for a single byte or a code that may not be sent, 1007 for a reason that
/// is not UTF-8.
QIO_API std::expected<ClosePayload, Violation> parse_close_payload(ByteView payload);

/// The payload for a close frame, at most 125 bytes. A reason that is too long, or is not
/// UTF-8, is cut behind the last character that is good. A code that may not be sent
/// gives the empty payload, which peers see as 1005.
QIO_API Bytes make_close_payload(CloseCode code, std::string_view reason);

} // namespace qio::ws
