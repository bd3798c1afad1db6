// What is spoken where a server listens, and under which conditions.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "io/socket/address.hpp"
#include "io/tls/credentials.hpp"
#include "io/tls/session-options.hpp"
#include "io/websock/handshake.hpp"
#include "ui/vnc/transport-security.hpp"

namespace qio::vnc {

class HttpService;

/// What a client may do.
enum class Role : std::uint8_t {
    control,
    view, ///< see the display, and no more
};

/// What a listener expects of its clients.
enum class Speak : std::uint8_t {
    rfb,       ///< the server speaks first, at once
    websocket, ///< RFB within WebSocket
    anything,  ///< the client's first bytes tell: RFB, WebSocket, HTTP
};

/// What a listener with credentials lets come in without TLS.
enum class WithoutTls : std::uint8_t {
    nothing,
    rfb, ///< for servers whose security types encrypt
    anything,
};

/// Where a server listens is one thing, what it says there another: this.
struct ListenOptions {
    Speak speak = Speak::anything;
    /// Which WebSockets may come.
    ws::HandshakePolicy websocket = ws::vnc_listener_policy();
    /// TLS for clients that begin with it; null = none. A session keeps what it began
    /// with; reload() counts for the next.
    std::shared_ptr<const TlsCredentials> credentials{};
    tls::ServerOptions tls{};
    WithoutTls without_tls = WithoutTls::nothing;
    /// Whether something in front of this listener, such as a proxy on the same machine,
    /// puts TLS around all that comes: then it counts as encrypted, and browsers, which
    /// know no TLS within RFB, can come in where Security has TLS. Nobody else may reach
    /// the address. Not together with credentials.
    bool tls_in_front = false;
    /// Answers requests that ask for no WebSocket, of the hosts that `websocket` names;
    /// null = they are refused.
    std::shared_ptr<HttpService> http{};
    int backlog = 128; ///< connections that the system holds for us
};

/// A client that is to be let in, as far as it is known before RFB begins.
struct Visit {
    bool is_websocket = false;
    /// As the WebSocket's request has it, not percent-decoded. Empty without one, and if
    /// the listener speaks nothing else and so has not looked.
    std::string path;
    std::string query;
    std::optional<SocketAddress> peer; ///< empty: not known
    TransportSecurity security;
};

/// One address and what is spoken there.
struct Listening {
    SocketAddress address;
    ListenOptions options{};
};

} // namespace qio::vnc
