// internal: takes received frames whose messages may be compressed (RFC 7692 §6, §7.2).
#pragma once

#include <array>
#include <optional>

#include "io/core/channel.hpp"
#include "io/websock/deflate-stream.hpp"
#include "io/websock/frame-input.hpp"

namespace qio::ws {

/// FrameInput with the messages decompressed: the same call, the same events.
///
/// Limits: a block of compressed payload, and what MessageInflater holds, whatever a
/// message would expand to. Received bytes must not stand in the reader's buffers.
class InflatingInput {
public:
    /// `frames`: with Compression::on; borrowed.
    InflatingInput(FrameInput& frames, DeflateContext context)
        : frames_(frames), inflater_(context) {}

    /// As FrameInput::advance(); message_end also for a byte stream.
    InputEvent advance(ByteView& received, IovecCursor& sink, std::size_t& moved);

    const Violation& violation() const { return *violation_; }

    /// Whether there may be more payload without another received byte.
    bool has_pending() const { return has_pending_ || deferred_; }

private:
    std::optional<InputEvent> advance_compressed(ByteView& received, IovecCursor& sink,
                                                 std::size_t& moved);
    std::optional<InputEvent> take_block(ByteView& received);
    std::optional<InputEvent> inflate(IovecCursor& sink, std::size_t& moved);

    FrameInput& frames_;
    MessageInflater inflater_;
    bool is_compressed_ = false;   // the message under way
    bool is_message_over_ = false; // block_ has its end
    bool has_pending_ = false;
    std::array<std::byte, 4096> block_;
    ByteView pending_;                   // of block_
    std::optional<InputEvent> deferred_; // what comes behind that
    std::optional<Violation> violation_;
};

} // namespace qio::ws
