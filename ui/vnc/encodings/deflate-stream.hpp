// internal: one continuous zlib stream, flushed wherever the client must be able to read
// on.
#pragma once

#include <cstddef>
#include <memory>

#include <zlib.h>

#include "io/base/bytes.hpp"
#include "io/base/error.hpp"

namespace qio::vnc {

/// Compresses pieces of one stream. zlib keeps the address of its state, so the object
/// neither copies nor moves.
class DeflateStream {
public:
    static constexpr int min_level = 0;
    static constexpr int max_level = 9;

    /// Units/limits: about 280 KiB of memory.
    /// Errors: invalid_argument (level), exhausted (memory).
    static Result<std::unique_ptr<DeflateStream>> create(int level);
    ~DeflateStream();
    DeflateStream(const DeflateStream&) = delete;
    DeflateStream& operator=(const DeflateStream&) = delete;

    /// Compresses with this level from the next byte on. Requires: 0 ≤ level ≤ 9.
    void set_level(int level);

    /// Compresses `data` and appends what is ready.
    void write(ByteView data, Bytes& out);
    /// Appends the rest, so that a client can read all that was written up to here.
    void flush(Bytes& out);

private:
    DeflateStream() = default;
    void apply_level(Bytes& out);
    void run(int flush, Bytes& out);

    z_stream stream_{};
    int level_ = 0;
    int applied_level_ = 0;
    std::unique_ptr<std::byte[]> scratch_;
};

} // namespace qio::vnc
