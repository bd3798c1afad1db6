// A bounded first-in first-out byte buffer.
#include "io/base/byte-queue.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace qio {

namespace {
constexpr std::size_t min_capacity = 512;
// A block above this size is freed when the queue runs empty, so one burst does not
// keep its memory for the connection's life.
constexpr std::size_t keep_capacity = 64 * 1024;
} // namespace

void ByteQueue::consume(std::size_t count) {
    assert(count <= size());
    begin_ += count;
    if (begin_ != end_)
        return;
    begin_ = end_ = 0;
    if (capacity_ > keep_capacity)
        clear();
}

MutableBytes ByteQueue::prepare(std::size_t count) {
    assert(count <= room());
    if (capacity_ - end_ < count)
        make_space(count);
    return {block_.get() + end_, count};
}

void ByteQueue::append(ByteView bytes) {
    if (bytes.empty())
        return;
    std::memcpy(prepare(bytes.size()).data(), bytes.data(), bytes.size());
    commit(bytes.size());
}

void ByteQueue::clear() {
    block_.reset();
    capacity_ = begin_ = end_ = 0;
}

void ByteQueue::make_space(std::size_t count) {
    const auto used = size();
    // Moving down is paid for by the bytes consumed since the last move.
    if (begin_ >= used && capacity_ - used >= count) {
        std::memmove(block_.get(), block_.get() + begin_, used);
    } else {
        capacity_ = std::max({min_capacity, 2 * used, used + count});
        auto bigger = std::make_unique_for_overwrite<std::byte[]>(capacity_);
        if (used != 0)
            std::memcpy(bigger.get(), block_.get() + begin_, used);
        block_ = std::move(bigger);
    }
    begin_ = 0;
    end_ = used;
}

} // namespace qio
