// internal: makes compressed messages out of frames (RFC 7692 §6, §7.2).
#pragma once

#include <memory>
#include <span>

#include "io/websock/deflate-stream.hpp"
#include "io/websock/frame-output.hpp"

namespace qio::ws {

/// Compresses messages into the queue of a FrameOutput: many small frames or one, as it
/// comes; the first has RSV1.
class DeflatingOutput {
public:
    /// `output`: borrowed.
    DeflatingOutput(FrameOutput& output, DeflateContext context,
                    const DeflateOptions& options)
        : output_(output), deflater_(context, options) {}

    bool is_worthwhile(std::size_t bytes) const { return deflater_.is_worthwhile(bytes); }

    /// Adds to the message under way, or begins one of that kind; Fin::yes completes it.
    /// False: would block, nothing was taken. Requires: at most FrameOutput::max_payload
    /// bytes in `pieces`.
    Result<bool> send(Channel& transport, Opcode opcode, Fin fin,
                      std::span<const iovec> pieces);

private:
    Result<void> add(ByteView piece, Fin fin);

    FrameOutput& output_;
    MessageDeflater deflater_;
    std::unique_ptr<std::byte[]> block_; // what becomes one frame
    Opcode opcode_ = Opcode::binary;     // of the message under way
    bool has_begun_ = false;             // its first frame is queued
};

} // namespace qio::ws
