// internal: the system calls of sockets, with CLOEXEC from birth and errors as values.
#pragma once

#include <optional>

#include "io/base/unique-fd.hpp"
#include "io/core/channel.hpp"
#include "io/socket/address.hpp"

namespace qio::socket_ops {

/// Whether an IPv6 socket also takes IPv4 peers.
enum class V6Only : bool { no, yes };

/// What a socket is, as far as a channel must know.
struct Kind {
    int family = AF_UNSPEC;
    int type = SOCK_STREAM;
    bool is_listening = false;
};

/// What an adopted socket is. Errors: invalid_argument if it is none.
Result<Kind> kind_of(int fd);

/// A new non-blocking stream socket for `address`; protocol 0 = the usual one.
/// Errors: not_supported if the system has no such sockets.
Result<UniqueFd> new_socket(const SockAddr& address, int type = SOCK_STREAM,
                            int protocol = 0);
/// Begins to connect a non-blocking socket; connect_result() tells how it ended.
Result<void> start_connect(int fd, const SockAddr& address);
/// The outcome once the socket is writable (SO_ERROR).
Result<void> connect_result(int fd);

/// Binds a new socket; a port that was in use a moment ago may be used again.
Result<void> bind_to(int fd, const SockAddr& address);
/// Binds a new socket and makes it listen.
Result<void> listen_on(int fd, const SockAddr& address, V6Only v6_only, int backlog);
/// Makes an inherited socket listen (again).
Result<void> listen_again(int fd, int backlog);

using AcceptCall = int (*)(int, sockaddr*, socklen_t*, int);

/// The next connection, non-blocking; empty when none is waiting. Tests replace the call.
/// Errors: exhausted when out of descriptors or memory. Aborted connections are skipped.
Result<std::optional<UniqueFd>> accept(int fd, SockAddr& peer,
                                       AcceptCall call = &::accept4);

Result<SockAddr> local_name(int fd);
/// The peer's name; an address of length 0 when there is none.
Result<SockAddr> peer_name(int fd);
/// Who connected, or listens: of a unix socket. Errors: disconnected if nobody did.
Result<PeerCredentials> peer_credentials(int fd);
/// The kernel rounds the size to what it allows.
Result<void> set_send_buffer(int fd, std::size_t bytes);
Result<void> set_nonblocking(int fd, bool nonblocking);

} // namespace qio::socket_ops
