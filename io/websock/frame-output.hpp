// internal: what leaves: data frames straight from the caller, and a few control bytes.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "io/base/byte-queue.hpp"
#include "io/core/channel.hpp"
#include "io/websock/frame.hpp"

namespace qio::ws {

/// Sends frames to the channel below without copying payload: a frame's header and the
/// caller's buffers go down in one call. What that does not take stays with the caller:
/// the frame has promised its length, and the caller's next bytes go on filling it.
///
/// Limits: only control frames and the handshake's response are queued, max_queued bytes
/// whatever the peer does. A queued control frame waits for the end of the data frame.
class FrameOutput {
public:
    /// Payload of one data frame. Peers take a frame whole, and a pong waits for its end.
    static constexpr std::size_t max_payload = 64 * 1024;
    static constexpr std::size_t max_queued = 4096;

    FrameOutput() : queue_(max_queued) {}

    /// Sends payload of a binary frame, begun by this call or an earlier one: the front
    /// of `buffers`; the count may be short.
    IoResult send(Channel& transport, std::span<const iovec> buffers);

    /// Sends what is queued, if no data frame is half sent. True: nothing is left to do.
    Result<bool> flush(Channel& transport);

    /// Queues a pong; while one cannot leave, a newer one takes its place (§5.5.3).
    void queue_pong(ByteView payload);
    /// Queues raw bytes in front of the first frame: the handshake's response.
    void queue_raw(ByteView bytes) { queue_.append(bytes); }
    /// Queues the close frame; nothing is sent after it.
    void queue_close(ByteView payload);

    /// Whether flush() has something to do as soon as the channel below is writable.
    bool has_pending() const {
        return !is_in_frame() && (!queue_.empty() || pong_size_ != 0);
    }
    bool is_close_queued() const { return close_queued_; }
    /// Whether a data frame has begun whose payload has not all been written.
    bool is_in_frame() const { return payload_left_ != 0; }
    /// Drops everything.
    void clear();

private:
    /// The vectors of one call: queued bytes, header, payload.
    struct Batch;

    void begin_frame(std::size_t payload);
    std::size_t account(std::size_t sent);
    void queue_control(Opcode opcode, ByteView payload);
    void move_pong();

    ByteQueue queue_;
    EncodedHeader header_;
    std::size_t header_sent_ = 0;
    std::size_t payload_left_ = 0; // of the data frame under way
    std::array<std::byte, max_control_payload> pong_{};
    std::size_t pong_size_ = 0; // payload size + 1; 0 = no pong waits
    bool close_queued_ = false;
};

} // namespace qio::ws
