// internal: turns received bytes into message payload and control frames (RFC 6455 §5).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "io/base/byte-queue.hpp"
#include "io/core/iovec-cursor.hpp"
#include "io/websock/frame.hpp"

namespace qio::ws {

/// Why FrameInput::advance() stopped.
enum class InputEvent : std::uint8_t {
    need_bytes, ///< all that is staged is used up, or a frame's header is not whole
    sink_full,  ///< the reader's buffers are full
    control,    ///< a whole control frame: see control()
    violation,  ///< the peer broke the protocol: see violation()
};

/// One control frame.
struct ControlFrame {
    Opcode opcode = Opcode::ping;
    std::array<std::byte, max_control_payload> bytes{};
    std::size_t size = 0;

    ByteView payload() const { return ByteView(bytes).first(size); }
};

/// Decodes frames. Payload is delivered as it arrives: nothing is kept of a frame but its
/// header and the position in it, however long it says it is.
///
/// Two ways in: advance() copies payload out of a staging queue, unmasking on the way;
/// and when the queue is empty within a frame, the caller may receive payload straight in
/// the reader's buffer and hand it to take_direct().
class FrameInput {
public:
    explicit FrameInput(Role role) : role_(role), rules_(AcceptText::no) {}

    /// Moves what it can from `staged` to `sink`, adding to `moved`. After a violation,
    /// or a close frame, it must not be called again.
    InputEvent advance(ByteQueue& staged, IovecCursor& sink, std::size_t& moved);

    const ControlFrame& control() const { return control_; }
    const Violation& violation() const { return violation_; }

    /// Payload of the current data frame that has not come yet.
    std::uint64_t payload_left() const { return left_; }
    /// Accepts `piece` as the next payload and unmasks it in place.
    /// Requires: piece.size() ≤ payload_left().
    void take_direct(MutableBytes piece);

    /// Whether the stream may end here: no frame and no message is half done.
    bool is_at_boundary(const ByteQueue& staged) const {
        return left_ == 0 && staged.empty() && !rules_.is_message_open();
    }

private:
    enum class Step : std::uint8_t { go_on, stop };

    void move_payload(ByteQueue& staged, IovecCursor& sink, std::size_t& moved);
    Step take_header(ByteQueue& staged, InputEvent& event);
    Step take_control(ByteQueue& staged, const FrameHeader& header, InputEvent& event);
    Step refuse(const Violation& violation, InputEvent& event);

    const Role role_;
    FrameRules rules_;
    std::uint64_t left_ = 0;
    MaskKey mask_{};
    std::size_t offset_ = 0; // payload bytes of this frame already unmasked, modulo 4
    ControlFrame control_;
    Violation violation_;
};

} // namespace qio::ws
