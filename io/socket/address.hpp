// Socket addresses as values, and their text form.
#pragma once

#include <sys/socket.h>

#include <cstdint>
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
    bool numeric = false;               ///< never ask a name server
    std::optional<std::uint16_t> to{};  ///< listen: the last of a range of ports to try
    bool keep_alive = false;            ///< probe a silent peer; accepted sockets inherit
    std::uint32_t keep_alive_count = 0; ///< probes until it is given up; 0 = system's
    std::uint32_t keep_alive_idle = 0;  ///< seconds of silence before; 0 = system's
    std::uint32_t keep_alive_interval = 0; ///< seconds between probes; 0 = system's
    bool mptcp = false;                    ///< Multipath TCP
    bool operator==(const InetAddress&) const = default;
};

/// A unix stream socket.
struct UnixAddress {
    /// A path, or the abstract name (may hold NULs). Empty: listening makes up a path in
    /// the folder for temporary files.
    std::string path;
    bool is_abstract = false; ///< in Linux's abstract name space, without a file
    /// Abstract: the name ends with its text; otherwise it is filled up with NULs.
    bool tight = true;
    bool operator==(const UnixAddress&) const = default;
};

/// A port of a virtual machine or its host.
struct VsockAddress {
    std::uint32_t cid = 0; ///< 2 = the host, 4294967295 = any (listen)
    std::uint32_t port = 0;
    bool operator==(const VsockAddress&) const = default;
};

/// A socket that is open already, by number.
struct FdAddress {
    int fd = -1;
    bool operator==(const FdAddress&) const = default;
};

using SocketAddress = std::variant<InetAddress, UnixAddress, VsockAddress, FdAddress>;

/// Reads "tcp:HOST:PORT", "HOST:PORT", "unix:PATH", "abstract:NAME",
/// "abstract-padded:NAME" (not tight), "vsock:CID:PORT" or "fd:N".
///
/// An IPv6 host stands in brackets. Options behind commas, for TCP: "ipv4", "ipv6",
/// "numeric", "keep-alive" and "mptcp", each with an optional "=on" or "=off"; "to=PORT",
/// "keep-alive-count=N", "keep-alive-idle=SECONDS" and "keep-alive-interval=SECONDS".
/// Errors: invalid_argument, with the text, what is wrong and what would be right.
QIO_API Result<SocketAddress> parse_socket_address(std::string_view text);

/// The text that parse_socket_address() reads back to the same value. An unnamed unix
/// socket has none that could be read.
QIO_API std::string to_string(const SocketAddress& address);

/// The address family an InetAddress allows: AF_UNSPEC, AF_INET or AF_INET6. Both on for
/// every interface is AF_INET6: one socket takes both.
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
/// Errors: invalid_argument if the path is empty, longer than 108 bytes (abstract: 107),
/// or a path with a NUL in it.
QIO_API Result<SockAddr> to_sockaddr(const UnixAddress& address);
QIO_API SockAddr to_sockaddr(const VsockAddress& address);

} // namespace qio
