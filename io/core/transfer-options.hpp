// What a single read or write can be asked for beyond moving bytes.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "io/base/unique-fd.hpp"

namespace qio {

/// Descriptors that one message can carry.
inline constexpr std::size_t max_passed_fds = 16;

/// Extras of one read.
struct ReadOptions {
    /// Received descriptors are appended here, close-on-exec; null: the kernel drops
    /// them. Needs Feature::fd_pass. A message whose descriptors do not fit is an error,
    /// and all that came with it are closed.
    std::vector<UniqueFd>* fds = nullptr;
    /// Leave received descriptors as they are; otherwise they are made blocking.
    bool preserve_fd_blocking = false;
    /// Leave the bytes where they are. Needs Feature::read_msg_peek.
    bool peek = false;
    /// TLS: an end without close_notify is an ordinary one. Others ignore it.
    bool relaxed_eof = false;
};

/// Extras of one write.
struct WriteOptions {
    /// Sent with the first byte; borrowed. Needs Feature::fd_pass. Units/limits: at most
    /// max_passed_fds.
    std::span<const int> fds{};
    /// Let the kernel send from the caller's memory, which must stay as it is until
    /// flush() says so. Needs Feature::write_zero_copy.
    bool zero_copy = false;
};

} // namespace qio
