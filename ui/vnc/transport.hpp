// internal: what carries RFB: a socket or a TLS session as it is, or a WebSocket on it.
#pragma once

#include <list>
#include <memory>
#include <string>

#include "io/core/channel.hpp"
#include "io/core/task.hpp"
#include "io/websock/handshake.hpp"
#include "ui/vnc/transport-security.hpp"

namespace qio {
class ChannelWebsock;
}

namespace qio::vnc {

/// How a session ended, in terms a WebSocket client can be told (RFC 6455 §7.4).
enum class EndReason : std::uint8_t { normal, going_away, protocol_error };

/// What the socket itself tells; a channel that is none leaves everything open.
TransportSecurity describe_socket(const Channel& channel);

/// A client's channel, ready to carry RFB. Copies stand for the same channel.
class Transport {
public:
    /// The channel becomes non-blocking.
    static Transport plain(std::shared_ptr<Channel> socket);
    static Transport websocket(std::shared_ptr<Channel> socket,
                               ws::HandshakePolicy policy);

    /// Makes the channel ready for RFB: a WebSocket shakes hands first.
    /// Errors: those of ChannelWebsock::handshake().
    void open(const OperationOptions& options, Completion<void> completion);

    /// The channel RFB travels on.
    Channel& channel() const { return *channel_; }
    const std::shared_ptr<Channel>& shared_channel() const { return channel_; }
    /// Puts a channel that owns channel() in its place.
    void put_on_top(std::shared_ptr<Channel> channel) { channel_ = std::move(channel); }

    /// From the socket, unless whoever made the transport knows better.
    const TransportSecurity& security() const { return security_; }
    void set_security(TransportSecurity security) { security_ = std::move(security); }

private:
    friend class Goodbyes;
    Transport(std::shared_ptr<Channel> channel, std::shared_ptr<ChannelWebsock> websock,
              TransportSecurity security);

    std::shared_ptr<Channel> channel_;
    std::shared_ptr<ChannelWebsock> websock_; // null for a plain socket
    TransportSecurity security_;
};

/// Ends transports politely: a WebSocket is told why, and its answer waited for.
///
/// Limits: five seconds, and `max` of them at a time; then the oldest is closed at once,
/// so that peers that never answer cannot pile up descriptors.
class Goodbyes {
public:
    Goodbyes(std::size_t max, GMainContext* context);
    /// Closes all that still wait.
    ~Goodbyes();
    Goodbyes(const Goodbyes&) = delete;
    Goodbyes& operator=(const Goodbyes&) = delete;

    /// Nothing else may be done with the transport.
    void say(const Transport& transport, EndReason reason);

private:
    using Waiting = std::list<std::shared_ptr<ChannelWebsock>>;

    const std::size_t max_;
    GMainContext* const context_;
    const std::shared_ptr<Waiting> waiting_; // the oldest first
};

} // namespace qio::vnc
