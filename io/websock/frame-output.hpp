// internal: what has to leave: the unsent tail of a frame, a pong, a close frame.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "io/base/byte-queue.hpp"
#include "io/core/channel.hpp"
#include "io/websock/frame.hpp"

namespace qio::ws {

/// Sends frames to the channel below; a frame's header and the caller's buffers go down
/// in one call, and only what that did not take is kept.
///
/// Limits: at most one frame's tail, one pong and one close frame are queued, so never
/// more than max_queued bytes whatever the peer does.
class FrameOutput {
public:
    /// Payload of one data frame. Bounds the tail, and so a slow reader's cost.
    static constexpr std::size_t max_payload = 64 * 1024;
    static constexpr std::size_t max_queued =
        max_payload + max_frame_header + 2 * (max_frame_header + max_control_payload);

    FrameOutput() : queue_(max_queued) {}

    /// Sends one binary frame with the front of `buffers` as payload; the count may be
    /// short. Would block while an earlier frame has not left.
    IoResult send(Channel& transport, std::span<const iovec> buffers);

    /// Sends what is queued. True: nothing is left.
    Result<bool> flush(Channel& transport);

    /// Queues a pong; while one cannot leave, a newer one takes its place (§5.5.3).
    void queue_pong(ByteView payload);
    /// Queues raw bytes in front of the first frame: the handshake's response.
    void queue_raw(ByteView bytes) { queue_.append(bytes); }
    /// Queues the close frame; nothing is sent after it.
    void queue_close(ByteView payload);

    bool has_pending() const { return !queue_.empty() || pong_size_ != 0; }
    bool is_close_queued() const { return close_queued_; }
    /// Drops everything.
    void clear();

private:
    void queue_control(Opcode opcode, ByteView payload);
    void move_pong();
    void keep_tail(std::span<const iovec> vectors, std::size_t sent);

    ByteQueue queue_;
    std::array<std::byte, max_control_payload> pong_{};
    std::size_t pong_size_ = 0; // payload size + 1; 0 = no pong waits
    bool close_queued_ = false;
};

} // namespace qio::ws
