// A WebSocket connection as a byte stream over any channel (RFC 6455).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "io/core/channel.hpp"
#include "io/core/task.hpp"
#include "io/websock/client-request.hpp"
#include "io/websock/close-code.hpp"
#include "io/websock/handshake.hpp"

namespace qio {

namespace ws {
class ClientHandshake;
class ClosingHandshake;
class Connection;
class KeepAliveTimer;
class ServerHandshake;
} // namespace ws

class WebsockMessages;

/// When to look after a silent peer.
struct KeepAlive {
    std::chrono::milliseconds interval{20000}; ///< silence after which it is pinged
    std::chrono::milliseconds answer{20000};   ///< silence after that which ends it
};

/// One end of a WebSocket, carrying a byte stream in binary messages; WebsockMessages is
/// its other face.
///
/// Reading delivers payload as it arrives, whatever the frames; message boundaries are
/// not kept. A read may use a buffer beyond the count that it returns. Each write becomes
/// one binary frame of at most 64 KiB. Pings are answered, and a text message is refused
/// with code 1003, while the owner reads. When the peer closes, reads return end of
/// stream, and peer_close() says why; a stream that ends in the middle of a frame or
/// message is an error. A client's frames are masked.
///
/// Units/limits: 16 KiB of undecoded input, 4 KiB of unsent control frames; the peer is
/// not read from while the owner does not read.
/// Lifetime: owns the channel below.
/// Source: RFC 6455; section numbers in the sources refer to it.
class QIO_API ChannelWebsock final : public Channel {
public:
    /// Puts a WebSocket server on `transport`. Nothing is read before handshake().
    static std::shared_ptr<ChannelWebsock>
    server(std::shared_ptr<Channel> transport,
           ws::HandshakePolicy policy = ws::vnc_listener_policy());

    /// Puts a WebSocket client on `transport`. Nothing is sent before handshake().
    static std::shared_ptr<ChannelWebsock> client(std::shared_ptr<Channel> transport,
                                                  ws::ClientHandshakeOptions options);

    ~ChannelWebsock() override;

    /// A server receives the client's request and answers it by the policy; a client
    /// sends its request and receives the answer. Once only, and before any read or
    /// write.
    ///
    /// The earlier of the policy's (or the client's) deadline and that of `options`
    /// counts.
    /// Errors: protocol (a server: refused, the response has been sent), disconnected,
    /// timed_out, cancelled (also when the channel is closed or destroyed meanwhile), and
    /// what check_response() and make_client_request() say.
    void handshake(const OperationOptions& options, Completion<void> completion);

    /// After the handshake: the client's request (at the server), the server's response
    /// (at the client), and the sub-protocol chosen ("" = none).
    const ws::HttpRequest& request() const { return request_; }
    const ws::HttpResponse& response() const { return response_; }
    const std::string& sub_protocol() const { return sub_protocol_; }
    /// Whether permessage-deflate was agreed on: messages of some size are compressed.
    bool is_compressed() const;

    /// What the peer's close frame said; empty until it came.
    const std::optional<ws::ClosePayload>& peer_close() const;

    /// Closes as §7.1.2 says: sends a close frame, waits for the peer's, reading data
    /// away, and closes the channel below; at the deadline at the latest (5 s if
    /// `options` has none). A client gives the server a second more to end the stream
    /// first (§7.1.1). Before the handshake is over, and behind a write that was short,
    /// there is no place for a close frame: then it only closes.
    /// Errors: timed_out, cancelled, disconnected (the peer left without a close frame),
    /// protocol: the channel is closed all the same.
    void close_gracefully(ws::CloseCode code, std::string reason,
                          const OperationOptions& options, Completion<void> completion);

    /// Sends a ping, or queues it. False: earlier ones fill the queue.
    /// Errors: invalid_argument (more than 125 bytes, no handshake yet), disconnected.
    Result<bool> send_ping(ByteView payload);
    /// Calls `callback` at the end of a read in which pongs came, with the newest. It
    /// must not read from the channel, but may drop it.
    void on_pong(std::move_only_function<void(ByteView)> callback);

    /// Pings a silent peer from now on, and ends the connection with timed_out when that
    /// does not help. Every byte of the peer's counts as a sign of life, and so does room
    /// that it makes for a writer who was blocked, or data that the owner leaves unread.
    /// Context: null = the caller's thread-default; it must be the one of the watches.
    /// Requires: the handshake is over.
    void start_keep_alive(const KeepAlive& keep_alive, GMainContext* context = nullptr);

    /// The channel below.
    Channel& transport() const;

private:
    friend class ws::ClosingHandshake;
    friend class WebsockMessages;
    using Options = ws::ClientHandshakeOptions;

    ChannelWebsock(std::shared_ptr<Channel> transport,
                   std::optional<ws::HandshakePolicy> policy,
                   std::optional<Options> options);

    IoResult do_readv(std::span<const iovec> buffers) override;
    IoResult do_writev(std::span<const iovec> buffers) override;
    Result<std::optional<ZeroCopyOutcome>> do_flush() override;
    Result<void> do_close() override;
    Result<void> do_set_blocking(Blocking blocking) override;
    Interest do_interest(Condition asked) const override;
    Condition do_resolve(Condition asked, Condition events) override;
    Result<void> do_shutdown(Direction direction) override;
    void do_set_delay(Hint delay) override;
    void do_set_cork(Hint cork) override;
    bool do_has_feature(Feature feature) const override;

    void accepted(ws::HandshakeAnswer answer);
    void agreed(ws::ClientAgreement agreement);
    void opened();
    void tell_of_pong();

    const std::optional<ws::HandshakePolicy> policy_; // a server's
    const std::optional<Options> options_;            // a client's
    const std::unique_ptr<ws::Connection> connection_;
    ws::HttpRequest request_;
    ws::HttpResponse response_;
    std::string sub_protocol_;
    std::unique_ptr<ws::ServerHandshake> server_handshake_;
    std::unique_ptr<ws::ClientHandshake> client_handshake_;
    std::unique_ptr<ws::ClosingHandshake> closing_;
    std::unique_ptr<ws::KeepAliveTimer> keep_alive_;
};

} // namespace qio
