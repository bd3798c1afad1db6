// Socket addresses as values, and their text form.
#pragma once

#include <sys/socket.h>

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "io/base/api.hpp"
#include "io/base/error.hpp"

namespace qio {

/// A TCP endpoint. Names are resolved when it is used.
struct InetAddress {
    std::string host; ///< name or number, no brackets; empty = every interface (listen)
    std::string port; ///< decimal or a service name; "0" = any free one (listen)
    /// Which families may be used. Both absent: any.
    std::optional<bool> ipv4{};
    std::optional<bool> ipv6{};
    bool numeric = false; ///< never ask a name server
    bool operator==(const InetAddress&) const = default;
};

/// A unix stream socket.
struct UnixAddress {
    std::string path;         ///< a path, or the abstract name (may hold NULs)
    bool is_abstract = false; ///< in Linux's abstract name space, without a file
    bool operator==(const UnixAddress&) const = default;
};

/// A socket that is open already, by number.
struct FdAddress {
    int fd = -1;
    bool operator==(const FdAddress&) const = default;
};

using SocketAddress = std::variant<InetAddress, UnixAddress, FdAddress>;

/// Reads "tcp:HOST:PORT", "HOST:PORT", "unix:PATH", "abstract:NAME" or "fd:N".
///
/// An IPv6 host stands in brackets. Options behind commas, for TCP: "ipv4", "ipv6" (each
/// with an optional "=on" or "=off") and "numeric".
/// Errors: invalid_argument, with the text, what is wrong and what would be right.
QIO_API Result<SocketAddress> parse_socket_address(std::string_view text);

/// The text that parse_socket_address() reads back to the same value.
QIO_API std::string to_string(const SocketAddress& address);

/// The address family an InetAddress allows: AF_UNSPEC, AF_INET or AF_INET6.
/// Errors: invalid_argument if both families are switched off.
QIO_API Result<int> family_of(const InetAddress& address);

/// Turns what the kernel reports into an address. `length` is the kernel's; nothing is
/// assumed to end in a NUL. An unnamed unix socket has the empty path.
/// Errors: not_supported for other families.
QIO_API Result<SocketAddress> from_sockaddr(const sockaddr_storage& storage,
                                            socklen_t length);

/// A sockaddr with its length.
struct SockAddr {
    sockaddr_storage storage{};
    socklen_t length = 0;
    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

/// The kernel's form of a unix address.
/// Errors: invalid_argument if the path is empty or longer than 108 bytes (abstract:
/// 107).
QIO_API Result<SockAddr> to_sockaddr(const UnixAddress& address);

} // namespace qio
