// Socket addresses between value and the kernel's form.
#include "io/socket/address.hpp"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <linux/vm_sockets.h>

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace qio {

namespace {

InetAddress from_inet(const sockaddr_in& address) {
    char host[INET_ADDRSTRLEN];
    inet_ntop(AF_INET, &address.sin_addr, host, sizeof host);
    return {.host = host, .port = std::to_string(ntohs(address.sin_port)), .ipv4 = true};
}

InetAddress from_inet6(const sockaddr_in6& address) {
    char host[INET6_ADDRSTRLEN];
    inet_ntop(AF_INET6, &address.sin6_addr, host, sizeof host);
    InetAddress result{
        .host = host, .port = std::to_string(ntohs(address.sin6_port)), .ipv6 = true};
    char interface[IF_NAMESIZE];
    if (address.sin6_scope_id != 0 && if_indextoname(address.sin6_scope_id, interface))
        result.host += std::string("%") + interface;
    return result;
}

/// A name that fills all the room was filled up, if it has NULs to show for it.
UnixAddress from_abstract(std::string_view name) {
    const auto text_size = name.find_last_not_of('\0') + 1;
    if (name.size() < sizeof(sockaddr_un::sun_path) - 1 || text_size == name.size())
        return {std::string(name), true};
    return {std::string(name.substr(0, text_size)), true, false};
}

UnixAddress from_unix(const sockaddr_un& address, socklen_t length) {
    // The kernel counts a NUL behind a path that fills all the room.
    const std::size_t size =
        std::min(length - offsetof(sockaddr_un, sun_path), sizeof address.sun_path);
    const char* path = address.sun_path;
    if (size > 0 && path[0] == '\0')
        return from_abstract({path + 1, size - 1});
    return {std::string(path, strnlen(path, size)), false};
}

template <class T>
T as(const sockaddr_storage& storage) {
    T value;
    std::memcpy(&value, &storage, sizeof value);
    return value;
}

Result<void> check_name(const UnixAddress& address) {
    const std::size_t room = sizeof(sockaddr_un::sun_path) - address.is_abstract;
    if (address.path.empty())
        return Error{ErrorKind::invalid_argument, 0, "the unix socket has no name"};
    if (address.path.size() > room)
        return Error{ErrorKind::invalid_argument, 0,
                     "a unix socket's name has at most " + std::to_string(room) +
                         " bytes"};
    if (!address.is_abstract && address.path.contains('\0'))
        return Error{ErrorKind::invalid_argument, 0, "a path has no NUL in it"};
    return {};
}

} // namespace

Result<int> family_of(const InetAddress& address) {
    const bool four = address.ipv4.value_or(!address.ipv6.value_or(false));
    const bool six = address.ipv6.value_or(!address.ipv4.value_or(false));
    if (!four && !six)
        return Error{ErrorKind::invalid_argument, 0,
                     "ipv4 and ipv6 are both off; leave one of them on"};
    if (four && six)
        return address.host.empty() && address.ipv4 ? AF_INET6 : AF_UNSPEC;
    return four ? AF_INET : AF_INET6;
}

Result<SocketAddress> from_sockaddr(const sockaddr_storage& storage, socklen_t length) {
    if (length < sizeof storage.ss_family)
        return SocketAddress(UnixAddress{});
    switch (storage.ss_family) {
    case AF_INET:
        return SocketAddress(from_inet(as<sockaddr_in>(storage)));
    case AF_INET6:
        return SocketAddress(from_inet6(as<sockaddr_in6>(storage)));
    case AF_UNIX:
        return SocketAddress(from_unix(as<sockaddr_un>(storage), length));
    case AF_VSOCK: {
        const auto vsock = as<sockaddr_vm>(storage);
        return SocketAddress(VsockAddress{vsock.svm_cid, vsock.svm_port});
    }
    default:
        return Error{ErrorKind::not_supported, 0,
                     "address family " + std::to_string(storage.ss_family)};
    }
}

Result<SockAddr> to_sockaddr(const UnixAddress& address) {
    QIO_TRY(check_name(address));
    sockaddr_un target{};
    const std::size_t lead = address.is_abstract ? 1 : 0;
    target.sun_family = AF_UNIX;
    std::memcpy(target.sun_path + lead, address.path.data(), address.path.size());
    SockAddr result;
    std::memcpy(&result.storage, &target, sizeof target);
    const bool is_padded = address.is_abstract && !address.tight;
    result.length =
        is_padded
            ? sizeof target
            : socklen_t(offsetof(sockaddr_un, sun_path) + lead + address.path.size());
    return result;
}

SockAddr to_sockaddr(const VsockAddress& address) {
    sockaddr_vm target{};
    target.svm_family = AF_VSOCK;
    target.svm_cid = address.cid;
    target.svm_port = address.port;
    SockAddr result;
    std::memcpy(&result.storage, &target, sizeof target);
    result.length = sizeof target;
    return result;
}

} // namespace qio
