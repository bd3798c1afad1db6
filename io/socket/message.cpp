// One sendmsg or recvmsg, with the descriptors that travel along.
#include "io/socket/message.hpp"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <iterator>

#include "io/socket/socket-ops.hpp"

namespace qio::socket_ops {

namespace {

// Credentials of the sender may come along on a socket that was adopted.
constexpr std::size_t control_size =
    CMSG_SPACE(max_passed_fds * sizeof(int)) + CMSG_SPACE(sizeof(ucred));

// Empty datagrams skipped by one read of a non-blocking socket.
constexpr int max_skipped = 64;

using Descriptors = std::vector<UniqueFd>;

void take_rights(cmsghdr* header, Descriptors& taken) {
    const std::size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
        int fd = -1;
        std::memcpy(&fd, CMSG_DATA(header) + i * sizeof fd, sizeof fd);
        taken.emplace_back(fd);
    }
}

/// All descriptors of a message, owned before anything can go wrong with them.
Descriptors take_descriptors(msghdr& message) {
    Descriptors taken;
    for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
         header = CMSG_NXTHDR(&message, header))
        if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS)
            take_rights(header, taken);
    return taken;
}

Result<void> check_received(const msghdr& message, const Descriptors& taken,
                            const ReadOptions& options) {
    if (options.fds != nullptr) {
        const bool is_cut = (message.msg_flags & MSG_CTRUNC) != 0;
        if (taken.size() > max_passed_fds || (is_cut && taken.size() == max_passed_fds))
            return Error{ErrorKind::limit, 0,
                         "more than 16 descriptors came with one message"};
        if (is_cut)
            return Error{ErrorKind::exhausted, 0,
                         "the process cannot take the descriptors that came"};
    }
    if ((message.msg_flags & MSG_TRUNC) != 0 && !options.peek)
        return Error{ErrorKind::limit, EMSGSIZE,
                     "the datagram is larger than the buffer"};
    if (!options.preserve_fd_blocking)
        for (const auto& fd : taken)
            QIO_TRY(set_nonblocking(fd.get(), false));
    return {};
}

bool is_nonblocking(int fd) {
    return (fcntl(fd, F_GETFL) & O_NONBLOCK) != 0;
}

} // namespace

msghdr message_of(std::span<const iovec> buffers) {
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(buffers.data());
    message.msg_iovlen = std::min<std::size_t>(buffers.size(), IOV_MAX);
    return message;
}

IoResult io_result(ssize_t count, int os_errno, const char* what) {
    if (count >= 0)
        return std::size_t(count);
    if (os_errno == EAGAIN || os_errno == EWOULDBLOCK)
        return std::nullopt;
    return Error::from_errno(os_errno, what);
}

IoResult receive(int fd, std::span<const iovec> buffers, const ReadOptions& options) {
    msghdr message = message_of(buffers);
    alignas(cmsghdr) std::array<char, control_size> control;
    if (options.fds != nullptr) {
        message.msg_control = control.data();
        message.msg_controllen = control.size();
    }
    const int flags = MSG_CMSG_CLOEXEC | (options.peek ? MSG_PEEK : 0);
    const ssize_t count = retried([&] { return recvmsg(fd, &message, flags); });
    if (count < 0)
        return io_result(count, errno, "read from the socket");
    Descriptors taken = take_descriptors(message);
    QIO_TRY(check_received(message, taken, options));
    if (options.fds != nullptr)
        std::ranges::move(taken, std::back_inserter(*options.fds));
    return std::size_t(count);
}

IoResult receive_datagram(int fd, std::span<const iovec> buffers,
                          const ReadOptions& options, bool is_shut) {
    for (int skipped = 0;; ++skipped) {
        if (skipped >= max_skipped && is_nonblocking(fd))
            return std::nullopt;
        const auto count = receive(fd, buffers, options);
        if (!count || !*count || **count != 0 || is_shut)
            return count;
        if (options.peek)
            (void)recv(fd, nullptr, 0, MSG_DONTWAIT);
    }
}

IoResult send(int fd, std::span<const iovec> buffers, std::span<const int> fds) {
    msghdr message = message_of(buffers);
    alignas(cmsghdr) std::array<char, CMSG_SPACE(max_passed_fds * sizeof(int))> control;
    if (!fds.empty()) {
        message.msg_control = control.data();
        message.msg_controllen = CMSG_SPACE(fds.size_bytes());
        std::memset(control.data(), 0, message.msg_controllen);
        cmsghdr* header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(fds.size_bytes());
        std::memcpy(CMSG_DATA(header), fds.data(), fds.size_bytes());
    }
    const ssize_t count = retried([&] { return sendmsg(fd, &message, MSG_NOSIGNAL); });
    return io_result(count, errno, "write to the socket");
}

} // namespace qio::socket_ops
