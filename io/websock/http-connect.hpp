// Asking an HTTP proxy for a tunnel: the CONNECT method (RFC 9110 §9.3.6).
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "io/base/api.hpp"
#include "io/core/channel.hpp"
#include "io/core/task.hpp"
#include "io/websock/http-head.hpp"

namespace qio::ws {

/// A name and password for a proxy.
struct ProxyCredentials {
    std::string user; ///< UTF-8, without a colon
    std::string password;
};

/// Where a proxy shall connect to, and as whom.
struct HttpConnectOptions {
    std::string target{};                          ///< `name:port` or `[v6]:port`
    std::optional<ProxyCredentials> credentials{}; ///< sent as Basic: readable on the way
    std::vector<HttpField> fields{};               ///< others
    HttpLimits limits{.max_head_bytes = 8192, .max_fields = 64};
    std::chrono::milliseconds deadline{30000}; ///< from the first moment to the response
};

/// The request.
/// Errors: invalid_argument for a target without a port, credentials or fields that
/// cannot be sent.
QIO_API Result<std::string> make_connect_request(const HttpConnectOptions& options);

/// Reads the complete response head.
/// Errors: permission_denied (401, 403, 407), protocol (any other status than 2xx, or no
/// HTTP/1.x), limit.
QIO_API Result<void> check_connect_response(ByteView head,
                                            const HttpConnectOptions& options);

/// Asks the proxy at the other end of `channel` for a tunnel. Afterwards the channel is
/// the tunnel, ready for TLS or a WebSocket: not a byte behind the response's head has
/// been read from it.
///
/// Errors: those above, disconnected, timed_out (the earlier of the two deadlines
/// counts), cancelled. After an error there is no use for the channel but to close it.
/// Lifetime: keeps the channel until it completes. A channel that is closed meanwhile
/// gives an error. Context: that of `options`; nothing else uses the channel meanwhile.
QIO_API void http_connect(const std::shared_ptr<Channel>& channel,
                          HttpConnectOptions connect, const OperationOptions& options,
                          Completion<void> completion);

} // namespace qio::ws
