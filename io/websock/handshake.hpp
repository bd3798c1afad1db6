// The server's side of the opening handshake: a request head in, a response out
// (RFC 6455 §4.2).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/base/api.hpp"
#include "io/base/bytes.hpp"
#include "io/base/error.hpp"
#include "io/websock/deflate-options.hpp"
#include "io/websock/http-head.hpp"

namespace qio::ws {

/// Which web pages may connect. Programs that send no Origin are no browsers and always
/// may.
enum class OriginRule : std::uint8_t {
    any,       ///< pages from everywhere
    same_host, ///< pages from the host the request is for, whatever their port, and
               ///< `origins`
    listed,    ///< only pages from `origins`
};

/// What to do with a client that offers no sub-protocol.
enum class SubProtocolRule : std::uint8_t { optional, required };

/// Which requests a WebSocket server accepts.
struct HandshakePolicy {
    /// Accepted paths, compared as sent, without the query; empty = any.
    std::vector<std::string> paths;
    /// What is spoken here, best first. Empty = any offer is accepted and none is chosen;
    /// otherwise an offer without any of these is refused.
    std::vector<std::string> sub_protocols;
    SubProtocolRule sub_protocol_rule = SubProtocolRule::optional;
    OriginRule origin_rule = OriginRule::same_host;
    /// Accepted origins, written as browsers send them: `https://host` or
    /// `https://host:8443`, no slash behind; `null` is one too.
    std::vector<std::string> origins;
    /// Host names this server answers to, without a port (IPv6 in brackets); empty = any.
    std::vector<std::string> hosts;
    /// Asked last, about a request that is sound and passes all of the above: by its
    /// path, query or fields it may be refused after all. Must not touch the channel.
    std::function<std::optional<HttpRefusal>(const HttpRequest&)> authorize{};
    /// Compression, for clients that offer it; empty = none.
    std::optional<DeflateOptions> deflate{};
    /// Sent with the 101, such as Set-Cookie. Nothing that the handshake itself sends.
    std::vector<HttpField> response_fields{};
    HttpLimits limits;
    /// From the first moment to the response; bytes that trickle in do not extend it.
    std::chrono::milliseconds deadline{10000};
    std::string server_name; ///< the Server field; empty = none
};

/// The policy of a VNC server's WebSocket: `binary`, or no sub-protocol at all.
QIO_API HandshakePolicy vnc_listener_policy();

/// What to send, and what was agreed.
struct HandshakeAnswer {
    bool accepted = false;
    int status = 0;
    std::string response;     ///< the complete HTTP response, to be sent in either case
    std::string sub_protocol; ///< the chosen one; empty if none
    std::optional<DeflateAgreement> deflate{}; ///< empty = no compression
    HttpRequest request;                       ///< when accepted
    std::string problem; ///< when refused: why, for the error message
};

/// Answers a complete request head (its empty line included).
///
/// permessage-deflate is the only extension, and only if the policy allows it; otherwise
/// none is looked at. The response holds nothing of the peer's but the
/// Sec-WebSocket-Accept value. `http_date` goes into the Date field; empty = none.
///
/// Refusals: those of parse_request_head(); 400 for a Host, Sec-WebSocket-Key or
/// Sec-WebSocket-Version that is missing, doubled or malformed, for malformed extensions
/// (if they are looked at), for a declared body, for a Connection without `upgrade` and
/// for a sub-protocol that is not spoken; 421 for a host that is not served here (RFC
/// 9110 §15.5.20: a request sent to the wrong server, which another name would not get);
/// 426 without `websocket` in Upgrade or with a version other than 13; 404 for the path;
/// 403 for the Origin; what HandshakePolicy::authorize says.
QIO_API HandshakeAnswer answer_handshake(ByteView head, const HandshakePolicy& policy,
                                         std::string_view http_date);

/// Errors: invalid_argument for response fields that cannot be sent, or not here, and for
/// compression out of its range.
QIO_API Result<void> check(const HandshakePolicy& policy);

/// Why a request, for a WebSocket or anything else, is not for the policy's hosts; empty:
/// it is for one of them. Refusals: 400 for not exactly one valid Host; 421.
QIO_API std::optional<HttpRefusal> refuse_host(const HttpRequest& request,
                                               const HandshakePolicy& policy);

/// The answer that turns a client down for a reason of the caller's, such as
/// head_too_large(), 408 after the deadline or 503 when there are too many clients.
QIO_API HandshakeAnswer refuse_handshake(const HttpRefusal& refusal,
                                         const HandshakePolicy& policy,
                                         std::string_view http_date);

/// The Sec-WebSocket-Accept value for a Sec-WebSocket-Key. Source: RFC 6455 §4.2.2.
QIO_API std::string accept_value(std::string_view key);

} // namespace qio::ws
