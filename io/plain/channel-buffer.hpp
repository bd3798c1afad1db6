// A channel over bytes in memory, with one position for reading and writing.
#pragma once

#include <cstdint>
#include <memory>

#include "io/core/channel.hpp"

namespace qio {

/// Reads and writes at a position, as a file does; always ready, never blocks.
///
/// seek() may go behind the end, up to max_size: a read there is end of stream, a write
/// fills the gap with zeros.
class QIO_API ChannelBuffer final : public Channel {
public:
    /// Units/limits: bytes; a write that would end beyond `max_size` fails with
    /// ErrorKind::limit and changes nothing.
    static std::shared_ptr<ChannelBuffer> create(std::size_t max_size = std::size_t(1)
                                                                        << 30);

    /// All bytes written so far. Lifetime: until the next write or close.
    ByteView data() const { return data_; }
    std::size_t position() const { return position_; }

private:
    explicit ChannelBuffer(std::size_t max_size) : max_size_(max_size) {}
    IoResult do_readv(std::span<const iovec> buffers) override;
    IoResult do_writev(std::span<const iovec> buffers) override;
    IoResult do_preadv(std::span<const iovec> buffers, std::uint64_t offset) override;
    IoResult do_pwritev(std::span<const iovec> buffers, std::uint64_t offset) override;
    Result<std::uint64_t> do_seek(std::int64_t offset, Whence whence) override;
    Result<void> do_close() override;
    Result<void> do_set_blocking(Blocking) override { return {}; }
    Interest do_interest(Condition asked) const override;
    bool do_has_feature(Feature feature) const override {
        return feature == Feature::seekable;
    }

    const std::size_t max_size_;
    Bytes data_;
    std::size_t position_ = 0;
};

} // namespace qio
