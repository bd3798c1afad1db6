// A WebSocket connection as a byte stream over any channel (RFC 6455).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "io/base/byte-queue.hpp"
#include "io/core/channel.hpp"
#include "io/core/task.hpp"
#include "io/websock/close-code.hpp"
#include "io/websock/handshake.hpp"

namespace qio {

namespace ws {
class FrameInput;
class FrameOutput;
class ServerHandshake;
class ClosingHandshake;
} // namespace ws

/// The server's end of a WebSocket, carrying a byte stream in binary messages.
///
/// Reading delivers payload as it arrives, whatever the frames; message boundaries are
/// not kept. A read may use a buffer beyond the count that it returns. Each write becomes
/// one binary frame of at most 64 KiB. Pings are answered, and a text message is refused
/// with code 1003, while the owner reads. When the peer closes, reads return end of
/// stream, and peer_close() says why; a stream that ends in the middle of a frame or
/// message is an error.
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

    ~ChannelWebsock() override;

    /// Receives the client's request and answers it by the policy. Once only, and before
    /// any read or write.
    ///
    /// The earlier of the policy's deadline and that of `options` counts.
    /// Errors: protocol (refused: the response has been sent), disconnected, timed_out,
    /// cancelled (also when the channel is closed or destroyed meanwhile).
    void handshake(const OperationOptions& options, Completion<void> completion);

    /// The client's request, and the sub-protocol chosen ("" = none): after the
    /// handshake.
    const ws::HttpRequest& request() const { return request_; }
    const std::string& sub_protocol() const { return sub_protocol_; }

    /// What the peer's close frame said; empty until it came.
    const std::optional<ws::ClosePayload>& peer_close() const { return peer_close_; }

    /// Closes as §7.1.2 says: sends a close frame, waits for the peer's, reading data
    /// away, and closes the channel below; at the deadline at the latest (5 s if
    /// `options` has none). Before the handshake is over, and behind a write that was
    /// short, there is no place for a close frame: then it only closes.
    /// Errors: timed_out, cancelled, disconnected (the peer left without a close frame),
    /// protocol: the channel is closed all the same.
    void close_gracefully(ws::CloseCode code, std::string reason,
                          const OperationOptions& options, Completion<void> completion);

    /// The channel below.
    Channel& transport() const { return *transport_; }

private:
    friend class ws::ClosingHandshake;
    enum class State : std::uint8_t { fresh, shaking_hands, open, ended };
    /// What interest() depends on, to notice changes.
    struct Signature {
        bool readable, pending, ended;
        bool operator==(const Signature&) const = default;
    };

    ChannelWebsock(std::shared_ptr<Channel> transport, ws::HandshakePolicy policy);

    IoResult do_readv(std::span<const iovec> buffers) override;
    IoResult do_writev(std::span<const iovec> buffers) override;
    Result<void> do_close() override;
    Result<void> do_set_blocking(Blocking blocking) override;
    Interest do_interest(Condition asked) const override;
    Condition do_resolve(Condition asked, Condition events) override;
    Result<void> do_shutdown(Direction direction) override;
    void do_set_delay(Hint delay) override { transport_->set_delay(delay); }
    void do_set_cork(Hint cork) override { transport_->set_cork(cork); }
    bool do_has_feature(Feature feature) const override;

    void accepted(ws::HandshakeAnswer answer);
    IoResult read_frames(std::span<const iovec> buffers);
    void decode(ByteView& received, class IovecCursor& sink, std::size_t& moved);
    void decode_staged(IovecCursor& sink, std::size_t& moved);
    Result<bool> fill(IovecCursor& sink, std::size_t& moved);
    Result<bool> end_of_transport();
    void on_control();
    void on_close_frame(ByteView payload);
    void break_off(ws::Violation violation);
    void begin_close(ws::CloseCode code, std::string_view reason);
    void end(std::optional<Error> error);
    void shut_down_input();
    IoResult end_result() const;
    void flush();
    Condition transport_condition(Condition asked) const;
    Signature signature() const;
    void note_change(const Signature& before);

    const std::shared_ptr<Channel> transport_;
    const ws::HandshakePolicy policy_;
    State state_ = State::fresh;
    bool readable_ = false;        // staged_ may hold more for the reader
    bool write_shut_down_ = false; // the transport's, behind our close frame
    bool input_shut_down_ = false;
    bool blocking_ = false; // as set through us
    ByteQueue staged_;
    std::unique_ptr<ws::FrameInput> input_;
    std::unique_ptr<ws::FrameOutput> output_;
    std::optional<Error> error_; // why it ended, if not in order
    std::optional<ws::ClosePayload> peer_close_;
    ws::HttpRequest request_;
    std::string sub_protocol_;
    std::unique_ptr<ws::ServerHandshake> handshake_;
    std::unique_ptr<ws::ClosingHandshake> closing_;
};

} // namespace qio
