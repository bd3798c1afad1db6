// A bounded first-in first-out byte buffer.
#pragma once

#include <cstddef>
#include <memory>

#include "io/base/api.hpp"
#include "io/base/bytes.hpp"

namespace qio {

/// Bytes in, bytes out, never more than `limit` of them.
///
/// One contiguous block: consuming moves an offset, and the rest is moved down only when
/// what was consumed is at least as much (amortised one move per byte). The block grows
/// geometrically, is not zeroed, and is given back when a large queue runs empty.
class QIO_API ByteQueue {
public:
    /// Units/limits: `limit` in bytes; memory stays below 2 × limit + 4 KiB.
    explicit ByteQueue(std::size_t limit) : limit_(limit) {}

    std::size_t size() const { return end_ - begin_; }
    bool empty() const { return begin_ == end_; }
    std::size_t limit() const { return limit_; }
    /// How many more bytes fit.
    std::size_t room() const { return limit_ - size(); }

    /// What is queued, oldest first. Lifetime: until the next non-const call.
    ByteView readable() const { return {block_.get() + begin_, size()}; }
    /// The same bytes, for changing in place (unmasking).
    MutableBytes readable_mutable() { return {block_.get() + begin_, size()}; }

    /// Drops `count` bytes from the front. Requires: count ≤ size().
    void consume(std::size_t count);

    /// Space for `count` bytes behind the last one; commit() makes them part of the
    /// queue. Requires: count ≤ room().
    MutableBytes prepare(std::size_t count);
    void commit(std::size_t count) { end_ += count; }

    /// Appends all of `bytes`. Requires: bytes.size() ≤ room().
    void append(ByteView bytes);

    /// Forgets everything and frees the block.
    void clear();

private:
    void make_space(std::size_t count);

    std::size_t limit_;
    std::unique_ptr<std::byte[]> block_;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

} // namespace qio
