// internal: compressing and decompressing messages piece by piece (RFC 7692 §7.2).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>

#include <zlib.h>

#include "io/base/bytes.hpp"
#include "io/base/error.hpp"
#include "io/websock/close-code.hpp"
#include "io/websock/deflate-offer.hpp"
#include "io/websock/deflate-options.hpp"
#include "io/websock/frame.hpp"

namespace qio::ws {

/// What one step took and gave.
struct DeflateProgress {
    std::size_t consumed = 0; ///< bytes from the front of the input
    std::size_t produced = 0; ///< bytes at the front of the output
    bool done = false;        ///< the message is over, and all of it is out
};

/// Compresses the messages of one direction, one after the other. zlib keeps the address
/// of its state, so the object neither copies nor moves.
///
/// Units/limits: memory as in DeflateOptions, from the first compressed message on.
class MessageDeflater {
public:
    /// Requires: check(options).
    MessageDeflater(DeflateContext context, const DeflateOptions& options);
    ~MessageDeflater();
    MessageDeflater(const MessageDeflater&) = delete;
    MessageDeflater& operator=(const MessageDeflater&) = delete;

    /// Whether to compress a message of `bytes` bytes (as far as known when it begins).
    /// Never with a window of 8 bits. A message either goes through deflate() as a whole
    /// or not at all.
    bool is_worthwhile(std::uint64_t bytes) const;

    /// Compresses from `input` into `out`: until the input is used up and, with Fin::yes
    /// (the input is all that is left of the message), the message is done, or until
    /// `out` is full. Call again with what is left of the input and the same `fin`; after
    /// `done` the next call begins the next message.
    ///
    /// Small buffers cost steps, not bytes. Requires: a window of at least 9 bits.
    /// Errors: exhausted (no memory), only before the first message's first byte.
    Result<DeflateProgress> deflate(ByteView input, Fin fin, MutableBytes out);

private:
    enum class State : std::uint8_t { idle, compressing, finishing };

    Result<void> start();
    std::size_t run(ByteView& input, int flush, MutableBytes out);
    void end_message();
    std::size_t take_tail(MutableBytes out);

    const DeflateContext context_;
    const DeflateOptions options_;
    z_stream stream_{};
    bool is_allocated_ = false;
    State state_ = State::idle;
    std::array<std::byte, 2> tail_{}; // the message's last bytes
    std::size_t tail_size_ = 0;
    std::size_t tail_taken_ = 0;
};

/// Decompresses the messages of one direction, one after the other. What it does and
/// holds is bounded by what it is given and what is taken out of it, however much a
/// message would expand to: the owner limits the size of messages by stopping.
///
/// Units/limits: memory as in DeflateOptions, from the first compressed message on.
class MessageInflater {
public:
    explicit MessageInflater(DeflateContext context);
    ~MessageInflater();
    MessageInflater(const MessageInflater&) = delete;
    MessageInflater& operator=(const MessageInflater&) = delete;

    /// Decompresses from `payload` into `out`: until the payload is used up and, with
    /// Fin::yes (the payload is all that is left of the message), the message is done, or
    /// until `out` is full. Call again with what is left of the payload and the same
    /// `fin`, also if nothing is left: there may be more output. After `done` the next
    /// call begins the next message. An empty `out` moves nothing.
    ///
    /// Blocks marked as final are followed by more, as in §7.2.3.4. A message may also
    /// end behind a whole block at a full byte, without the bits that §7.2.1 leaves: then
    /// nothing is missing. What reaches further back than the window agreed is refused or
    /// decompressed as meant.
    ///
    /// Errors: 1007 for anything that is no compressed data or breaks off (then for
    /// ever); 1011 if there is no memory.
    std::expected<DeflateProgress, Violation> inflate(ByteView payload, Fin fin,
                                                      MutableBytes out);

private:
    std::expected<void, Violation> start();
    std::expected<void, Violation> run(ByteView& input, MutableBytes& out);
    void continue_behind_final_block();
    std::expected<void, Violation> finish(MutableBytes& out, bool& done);

    const DeflateContext context_;
    z_stream stream_{};
    bool is_allocated_ = false;
    bool is_open_ = false;          // a message has begun
    bool is_between_blocks_ = true; // and at a full byte
    std::size_t marker_taken_ = 0;  // of the bytes that every message ends with
    std::optional<Violation> violation_;
};

} // namespace qio::ws
