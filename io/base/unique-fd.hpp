// A file descriptor with one owner.
#pragma once

#include <utility>

#include "io/base/api.hpp"

namespace qio {

/// Owns a descriptor and closes it. -1 means none.
class QIO_API UniqueFd {
public:
    UniqueFd() = default;
    explicit UniqueFd(int fd) : fd_(fd) {}
    UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    UniqueFd& operator=(UniqueFd&& other) noexcept {
        reset(std::exchange(other.fd_, -1));
        return *this;
    }
    ~UniqueFd() { reset(); }

    int get() const { return fd_; }
    explicit operator bool() const { return fd_ >= 0; }
    /// Gives the descriptor up without closing it.
    int release() { return std::exchange(fd_, -1); }
    /// Closes what it has and owns `fd` from now on.
    void reset(int fd = -1) noexcept;

private:
    int fd_ = -1;
};

} // namespace qio
