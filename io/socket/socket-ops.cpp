// The system calls of sockets, with CLOEXEC from birth and errors as values.
#include "io/socket/socket-ops.hpp"

#include <fcntl.h>
#include <netinet/in.h>

#include <cerrno>
#include <climits>

namespace qio::socket_ops {

namespace {

Result<void> set_flag(int fd, int level, int option, int value, const char* what) {
    if (setsockopt(fd, level, option, &value, sizeof value) < 0)
        return Error::from_errno(errno, what);
    return {};
}

template <class T>
Result<void> get_option(int fd, int level, int option, T& value, const char* what) {
    socklen_t size = sizeof value;
    if (getsockopt(fd, level, option, &value, &size) < 0)
        return Error::from_errno(errno, what);
    return {};
}

} // namespace

Result<UniqueFd> new_socket(const SockAddr& address, int type, int protocol) {
    UniqueFd fd(::socket(address.storage.ss_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK,
                         protocol));
    if (fd)
        return fd;
    Error error = Error::from_errno(errno, "socket");
    if (protocol == IPPROTO_MPTCP)
        return std::move(error).with_context("this system has no Multipath TCP");
    if (address.storage.ss_family == AF_VSOCK)
        return std::move(error).with_context("this system has no vsock");
    return error;
}

Result<void> start_connect(int fd, const SockAddr& address) {
    if (::connect(fd, address.get(), address.length) == 0 || errno == EINPROGRESS ||
        errno == EINTR)
        return {};
    // No transport to that machine: vsock's own way to say so.
    if (errno == ENODEV)
        return Error{ErrorKind::not_supported, ENODEV,
                     "connect: this system has no vsock to that machine"};
    return Error::from_errno(errno, "connect");
}

Result<void> connect_result(int fd) {
    int problem = 0;
    socklen_t length = sizeof problem;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &problem, &length) < 0)
        problem = errno;
    if (problem != 0)
        return Error::from_errno(problem, "connect");
    return {};
}

Result<void> bind_to(int fd, const SockAddr& address) {
    const auto family = address.storage.ss_family;
    if (family == AF_INET || family == AF_INET6)
        QIO_TRY(set_flag(fd, SOL_SOCKET, SO_REUSEADDR, 1, "SO_REUSEADDR"));
    if (bind(fd, address.get(), address.length) < 0)
        return Error::from_errno(errno, "bind");
    return {};
}

Result<void> listen_on(int fd, const SockAddr& address, V6Only v6_only, int backlog) {
    if (address.storage.ss_family == AF_INET6)
        QIO_TRY(set_flag(fd, IPPROTO_IPV6, IPV6_V6ONLY, v6_only == V6Only::yes,
                         "IPV6_V6ONLY"));
    QIO_TRY(bind_to(fd, address));
    return listen_again(fd, backlog);
}

Result<void> listen_again(int fd, int backlog) {
    if (::listen(fd, backlog) < 0)
        return Error::from_errno(errno, "listen");
    return {};
}

Result<std::optional<UniqueFd>> accept(int fd, SockAddr& peer, AcceptCall call) {
    for (;;) {
        peer.length = sizeof peer.storage;
        UniqueFd client(call(fd, reinterpret_cast<sockaddr*>(&peer.storage), &peer.length,
                             SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (client)
            return std::optional(std::move(client));
        const int problem = errno;
        // The peer gave up while it waited in the queue: the next one may be fine.
        if (problem == EINTR || problem == ECONNABORTED || problem == EPROTO)
            continue;
        if (problem == EAGAIN || problem == EWOULDBLOCK)
            return std::optional<UniqueFd>();
        return Error::from_errno(problem, "accept");
    }
}

Result<Kind> kind_of(int fd) {
    int is_listening = 0;
    Kind kind;
    QIO_TRY(get_option(fd, SOL_SOCKET, SO_DOMAIN, kind.family, "SO_DOMAIN"));
    QIO_TRY(get_option(fd, SOL_SOCKET, SO_TYPE, kind.type, "SO_TYPE"));
    QIO_TRY(get_option(fd, SOL_SOCKET, SO_ACCEPTCONN, is_listening, "SO_ACCEPTCONN"));
    kind.is_listening = is_listening != 0;
    return kind;
}

Result<PeerCredentials> peer_credentials(int fd) {
    ucred peer{};
    QIO_TRY(get_option(fd, SOL_SOCKET, SO_PEERCRED, peer, "SO_PEERCRED"));
    if (peer.uid == uid_t(-1))
        return Error{ErrorKind::disconnected, ENOTCONN, "the socket has no peer"};
    return PeerCredentials{peer.pid, peer.uid, peer.gid};
}

Result<void> set_send_buffer(int fd, std::size_t bytes) {
    if (bytes > INT_MAX)
        return Error{ErrorKind::invalid_argument, 0,
                     "a send buffer has at most 2147483647 bytes"};
    return set_flag(fd, SOL_SOCKET, SO_SNDBUF, int(bytes), "SO_SNDBUF");
}

Result<SockAddr> local_name(int fd) {
    SockAddr name;
    name.length = sizeof name.storage;
    if (getsockname(fd, reinterpret_cast<sockaddr*>(&name.storage), &name.length) < 0)
        return Error::from_errno(errno, "getsockname");
    return name;
}

Result<SockAddr> peer_name(int fd) {
    SockAddr name;
    name.length = sizeof name.storage;
    if (getpeername(fd, reinterpret_cast<sockaddr*>(&name.storage), &name.length) == 0)
        return name;
    if (errno != ENOTCONN)
        return Error::from_errno(errno, "getpeername");
    name.length = 0;
    return name;
}

Result<void> set_nonblocking(int fd, bool nonblocking) {
    const int flags = fcntl(fd, F_GETFL);
    if (flags < 0)
        return Error::from_errno(errno, "F_GETFL");
    const int wanted = nonblocking ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
    if (wanted != flags && fcntl(fd, F_SETFL, wanted) < 0)
        return Error::from_errno(errno, "F_SETFL");
    return {};
}

} // namespace qio::socket_ops
