// internal: bytes of an update that several clients may be sent, where they lie in
// memory.
#pragma once

#include <cstddef>
#include <memory>

#include "io/base/bytes.hpp"

namespace qio::vnc {

/// Rows of bytes, each `stride` bytes behind the one before, and sent without a gap; for
/// what was encoded, one row. They do not change, and live as long as `owner`.
struct EncodedPiece {
    std::shared_ptr<const void> owner;
    const std::byte* first = nullptr;
    std::size_t row_bytes = 0;
    std::size_t rows = 1;
    std::size_t stride = 0;

    /// All of `bytes`.
    static EncodedPiece of(std::shared_ptr<const Bytes> bytes) {
        const ByteView all(*bytes);
        return {std::move(bytes), all.data(), all.size()};
    }

    std::size_t size() const { return row_bytes * rows; }
    ByteView row(std::size_t i) const { return {first + i * stride, row_bytes}; }
};

} // namespace qio::vnc
