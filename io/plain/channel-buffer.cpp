// A channel over bytes in memory, with one position for reading and writing.
#include "io/plain/channel-buffer.hpp"

#include <algorithm>
#include <cstring>

namespace qio {

std::shared_ptr<ChannelBuffer> ChannelBuffer::create(std::size_t max_size) {
    return std::shared_ptr<ChannelBuffer>(new ChannelBuffer(max_size));
}

Result<std::size_t> ChannelBuffer::seek(std::int64_t offset, Whence whence) {
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
    std::size_t moved = 0;
    for (auto& buffer : buffers) {
        if (position_ >= data_.size())
            break;
        const std::size_t count = std::min(buffer.iov_len, data_.size() - position_);
        if (count != 0)
            std::memcpy(buffer.iov_base, data_.data() + position_, count);
        position_ += count;
        moved += count;
    }
    return moved;
}

IoResult ChannelBuffer::do_writev(std::span<const iovec> buffers) {
    const std::size_t total = total_size(buffers);
    if (total > max_size_ - position_)
        return Error{ErrorKind::limit, 0, "the buffer channel is full"};
    const std::size_t end = position_ + total;
    if (end > data_.size()) {
        if (end > data_.capacity())
            data_.reserve(std::max(end, 2 * data_.capacity()));
        data_.resize(end);
    }
    for (auto& buffer : buffers) {
        if (buffer.iov_len != 0)
            std::memcpy(data_.data() + position_, buffer.iov_base, buffer.iov_len);
        position_ += buffer.iov_len;
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
