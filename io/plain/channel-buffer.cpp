// A channel over bytes in memory, with one position for reading and writing.
#include "io/plain/channel-buffer.hpp"

#include <algorithm>
#include <cstring>

namespace qio {

std::shared_ptr<ChannelBuffer> ChannelBuffer::create(std::size_t max_size) {
    return std::shared_ptr<ChannelBuffer>(new ChannelBuffer(max_size));
}

Result<std::uint64_t> ChannelBuffer::do_seek(std::int64_t offset, Whence whence) {
    std::size_t base = 0;
    if (whence == Whence::current)
        base = position_;
    else if (whence == Whence::end)
        base = data_.size();
    std::int64_t target = 0;
    if (__builtin_add_overflow(std::int64_t(base), offset, &target) || target < 0 ||
        std::size_t(target) > max_size_)
        return Error{ErrorKind::invalid_argument, 0, "seek outside the buffer's limits"};
    position_ = std::size_t(target);
    return position_;
}

IoResult ChannelBuffer::do_readv(std::span<const iovec> buffers) {
    const auto moved = do_preadv(buffers, position_);
    position_ += **moved;
    return moved;
}

IoResult ChannelBuffer::do_writev(std::span<const iovec> buffers) {
    const auto moved = QIO_TRY(do_pwritev(buffers, position_));
    position_ += *moved;
    return moved;
}

IoResult ChannelBuffer::do_preadv(std::span<const iovec> buffers, std::uint64_t offset) {
    std::size_t moved = 0;
    if (offset >= data_.size())
        return moved;
    ByteView rest = ByteView(data_).subspan(offset);
    for (auto& buffer : buffers) {
        const std::size_t count = std::min(buffer.iov_len, rest.size());
        if (count != 0)
            std::memcpy(buffer.iov_base, rest.data(), count);
        rest = rest.subspan(count);
        moved += count;
    }
    return moved;
}

IoResult ChannelBuffer::do_pwritev(std::span<const iovec> buffers, std::uint64_t offset) {
    const std::size_t total = total_size(buffers);
    if (offset > max_size_ || total > max_size_ - offset)
        return Error{ErrorKind::limit, 0, "the buffer channel is full"};
    const std::size_t end = offset + total;
    if (end > data_.size()) {
        if (end > data_.capacity())
            data_.reserve(std::max(end, 2 * data_.capacity()));
        data_.resize(end);
    }
    std::byte* to = data_.data() + offset;
    for (auto& buffer : buffers) {
        if (buffer.iov_len != 0)
            std::memcpy(to, buffer.iov_base, buffer.iov_len);
        to += buffer.iov_len;
    }
    return total;
}

Result<void> ChannelBuffer::do_close() {
    data_ = {};
    position_ = 0;
    return {};
}

Interest ChannelBuffer::do_interest(Condition asked) const {
    return {.ready = asked & (Condition::in | Condition::out), .entries = {}};
}

} // namespace qio
