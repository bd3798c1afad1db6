// Ways to come to a listener that speaks anything: plain, by TLS, by WebSocket, by both.
#pragma once

#include <memory>

#include "tests/support/tls.hpp"
#include "tests/ui/vnc/world.hpp"

namespace qio::test {

/// How somebody comes.
enum class By { rfb, websocket, tls, wss };
inline constexpr By every_way[] = {By::rfb, By::websocket, By::tls, By::wss};

/// An authority, and the credentials of a server and of its clients.
struct Certified {
    Authority authority;
    std::shared_ptr<const TlsCredentials> server(tls::VerifyPeer verify) const;
    std::shared_ptr<const TlsCredentials> client() const;   ///< shows a certificate
    std::shared_ptr<const TlsCredentials> stranger() const; ///< shows none
};

/// The session, or null if the handshake failed.
std::shared_ptr<ChannelTls> put_tls(std::shared_ptr<Channel> channel,
                                    const TlsCredentials& credentials);

/// A channel for RFB to the listener, by that way; null if it was turned away. TLS needs
/// credentials.
std::shared_ptr<Channel> visit(World& world, const SocketAddress& address, By way,
                               const TlsCredentials* credentials = nullptr);

/// What the server says to a request, to its end.
std::string ask(World& world, const SocketAddress& address, std::string_view request,
                const TlsCredentials* credentials = nullptr);

/// A connection from another address of the loopback network, such as 127.0.0.2.
std::shared_ptr<Channel> dial_from(const char* own, const SocketAddress& address);

} // namespace qio::test
