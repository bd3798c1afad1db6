// Socket addresses between text, value and the kernel's form.
#include "io/socket/address.hpp"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstring>

namespace qio {

namespace {

Error bad(std::string_view text, std::string_view problem) {
    std::string message = "address '";
    message += text;
    message += "': ";
    message += problem;
    return Error{ErrorKind::invalid_argument, 0, std::move(message)};
}

Result<void> apply_option(InetAddress& address, std::string_view option,
                          std::string_view text) {
    const auto equals = option.find('=');
    const auto key = option.substr(0, equals);
    const auto value = equals == option.npos ? "on" : option.substr(equals + 1);
    if (value != "on" && value != "off")
        return bad(text, "an option's value is 'on' or 'off'");
    const bool on = value == "on";
    if (key == "ipv4")
        address.ipv4 = on;
    else if (key == "ipv6")
        address.ipv6 = on;
    else if (key == "numeric")
        address.numeric = on;
    else
        return bad(text, "unknown option; TCP addresses take ipv4, ipv6 and numeric");
    return {};
}

Result<InetAddress> parse_endpoint(std::string_view endpoint, std::string_view text) {
    InetAddress address;
    const auto colon = endpoint.rfind(':');
    if (colon == endpoint.npos)
        return bad(text, "no port; write HOST:PORT, unix:PATH, abstract:NAME or fd:N");
    auto host = endpoint.substr(0, colon);
    address.port = endpoint.substr(colon + 1);
    if (host.starts_with('[')) {
        if (!host.ends_with(']'))
            return bad(text, "the bracket of the IPv6 address is not closed");
        host = host.substr(1, host.size() - 2);
    } else if (host.contains(':')) {
        return bad(text, "an IPv6 address stands in brackets: [ADDRESS]:PORT");
    }
    if (address.port.empty())
        return bad(text, "the port is empty; write 0 for any free one");
    const bool is_number =
        std::ranges::all_of(address.port, [](char c) { return c >= '0' && c <= '9'; });
    if (is_number && (address.port.size() > 5 || std::stoi(address.port) > 65535))
        return bad(text, "the port is above 65535");
    address.host = host;
    return address;
}

Result<SocketAddress> parse_inet(std::string_view rest, std::string_view text) {
    const auto comma = rest.find(',');
    InetAddress address = QIO_TRY(parse_endpoint(rest.substr(0, comma), text));
    auto options = comma == rest.npos ? std::string_view{} : rest.substr(comma + 1);
    while (!options.empty()) {
        const auto end = options.find(',');
        QIO_TRY(apply_option(address, options.substr(0, end), text));
        options = end == options.npos ? std::string_view{} : options.substr(end + 1);
    }
    if (auto family = family_of(address); !family)
        return bad(text, family.error().message);
    return SocketAddress(std::move(address));
}

Result<SocketAddress> parse_unix(std::string_view name, bool is_abstract,
                                 std::string_view text) {
    UnixAddress address{std::string(name), is_abstract};
    if (auto checked = to_sockaddr(address); !checked)
        return bad(text, checked.error().message);
    return SocketAddress(std::move(address));
}

Result<SocketAddress> parse_fd(std::string_view number, std::string_view text) {
    FdAddress address;
    const char* end = number.data() + number.size();
    const auto [stop, problem] = std::from_chars(number.data(), end, address.fd);
    if (problem != std::errc{} || stop != end || address.fd < 0)
        return bad(text, "a descriptor is a number from 0");
    return SocketAddress(address);
}

std::string option_text(std::string_view key, const std::optional<bool>& value) {
    if (!value)
        return {};
    return "," + std::string(key) + (*value ? "=on" : "=off");
}

std::string inet_text(const InetAddress& address) {
    const bool brackets = address.host.contains(':');
    std::string text = "tcp:";
    text += brackets ? "[" + address.host + "]" : address.host;
    text += ":" + address.port;
    text += option_text("ipv4", address.ipv4) + option_text("ipv6", address.ipv6);
    return text + (address.numeric ? ",numeric" : "");
}

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

UnixAddress from_unix(const sockaddr_un& address, socklen_t length) {
    const std::size_t size = length - offsetof(sockaddr_un, sun_path);
    const char* path = address.sun_path;
    if (size > 0 && path[0] == '\0')
        return {std::string(path + 1, size - 1), true};
    return {std::string(path, strnlen(path, size)), false};
}

template <class T>
T as(const sockaddr_storage& storage) {
    T value;
    std::memcpy(&value, &storage, sizeof value);
    return value;
}

} // namespace

Result<SocketAddress> parse_socket_address(std::string_view text) {
    const auto after = [&](std::string_view prefix) {
        return text.substr(prefix.size());
    };
    if (text.starts_with("unix:"))
        return parse_unix(after("unix:"), false, text);
    if (text.starts_with("abstract:"))
        return parse_unix(after("abstract:"), true, text);
    if (text.starts_with("fd:"))
        return parse_fd(after("fd:"), text);
    if (text.starts_with("tcp:"))
        return parse_inet(after("tcp:"), text);
    return parse_inet(text, text);
}

std::string to_string(const SocketAddress& address) {
    if (auto* inet = std::get_if<InetAddress>(&address))
        return inet_text(*inet);
    if (auto* unix_address = std::get_if<UnixAddress>(&address))
        return (unix_address->is_abstract ? "abstract:" : "unix:") + unix_address->path;
    return "fd:" + std::to_string(std::get<FdAddress>(address).fd);
}

Result<int> family_of(const InetAddress& address) {
    const bool four = address.ipv4.value_or(!address.ipv6.value_or(false));
    const bool six = address.ipv6.value_or(!address.ipv4.value_or(false));
    if (!four && !six)
        return Error{ErrorKind::invalid_argument, 0,
                     "ipv4 and ipv6 are both off; leave one of them on"};
    if (four && six)
        return AF_UNSPEC;
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
    default:
        return Error{ErrorKind::not_supported, 0,
                     "address family " + std::to_string(storage.ss_family)};
    }
}

Result<SockAddr> to_sockaddr(const UnixAddress& address) {
    sockaddr_un target{};
    const std::size_t lead = address.is_abstract ? 1 : 0;
    if (address.path.empty())
        return Error{ErrorKind::invalid_argument, 0, "the unix socket has no name"};
    if (address.path.size() + lead > sizeof target.sun_path)
        return Error{ErrorKind::invalid_argument, 0,
                     "a unix socket's name has at most " +
                         std::to_string(sizeof target.sun_path - lead) + " bytes"};
    target.sun_family = AF_UNIX;
    std::memcpy(target.sun_path + lead, address.path.data(), address.path.size());
    SockAddr result;
    std::memcpy(&result.storage, &target, sizeof target);
    result.length =
        socklen_t(offsetof(sockaddr_un, sun_path) + lead + address.path.size());
    return result;
}

} // namespace qio
