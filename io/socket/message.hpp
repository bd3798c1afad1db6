// internal: one sendmsg or recvmsg, with the descriptors that travel along.
#pragma once

#include <sys/socket.h>

#include <cerrno>

#include "io/core/channel.hpp"

namespace qio::socket_ops {

/// Calls until it is not interrupted by a signal.
template <class Call>
ssize_t retried(Call call) {
    for (;;) {
        const ssize_t result = call();
        if (result >= 0 || errno != EINTR)
            return result;
    }
}

/// The message of `buffers`, which are borrowed; more than IOV_MAX are cut to that.
msghdr message_of(std::span<const iovec> buffers);

/// What a call's count and errno mean for a channel: bytes, would-block or an error.
IoResult io_result(ssize_t count, int os_errno, const char* what);

/// One recvmsg, close-on-exec for what comes with it. EINTR is retried.
/// Errors: limit for more descriptors than max_passed_fds, and for a datagram that is
/// larger than `buffers`; exhausted if the process has no room for the descriptors. The
/// message is consumed then.
IoResult receive(int fd, std::span<const iovec> buffers, const ReadOptions& options);

/// The same on a datagram socket: empty datagrams are skipped, since 0 is an end, unless
/// reading was shut down (`is_shut`).
IoResult receive_datagram(int fd, std::span<const iovec> buffers,
                          const ReadOptions& options, bool is_shut);

/// One sendmsg without SIGPIPE. EINTR is retried.
IoResult send(int fd, std::span<const iovec> buffers, std::span<const int> fds);

} // namespace qio::socket_ops
