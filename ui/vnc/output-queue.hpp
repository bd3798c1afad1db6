// internal: what waits to be sent: small messages, and pieces shared with other clients.
#pragma once

#include <cstddef>
#include <deque>
#include <span>

#include <sys/uio.h>

#include "io/base/bytes.hpp"
#include "ui/vnc/encoded-piece.hpp"

namespace qio::vnc {

/// Bytes in the order they were added, without copying what is shared.
/// Limits: none of its own; who adds looks at size() first.
class OutputQueue {
public:
    /// The end of the queue: append to it. Valid until anything else is called.
    Bytes& tail();
    void add(EncodedPiece piece);

    bool empty() const;
    std::size_t size() const;

    /// The first bytes, in at most as many buffers as `buffers` has; how many were
    /// filled.
    std::size_t gather(std::span<iovec> buffers) const;
    /// Drops bytes off the front. Requires: count ≤ size().
    void consume(std::size_t count);
    void clear();

private:
    struct Piece {
        Bytes own;
        EncodedPiece shared; // instead, if it has an owner
        bool is_own() const { return !shared.owner; }
        std::size_t size() const { return is_own() ? own.size() : shared.size(); }
    };

    static std::size_t gather(const Piece& piece, std::size_t skip,
                              std::span<iovec> buffers);

    std::deque<Piece> pieces_;
    std::size_t sent_ = 0; // of the first piece
    Bytes spare_;          // memory for the next own piece
};

} // namespace qio::vnc
