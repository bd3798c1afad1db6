// Opening listening sockets: every address of a name, unix paths, inherited descriptors.
#include "io/socket/listen.hpp"

#include <netinet/in.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fcntl.h>

#include <glib.h>

#include "io/socket/resolver.hpp"
#include "io/socket/socket-ops.hpp"
#include "io/socket/tcp-options.hpp"

namespace qio {

namespace {

using socket_ops::V6Only;

// Tries for one free port number that all addresses of a name can share.
constexpr int max_port_tries = 16;
// Tries for a path that nobody has; two billion of them are possible.
constexpr int max_path_tries = 100;

in_port_t& port_of(SockAddr& address) {
    if (address.storage.ss_family == AF_INET6)
        return reinterpret_cast<sockaddr_in6&>(address.storage).sin6_port;
    return reinterpret_cast<sockaddr_in&>(address.storage).sin_port;
}

/// A TCP listen() with what is the same for all of its sockets.
struct Request {
    const InetAddress& address;
    V6Only v6_only;
    int backlog;
};

Result<UniqueFd> listen_inet(const SockAddr& target, const Request& request,
                             V6Only v6_only) {
    UniqueFd fd = QIO_TRY(socket_ops::new_socket(
        target, SOCK_STREAM, socket_ops::protocol_of(request.address)));
    QIO_TRY(socket_ops::listen_on(fd.get(), target, v6_only, request.backlog));
    QIO_TRY(socket_ops::set_keep_alive(fd.get(), request.address));
    return fd;
}

/// Dual-stack unless a family was chosen; a neighbour on the IPv4 side (often our own
/// wildcard socket) leaves IPv6 alone.
Result<UniqueFd> listen_inet(const SockAddr& target, const Request& request) {
    auto fd = listen_inet(target, request, request.v6_only);
    if (!fd && fd.error().kind == ErrorKind::address_in_use &&
        request.v6_only == V6Only::no && target.storage.ss_family == AF_INET6)
        return listen_inet(target, request, V6Only::yes);
    return fd;
}

/// Families the machine lacks are no failure as long as one address works.
bool is_tolerable(const Error& error) {
    return error.kind == ErrorKind::not_supported || error.kind == ErrorKind::not_found;
}

Result<ListeningSockets> listen_on_each(std::vector<SockAddr> targets,
                                        const Request& request) {
    ListeningSockets sockets;
    Error first_error{ErrorKind::not_found, 0, "no address to listen on"};
    in_port_t shared_port = 0;
    for (auto& target : targets) {
        if (port_of(target) == 0)
            port_of(target) = shared_port;
        auto fd = listen_inet(target, request);
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

bool is_in_use(const Result<ListeningSockets>& sockets) {
    return !sockets && sockets.error().kind == ErrorKind::address_in_use;
}

/// The first port of the range that is free at every address.
Result<ListeningSockets> listen_in_range(std::vector<SockAddr> targets,
                                         const Request& request, unsigned last) {
    const unsigned first = ntohs(port_of(targets.front()));
    if (last < first)
        return Error{ErrorKind::invalid_argument, 0,
                     "the range ends before its first port; 'to' is the last port"};
    for (unsigned port = first; port <= last; ++port) {
        for (auto& target : targets)
            port_of(target) = htons(in_port_t(port));
        auto sockets = listen_on_each(targets, request);
        if (!is_in_use(sockets))
            return sockets;
    }
    return Error{ErrorKind::address_in_use, EADDRINUSE,
                 "no port from " + std::to_string(first) + " to " + std::to_string(last) +
                     " is free"};
}

Result<ListeningSockets> listen_tcp(const InetAddress& address, int backlog) {
    const auto targets = QIO_TRY(resolve_passive(address));
    const bool any_family = address.ipv4 == address.ipv6 && address.ipv4.value_or(true);
    const Request request{address, any_family ? V6Only::no : V6Only::yes, backlog};
    if (address.to)
        return listen_in_range(targets, request, *address.to);
    for (int tries = 1;; ++tries) {
        auto sockets = listen_on_each(targets, request);
        const bool lost_race = is_in_use(sockets) && address.port == "0";
        if (!lost_race || tries == max_port_tries)
            return sockets;
    }
}

Result<UniqueFd> listen_at(const SockAddr& target, int backlog) {
    UniqueFd fd = QIO_TRY(socket_ops::new_socket(target));
    QIO_TRY(socket_ops::listen_on(fd.get(), target, V6Only::no, backlog));
    return fd;
}

/// Whether a file is a unix socket that nobody listens on any more.
bool is_stale(const std::string& path, const SockAddr& target) {
    struct stat file;
    if (::lstat(path.c_str(), &file) < 0 || !S_ISSOCK(file.st_mode))
        return false;
    const auto probe = socket_ops::new_socket(target);
    if (!probe)
        return false;
    const auto answer = socket_ops::start_connect(probe->get(), target);
    return !answer && answer.error().os_errno == ECONNREFUSED;
}

Result<ListeningSockets> listen_unix(const UnixAddress& address, int backlog) {
    const auto target = QIO_TRY(to_sockaddr(address));
    auto fd = listen_at(target, backlog);
    if (!fd && fd.error().kind == ErrorKind::address_in_use && !address.is_abstract &&
        is_stale(address.path, target)) {
        ::unlink(address.path.c_str());
        fd = listen_at(target, backlog);
    }
    if (!fd)
        return std::move(fd).error();
    return ListeningSockets{ChannelSocket::from_listening_fd(
        std::move(*fd), address.is_abstract ? std::string() : address.path)};
}

std::string temporary_path() {
    std::string path = std::string(g_get_tmp_dir()) + "/qio-socket-";
    for (int i = 0; i < 6; ++i)
        path += "abcdefghijklmnopqrstuvwxyz0123456789"[g_random_int_range(0, 36)];
    return path;
}

/// A path nobody has: bind() itself refuses one that exists.
Result<ListeningSockets> listen_anywhere(int backlog) {
    for (int tries = 1;; ++tries) {
        const UnixAddress address{temporary_path()};
        auto fd = listen_at(QIO_TRY(to_sockaddr(address)), backlog);
        if (fd)
            return ListeningSockets{
                ChannelSocket::from_listening_fd(std::move(*fd), address.path)};
        if (fd.error().kind != ErrorKind::address_in_use || tries == max_path_tries)
            return std::move(fd).error().with_context(address.path);
    }
}

Result<ListeningSockets> listen_vsock(const VsockAddress& address, int backlog) {
    UniqueFd fd = QIO_TRY(listen_at(to_sockaddr(address), backlog));
    return ListeningSockets{ChannelSocket::from_listening_fd(std::move(fd), {})};
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
            return unix_address->path.empty() && !unix_address->is_abstract
                       ? listen_anywhere(backlog)
                       : listen_unix(*unix_address, backlog);
        if (auto* vsock = std::get_if<VsockAddress>(&address))
            return listen_vsock(*vsock, backlog);
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
