// Opening listening sockets: every address of a name, unix paths, inherited descriptors.
#include "io/socket/listen.hpp"

#include <netinet/in.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fcntl.h>

#include "io/socket/resolver.hpp"
#include "io/socket/socket-ops.hpp"

namespace qio {

namespace {

using socket_ops::V6Only;

// Tries for one free port number that all addresses of a name can share.
constexpr int max_port_tries = 16;

in_port_t& port_of(SockAddr& address) {
    if (address.storage.ss_family == AF_INET6)
        return reinterpret_cast<sockaddr_in6&>(address.storage).sin6_port;
    return reinterpret_cast<sockaddr_in&>(address.storage).sin_port;
}

/// Dual-stack unless a family was chosen; a neighbour on the IPv4 side (often our own
/// wildcard socket) leaves IPv6 alone.
Result<UniqueFd> listen_inet(const SockAddr& address, V6Only v6_only, int backlog) {
    auto fd = socket_ops::listen_on(address, v6_only, backlog);
    if (!fd && fd.error().kind == ErrorKind::address_in_use && v6_only == V6Only::no &&
        address.storage.ss_family == AF_INET6)
        return socket_ops::listen_on(address, V6Only::yes, backlog);
    return fd;
}

/// Families the machine lacks are no failure as long as one address works.
bool is_tolerable(const Error& error) {
    return error.kind == ErrorKind::not_supported || error.kind == ErrorKind::not_found;
}

Result<ListeningSockets> listen_on_each(std::vector<SockAddr> addresses, V6Only v6_only,
                                        int backlog) {
    ListeningSockets sockets;
    Error first_error{ErrorKind::not_found, 0, "no address to listen on"};
    in_port_t shared_port = 0;
    for (auto& address : addresses) {
        if (port_of(address) == 0)
            port_of(address) = shared_port;
        auto fd = listen_inet(address, v6_only, backlog);
        if (fd) {
            SockAddr bound = QIO_TRY(socket_ops::local_name(fd->get()));
            shared_port = port_of(bound);
            sockets.push_back(ChannelSocket::from_listening_fd(std::move(*fd), {}));
        } else if (!is_tolerable(fd.error())) {
            return std::move(fd).error();
        } else if (sockets.empty()) {
            first_error = std::move(fd).error();
        }
    }
    if (sockets.empty())
        return first_error;
    return sockets;
}

Result<ListeningSockets> listen_tcp(const InetAddress& address, int backlog) {
    const auto addresses = QIO_TRY(resolve_passive(address));
    const bool any_family = address.ipv4 == address.ipv6 && address.ipv4.value_or(true);
    const auto v6_only = any_family ? V6Only::no : V6Only::yes;
    for (int tries = 1;; ++tries) {
        auto sockets = listen_on_each(addresses, v6_only, backlog);
        const bool lost_race = !sockets && address.port == "0" &&
                               sockets.error().kind == ErrorKind::address_in_use;
        if (!lost_race || tries == max_port_tries)
            return sockets;
    }
}

/// Whether a file is a unix socket that nobody listens on any more.
bool is_stale(const std::string& path, const SockAddr& address) {
    struct stat file;
    if (::lstat(path.c_str(), &file) < 0 || !S_ISSOCK(file.st_mode))
        return false;
    const auto probe = socket_ops::start_connect(address);
    return !probe && probe.error().os_errno == ECONNREFUSED;
}

Result<ListeningSockets> listen_unix(const UnixAddress& address, int backlog) {
    const auto target = QIO_TRY(to_sockaddr(address));
    auto fd = socket_ops::listen_on(target, V6Only::no, backlog);
    if (!fd && fd.error().kind == ErrorKind::address_in_use && !address.is_abstract &&
        is_stale(address.path, target)) {
        ::unlink(address.path.c_str());
        fd = socket_ops::listen_on(target, V6Only::no, backlog);
    }
    if (!fd)
        return std::move(fd).error();
    return ListeningSockets{ChannelSocket::from_listening_fd(
        std::move(*fd), address.is_abstract ? std::string() : address.path)};
}

Result<ListeningSockets> listen_fd(const FdAddress& address, int backlog) {
    UniqueFd fd(address.fd);
    if (fcntl(fd.get(), F_GETFD) < 0) {
        (void)fd.release();
        return Error::from_errno(EBADF, "listen");
    }
    QIO_TRY(socket_ops::listen_again(fd.get(), backlog));
    QIO_TRY(socket_ops::set_nonblocking(fd.get(), true));
    return ListeningSockets{ChannelSocket::from_listening_fd(std::move(fd), {})};
}

} // namespace

Result<ListeningSockets> listen_all(const SocketAddress& address, int backlog) {
    auto sockets = [&] {
        if (auto* inet = std::get_if<InetAddress>(&address))
            return listen_tcp(*inet, backlog);
        if (auto* unix_address = std::get_if<UnixAddress>(&address))
            return listen_unix(*unix_address, backlog);
        return listen_fd(std::get<FdAddress>(address), backlog);
    }();
    if (!sockets)
        return std::move(sockets).error().with_context(to_string(address));
    return sockets;
}

Result<std::shared_ptr<ChannelSocket>> ChannelSocket::listen(const SocketAddress& address,
                                                             int backlog) {
    auto sockets = QIO_TRY(listen_all(address, backlog));
    return std::move(sockets.front());
}

} // namespace qio
