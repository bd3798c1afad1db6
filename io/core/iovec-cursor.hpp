// Walks an iovec list that is consumed piece by piece, without copying all of it.
#pragma once

#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace qio {

/// What is left of a list after some bytes were moved. Zero-length elements are skipped.
class IovecCursor {
public:
    explicit IovecCursor(std::span<const iovec> buffers) : rest_(buffers) {
        skip_empty();
    }

    bool at_end() const { return rest_.empty(); }

    /// What is left of the current element. Requires: not at_end().
    std::span<std::byte> front() const {
        return {static_cast<std::byte*>(rest_.front().iov_base) + done_,
                rest_.front().iov_len - done_};
    }

    /// The next few elements, the first one shortened by what is already done.
    /// Lifetime: until the next call.
    std::span<const iovec> window() {
        const std::size_t count = std::min(rest_.size(), window_.size());
        std::copy_n(rest_.begin(), count, window_.begin());
        window_[0].iov_base = static_cast<char*>(window_[0].iov_base) + done_;
        window_[0].iov_len -= done_;
        return {window_.data(), count};
    }

    void advance(std::size_t count) {
        done_ += count;
        while (!rest_.empty() && done_ >= rest_.front().iov_len) {
            done_ -= rest_.front().iov_len;
            rest_ = rest_.subspan(1);
        }
    }

private:
    void skip_empty() { advance(0); }

    std::span<const iovec> rest_;
    std::size_t done_ = 0; // bytes of rest_.front() already moved
    std::array<iovec, 64> window_;
};

} // namespace qio
