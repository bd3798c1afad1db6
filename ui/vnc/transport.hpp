// internal: what carries RFB: a socket as it is, or a WebSocket on it.
#pragma once

#include <memory>

#include "io/core/channel.hpp"
#include "io/core/task.hpp"
#include "io/websock/handshake.hpp"

namespace qio {
class ChannelWebsock;
}

namespace qio::vnc {

/// How a session ended, in terms a WebSocket client can be told (RFC 6455 §7.4).
enum class EndReason : std::uint8_t { normal, going_away, protocol_error };

/// A client's channel, from the accepted socket to a polite end.
class Transport {
public:
    static Transport plain(std::shared_ptr<Channel> socket);
    static Transport websocket(std::shared_ptr<Channel> socket,
                               ws::HandshakePolicy policy);

    /// Makes the channel ready for RFB: a WebSocket shakes hands first.
    /// Errors: those of ChannelWebsock::handshake().
    void open(const OperationOptions& options, Completion<void> completion);

    /// The channel RFB travels on.
    Channel& channel() const { return *channel_; }

    /// Ends it: a WebSocket is told why and waited for, in the background, for at most
    /// five seconds. Nothing else may be done with it.
    void end(EndReason reason, GMainContext* context);

private:
    Transport(std::shared_ptr<Channel> channel, std::shared_ptr<ChannelWebsock> websock);

    std::shared_ptr<Channel> channel_;
    std::shared_ptr<ChannelWebsock> websock_; // null for a plain socket
};

} // namespace qio::vnc
