// The client's side of the opening handshake: a request out, a response in (RFC 6455
// §4.1).
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "io/base/api.hpp"
#include "io/base/error.hpp"
#include "io/websock/http-head.hpp"

namespace qio::ws {

/// What a WebSocket client asks for.
struct ClientHandshakeOptions {
    std::string host{};     ///< the Host field: `name`, `name:port` or `[v6]:port`
    std::string path = "/"; ///< with the query, if any, percent-encoded
    /// What is spoken here, best first. The server chooses one of these, or none.
    std::vector<std::string> sub_protocols{};
    std::string origin{};            ///< as browsers send it; empty = none
    std::vector<HttpField> fields{}; ///< others, such as Authorization or Cookie
    HttpLimits limits{.max_head_bytes = 8192, .max_fields = 64};
    /// From the first moment to the response; bytes that trickle in do not extend it.
    std::chrono::milliseconds deadline{10000};
};

/// What a server agreed to.
struct ClientAgreement {
    HttpResponse response;
    std::string sub_protocol; ///< one of those offered; empty = none
};

/// A fresh Sec-WebSocket-Key: the base64 of 16 unpredictable bytes.
QIO_API std::string make_key();

/// The request for `key`.
/// Errors: invalid_argument for what cannot be sent: a host, path, sub-protocol, origin
/// or field that is malformed, a sub-protocol twice, a field that the handshake itself
/// sends.
QIO_API Result<std::string> make_client_request(const ClientHandshakeOptions& options,
                                                std::string_view key);

/// Reads the complete response head (its empty line included) to the request for `key`.
///
/// Errors: permission_denied (401, 403, 407), not_found (404), protocol (another status
/// than 101; what RFC 6455 §4.1 does not allow: no Upgrade or Connection, an accept value
/// that is missing, doubled or not for this key, a sub-protocol or an extension that was
/// not offered), limit. A message names the status and, of a redirection, where to;
/// whatever the server wrote is cut to 100 characters, all of them printable.
QIO_API Result<ClientAgreement> check_response(ByteView head,
                                               const ClientHandshakeOptions& options,
                                               std::string_view key);

} // namespace qio::ws
