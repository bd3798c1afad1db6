// internal: what leaves: data frames straight from the caller, messages, control frames.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>

#include "io/base/byte-queue.hpp"
#include "io/core/channel.hpp"
#include "io/websock/frame.hpp"

namespace qio::ws {

/// What a data frame's header says beside the length.
struct FrameKind {
    Opcode opcode = Opcode::binary;
    Fin fin = Fin::yes;
    std::uint8_t rsv = 0;
};

/// Sends frames to the channel below; a client's are masked.
///
/// A byte stream goes without copying payload: a frame's header and the caller's buffers
/// go down in one call (a client masks them into a block of its own first). What that
/// does not take stays with the caller: the frame has promised its length, and the
/// caller's next bytes go on filling it. Messages are taken whole: what does not leave at
/// once is queued.
///
/// Limits: the queue holds max_queued bytes of control frames, one pong among them, or
/// the handshake's response, and one frame's worth of messages. A queued control frame
/// waits for the end of the data frame.
class FrameOutput {
public:
    /// Payload of one data frame. Peers take a frame whole, and a pong waits for its end.
    static constexpr std::size_t max_payload = 64 * 1024;
    static constexpr std::size_t max_queued = 4096;
    /// What compressing may add to a message, with what it kept back of earlier parts.
    static constexpr std::size_t max_slack = 160 * 1024;

    explicit FrameOutput(Role role);
    ~FrameOutput();

    /// Sends payload of a binary frame, begun by this call or an earlier one: the front
    /// of `buffers`; the count may be short.
    IoResult send(Channel& transport, std::span<const iovec> buffers);

    /// Sends a frame of a message, or queues what of it does not leave. False: would
    /// block, nothing was taken. Requires: at most max_payload bytes.
    Result<bool> send_frame(Channel& transport, FrameKind kind, ByteView payload);

    /// For messages that are made in several frames: false, would block; otherwise there
    /// is room for `size` bytes of payload. Requires: at most max_payload bytes.
    Result<bool> make_room(Channel& transport, std::size_t size);
    /// Queues a frame for which there is room.
    void queue_frame(FrameKind kind, ByteView payload);
    /// Sends what was queued since make_room(), if there is no cork.
    Result<void> release(Channel& transport);

    /// Hint::on: messages stay in the queue until flush() or until they are many.
    void set_cork(Hint cork) {
        is_corked_ = cork == Hint::on;
        is_held_back_ = is_held_back_ && is_corked_;
    }

    /// Sends what is queued, if no data frame is half sent. True: nothing is left to do.
    Result<bool> flush(Channel& transport);

    /// Queues a pong; while one cannot leave, a newer one takes its place (§5.5.3).
    void queue_pong(ByteView payload);
    /// Queues a ping; false if there is no room.
    bool queue_ping(ByteView payload);
    /// Queues raw bytes in front of the first frame: the handshake's response.
    void queue_raw(ByteView bytes) { queue_.append(bytes); }
    /// Queues the close frame; nothing is sent after it.
    void queue_close(ByteView payload);

    /// Whether flush() has something to do as soon as the channel below is writable.
    bool has_pending() const {
        return !is_in_frame() && ((!queue_.empty() && !is_held_back_) || pong_size_ != 0);
    }
    bool is_close_queued() const { return close_queued_; }
    /// Whether a data frame has begun whose payload has not all been written.
    bool is_in_frame() const { return payload_left_ != 0; }
    /// Drops everything.
    void clear();

private:
    /// The vectors of one call: queued bytes, header, payload.
    struct Batch;
    /// What only a client needs.
    struct Masking;

    void begin_frame(std::size_t payload);
    std::size_t account(std::size_t sent);
    EncodedHeader encode(FrameKind kind, std::size_t length);
    Result<void> send_directly(Channel& transport, FrameKind kind, ByteView payload);
    void consume(std::size_t count);
    void move_pong();

    const std::unique_ptr<Masking> masking_; // null: a server
    ByteQueue queue_;
    EncodedHeader header_;
    std::size_t header_sent_ = 0;
    std::size_t payload_size_ = 0; // of the data frame under way
    std::size_t payload_left_ = 0;
    std::array<std::byte, max_control_payload> pong_{};
    std::size_t pong_size_ = 0;   // payload size + 1; 0 = no pong waits
    std::size_t queued_pong_ = 0; // bytes of queue_ up to the end of a pong in it
    bool close_queued_ = false;
    bool is_corked_ = false;
    bool is_held_back_ = false; // what is queued, by the cork
    bool was_pending_ = false;  // before the frames that are being made
};

} // namespace qio::ws
