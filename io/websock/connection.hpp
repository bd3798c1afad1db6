// internal: an open WebSocket connection: its frames in and out, and its end (RFC 6455).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "io/base/byte-queue.hpp"
#include "io/core/channel.hpp"
#include "io/websock/deflating-output.hpp"
#include "io/websock/frame-input.hpp"
#include "io/websock/frame-output.hpp"
#include "io/websock/inflating-input.hpp"

namespace qio::ws {

/// What ChannelWebsock is made of beyond the Channel interface and the handshakes.
/// Lifetime: part of it, and older than all that works on it.
class Connection {
public:
    enum class State : std::uint8_t { fresh, shaking_hands, open, ended };

    /// `changed`: called when interest() has changed other than through the kernel.
    Connection(std::shared_ptr<Channel> transport, Role role, std::size_t max_head,
               std::function<void()> changed);

    /// Before the first read. Text is accepted from then on.
    void set_framing(Framing framing);
    /// Before the first read or write.
    void set_deflate(const DeflateAgreement& agreement, const DeflateOptions& options);
    bool is_compressed() const { return deflate_.has_value(); }
    Framing framing() const { return framing_; }

    State state() const { return state_; }
    bool is_before_open() const { return state_ < State::open; }
    void begin_handshake() { state_ = State::shaking_hands; }
    void open();
    Channel& transport() const { return *transport_; }
    Role role() const { return role_; }
    ByteQueue& staged() { return staged_; }
    FrameOutput& output() { return output_; }

    IoResult read(std::span<const iovec> buffers);
    IoResult write(std::span<const iovec> buffers);
    Result<std::optional<ReceivedPart>> receive(MutableBytes buffer);
    /// The next message, if it is received already, short and of one piece. Lifetime of
    /// its payload: until the next call that receives.
    std::optional<WholeMessage> take_whole();
    /// Payload that is announced and has not come; 0 if what becomes of it is unknown.
    std::uint64_t payload_left() const {
        return inflating_ && input_->is_compressed() ? 0 : input_->payload_left();
    }
    bool is_blocking() const { return is_blocking_; }
    IoResult send(FrameKind kind, ByteView payload);
    Result<bool> send_rest();
    void set_cork(Hint cork);

    Result<bool> send_ping(ByteView payload);
    using PongCallback = std::move_only_function<void(ByteView)>;
    void on_pong(PongCallback callback);
    bool has_new_pong() const { return has_new_pong_; }
    /// The callback to be called, if there is one and a pong has come. With pong().
    std::shared_ptr<PongCallback> take_pong();
    const ControlFrame& pong() const { return pong_; }
    /// Whether the peer has shown itself since the last call.
    bool take_sign_of_life() { return std::exchange(has_sign_of_life_, false); }

    Interest interest(Condition asked) const;
    Condition resolve(Condition asked, Condition events);

    // Ending.
    Result<void> shutdown(Direction direction);
    Result<void> close();
    void begin_close(CloseCode code, std::string_view reason);
    void break_off(Violation violation);
    void end_with(Error error);
    void flush();
    void set_blocking(bool blocking) { is_blocking_ = blocking; }
    bool is_input_shut_down() const { return input_shut_down_; }
    const std::optional<ClosePayload>& peer_close() const { return peer_close_; }
    const std::optional<Error>& error() const { return error_; }

private:
    /// What interest() depends on, to notice changes.
    struct Signature {
        bool readable, pending, ended;
        bool operator==(const Signature&) const = default;
    };
    struct Changes;

    void renew_input();
    InputEvent advance(ByteView& received, IovecCursor& sink, std::size_t& moved);
    bool is_write_compressed(std::span<const iovec> buffers) const;
    IoResult write_compressed(std::span<const iovec> buffers);
    IoResult compress(std::span<const iovec> buffers);
    IoResult read_frames(std::span<const iovec> buffers);
    Result<std::optional<ReceivedPart>> receive_part(MutableBytes buffer);
    InputEvent decode(ByteView& received, IovecCursor& sink, std::size_t& moved);
    void decode_staged(IovecCursor& sink, std::size_t& moved);
    InputEvent decode_staged_message(IovecCursor& sink, std::size_t& moved);
    InputEvent decode_messages(ByteView& received, IovecCursor& sink, std::size_t& moved);
    bool fill_staged(IovecCursor& sink, std::size_t& moved);
    bool fill(IovecCursor& sink, std::size_t& moved);
    std::optional<InputEvent> fill_message(IovecCursor& sink, std::size_t& moved);
    std::size_t receive_from_transport(MutableBytes buffer);
    void end_of_transport();
    void on_control();
    void on_close_frame(ByteView payload);
    void end(std::optional<Error> error);
    bool can_send() const { return state_ == State::open && !output_.is_close_queued(); }
    Error not_open() const;
    void note_progress(bool has_moved);
    Condition transport_condition(Condition asked) const;
    bool has_more() const;
    void drop_told();
    void drop_staged();
    Signature signature() const;

    const std::shared_ptr<Channel> transport_;
    const Role role_;
    const std::function<void()> changed_;
    State state_ = State::fresh;
    Framing framing_ = Framing::stream;
    bool readable_ = false;        // staged_ may hold more for the reader
    bool write_shut_down_ = false; // the transport's, behind our close frame
    bool input_shut_down_ = false;
    bool is_blocking_ = false; // as set through us
    bool has_sign_of_life_ = false;
    bool was_blocked_ = false; // a write, the last time
    bool has_new_pong_ = false;
    ByteQueue staged_;
    std::size_t told_ = 0; // bytes of staged_ that take_whole() has handed out
    std::optional<DeflateAgreement> deflate_;
    std::unique_ptr<FrameInput> input_;
    std::unique_ptr<InflatingInput> inflating_; // null: no compression
    FrameOutput output_;
    std::unique_ptr<DeflatingOutput> deflating_; // null: no compression
    bool is_deflating_ = false;                  // the message under way
    std::size_t unreported_ = 0;                 // of a write that is compressed
    std::optional<Error> error_;                 // why it ended, if not in order
    std::optional<ClosePayload> peer_close_;
    ControlFrame pong_; // the newest
    std::shared_ptr<PongCallback> pong_callback_;
};

} // namespace qio::ws
