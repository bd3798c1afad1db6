// internal: an open WebSocket connection: its frames in and out, and its end (RFC 6455).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "io/base/byte-queue.hpp"
#include "io/core/channel.hpp"
#include "io/websock/frame-input.hpp"
#include "io/websock/frame-output.hpp"

namespace qio::ws {

/// What was received of a message.
struct ReceivedPart {
    Opcode opcode = Opcode::binary;
    std::size_t size = 0;
    bool is_last = false;
    bool is_end = false; ///< of the connection
};

/// What ChannelWebsock is made of beyond the Channel interface and the handshakes.
/// Lifetime: part of it, and older than all that works on it.
class Connection {
public:
    enum class State : std::uint8_t { fresh, shaking_hands, open, ended };

    /// `changed`: called when interest() has changed other than through the kernel.
    Connection(std::shared_ptr<Channel> transport, Role role, std::size_t max_head,
               std::function<void()> changed);

    /// Between the handshake and the first read. Text is accepted from then on.
    void set_framing(Framing framing);
    Framing framing() const { return framing_; }

    // The handshakes.
    State state() const { return state_; }
    bool is_before_open() const { return state_ < State::open; }
    void begin_handshake() { state_ = State::shaking_hands; }
    void open();
    Channel& transport() const { return *transport_; }
    Role role() const { return role_; }
    ByteQueue& staged() { return staged_; }
    FrameOutput& output() { return output_; }

    // Reading and writing as a byte stream, or as messages.
    IoResult read(std::span<const iovec> buffers);
    IoResult write(std::span<const iovec> buffers);
    Result<std::optional<ReceivedPart>> receive(MutableBytes buffer);
    /// Puts a small message that is here behind `message`; empty: see receive().
    std::optional<Opcode> take_message(ByteQueue& message, std::size_t limit);
    std::uint64_t payload_left() const { return input_->payload_left(); }
    bool is_blocking() const { return is_blocking_; }
    IoResult send(FrameKind kind, ByteView payload);
    void set_cork(Hint cork);

    // Control frames.
    Result<bool> send_ping(ByteView payload);
    using PongCallback = std::move_only_function<void(ByteView)>;
    void on_pong(PongCallback callback);
    bool has_new_pong() const { return has_new_pong_; }
    /// The callback to be called, if there is one and a pong has come. With pong().
    std::shared_ptr<PongCallback> take_pong();
    const ControlFrame& pong() const { return pong_; }
    /// Whether the peer has shown itself since the last call.
    bool take_sign_of_life() { return std::exchange(has_sign_of_life_, false); }

    // Waiting.
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
    // Bytes of a read for a smaller buffer; at most; see fill() and stage_message().
    static constexpr std::size_t max_staged = 16 * 1024, max_fill = 64 * 1024;
    /// What interest() depends on, to notice changes.
    struct Signature {
        bool readable, pending, ended;
        bool operator==(const Signature&) const = default;
    };
    /// Tells of a change when it goes out of scope.
    struct Changes {
        explicit Changes(Connection& of) : connection(of), before(of.signature()) {}
        ~Changes() {
            if (connection.signature() != before)
                connection.changed_();
        }
        Changes(const Changes&) = delete;
        Changes& operator=(const Changes&) = delete;
        Connection& connection;
        const Signature before;
    };

    IoResult read_frames(std::span<const iovec> buffers);
    Result<std::optional<ReceivedPart>> receive_part(MutableBytes buffer);
    InputEvent decode(ByteView& received, IovecCursor& sink, std::size_t& moved);
    void decode_staged(IovecCursor& sink, std::size_t& moved);
    InputEvent decode_staged_message(IovecCursor& sink, std::size_t& moved);
    InputEvent decode_messages(ByteView& received, IovecCursor& sink, std::size_t& moved);
    bool fill(IovecCursor& sink, std::size_t& moved);
    std::optional<InputEvent> fill_message(IovecCursor& sink, std::size_t& moved);
    std::optional<InputEvent> stage_message(IovecCursor& sink, std::size_t& moved);
    std::size_t receive_from_transport(MutableBytes buffer);
    void end_of_transport();
    void on_control();
    void on_close_frame(ByteView payload);
    void end(std::optional<Error> error);
    bool can_send() const { return state_ == State::open && !output_.is_close_queued(); }
    Error not_open() const;
    void note_progress(bool has_moved);
    Condition transport_condition(Condition asked) const;
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
    std::size_t fill_size_ = max_staged; // of the next read into staged_
    ByteQueue staged_;
    std::unique_ptr<FrameInput> input_;
    FrameOutput output_;
    std::optional<Error> error_; // why it ended, if not in order
    std::optional<ClosePayload> peer_close_;
    ControlFrame pong_; // the newest
    std::shared_ptr<PongCallback> pong_callback_;
};

} // namespace qio::ws
