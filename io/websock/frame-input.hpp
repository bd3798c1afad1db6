// internal: turns received bytes into message payload and control frames (RFC 6455 §5).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "io/base/byte-queue.hpp"
#include "io/base/bytes.hpp"
#include "io/core/iovec-cursor.hpp"
#include "io/websock/frame.hpp"

namespace qio::ws {

/// What the owner of a connection sees of it.
enum class Framing : std::uint8_t {
    stream,   ///< the payload of binary messages; text is refused
    messages, ///< text and binary messages, and where each ends
};

/// Why FrameInput::advance() stopped.
enum class InputEvent : std::uint8_t {
    need_bytes,  ///< all that was received is used up, or a frame's header is not whole
    sink_full,   ///< the reader's buffers are full
    message_end, ///< a message's last byte was moved (Framing::messages only)
    control,     ///< a whole control frame: see control()
    violation,   ///< the peer broke the protocol: see violation()
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
/// Payload is copied to the reader's buffers, unmasked on the way. The received bytes may
/// stand in such a buffer already, from the place on where the next payload goes: then
/// they are decoded there, headers are closed up.
class FrameInput {
public:
    FrameInput(Role role, Framing framing)
        : role_(role), framing_(framing),
          rules_(framing == Framing::stream ? AcceptText::no : AcceptText::yes) {}

    /// Takes what it can off the front of `received` to `sink`, adding to `moved`. After
    /// a violation, or a close frame, it must not be called again.
    InputEvent advance(ByteView& received, IovecCursor& sink, std::size_t& moved);

    /// Takes a message that stands whole at the front of `received`, in one frame with
    /// nothing special about it, and puts it unmasked behind `message`. Most small ones
    /// are like that, and this is several times as fast. False: nothing was taken; see
    /// what advance() says, also if it is longer than `limit`.
    /// Requires: Framing::messages; room for `limit`.
    bool take_message(ByteView& received, ByteQueue& message, Opcode& kind,
                      std::size_t limit);

    const ControlFrame& control() const { return control_; }
    const Violation& violation() const { return violation_; }

    /// Whether the stream may end here: no data frame and no message is half done.
    bool is_at_boundary() const { return left_ == 0 && !rules_.is_message_open(); }
    /// What is to come of the payload of the data frame under way.
    std::uint64_t payload_left() const { return left_; }
    /// The kind, text or binary, of the message that was moved last.
    Opcode message_opcode() const { return rules_.message_opcode(); }

private:
    enum class Step : std::uint8_t { go_on, stop };

    void move_payload(ByteView& received, IovecCursor& sink, std::size_t& moved);
    Step take_header(ByteView& received, InputEvent& event);
    Step take_control(ByteView& received, const FrameHeader& header, InputEvent& event);
    Step refuse(const Violation& violation, InputEvent& event);
    void note_end();

    const Role role_;
    const Framing framing_;
    FrameRules rules_;
    bool is_last_frame_ = false;   // of its message
    bool has_message_end_ = false; // to be told
    std::uint64_t left_ = 0;
    MaskKey mask_{};
    std::size_t offset_ = 0; // payload bytes of this frame already unmasked, modulo 4
    ControlFrame control_;
    Violation violation_;
};

} // namespace qio::ws
