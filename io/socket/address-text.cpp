// The text form of socket addresses.
#include "io/socket/address.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace qio {

namespace {

using BoolOption = std::pair<std::string_view, bool InetAddress::*>;
using FamilyOption = std::pair<std::string_view, std::optional<bool> InetAddress::*>;
using NumberOption = std::pair<std::string_view, std::uint32_t InetAddress::*>;

constexpr std::array bool_options{
    BoolOption{"numeric", &InetAddress::numeric},
    BoolOption{"keep-alive", &InetAddress::keep_alive},
    BoolOption{"mptcp", &InetAddress::mptcp},
};
constexpr std::array family_options{
    FamilyOption{"ipv4", &InetAddress::ipv4},
    FamilyOption{"ipv6", &InetAddress::ipv6},
};
constexpr std::array number_options{
    NumberOption{"keep-alive-count", &InetAddress::keep_alive_count},
    NumberOption{"keep-alive-idle", &InetAddress::keep_alive_idle},
    NumberOption{"keep-alive-interval", &InetAddress::keep_alive_interval},
};

Error bad(std::string_view text, std::string_view problem) {
    std::string message = "address '";
    message += text;
    message += "': ";
    message += problem;
    return Error{ErrorKind::invalid_argument, 0, std::move(message)};
}

/// Decimal digits and nothing else, that fit into the type.
template <class Number>
std::optional<Number> parse_number(std::string_view text) {
    Number number{};
    const char* end = text.data() + text.size();
    const auto [stop, problem] = std::from_chars(text.data(), end, number);
    if (problem != std::errc{} || stop != end || text.starts_with('-'))
        return std::nullopt;
    return number;
}

/// The member an option stands for; null if the list has no such key.
template <class Options>
auto member_of(const Options& options, std::string_view key) {
    const auto found = std::ranges::find(options, key, &Options::value_type::first);
    return found == options.end() ? nullptr : found->second;
}

Result<bool> parse_switch(std::string_view value, std::string_view text) {
    if (value != "on" && value != "off")
        return bad(text, "an option's value is 'on' or 'off'");
    return value == "on";
}

Result<void> apply_option(InetAddress& address, std::string_view option,
                          std::string_view text) {
    const auto equals = option.find('=');
    const auto key = option.substr(0, equals);
    const bool has_value = equals != option.npos;
    const auto value = has_value ? option.substr(equals + 1) : "on";
    if (const auto member = member_of(bool_options, key)) {
        address.*member = QIO_TRY(parse_switch(value, text));
    } else if (const auto family = member_of(family_options, key)) {
        address.*family = QIO_TRY(parse_switch(value, text));
    } else if (const auto number = member_of(number_options, key)) {
        const auto parsed = parse_number<std::uint32_t>(value);
        if (!parsed)
            return bad(text, "keep-alive-count, -idle and -interval take a number");
        address.*number = *parsed;
    } else if (key == "to") {
        address.to = parse_number<std::uint16_t>(value);
        if (!address.to)
            return bad(text, "'to' takes the last port of the range, up to 65535");
    } else {
        return bad(text, "unknown option; TCP addresses take ipv4, ipv6, numeric, to, "
                         "keep-alive, keep-alive-count, keep-alive-idle, "
                         "keep-alive-interval and mptcp");
    }
    return {};
}

Result<std::string_view> parse_host(std::string_view host, std::string_view text) {
    if (host.starts_with('[')) {
        if (!host.ends_with(']'))
            return bad(text, "the bracket of the IPv6 address is not closed");
        host = host.substr(1, host.size() - 2);
    } else if (host.contains(':')) {
        return bad(text, "an IPv6 address stands in brackets: [ADDRESS]:PORT");
    }
    if (host.find_first_of("[]") != host.npos)
        return bad(text, "brackets stand around an IPv6 address only");
    return host;
}

Result<void> check_port(std::string_view port, std::string_view text) {
    if (port.empty())
        return bad(text, "the port is empty; write 0 for any free one");
    const bool is_number =
        std::ranges::all_of(port, [](char c) { return c >= '0' && c <= '9'; });
    if (is_number && !parse_number<std::uint16_t>(port))
        return bad(text, "the port is above 65535");
    return {};
}

Result<InetAddress> parse_endpoint(std::string_view endpoint, std::string_view text) {
    const auto colon = endpoint.rfind(':');
    if (colon == endpoint.npos)
        return bad(text, "no port; write HOST:PORT, unix:PATH, abstract:NAME, "
                         "vsock:CID:PORT or fd:N");
    if (endpoint.contains('\0'))
        return bad(text, "a host or port has no NUL in it");
    InetAddress address;
    address.host = QIO_TRY(parse_host(endpoint.substr(0, colon), text));
    address.port = endpoint.substr(colon + 1);
    QIO_TRY(check_port(address.port, text));
    return address;
}

Result<void> check_inet(const InetAddress& address, std::string_view text) {
    if (auto family = family_of(address); !family)
        return bad(text, family.error().message);
    const auto first = parse_number<std::uint16_t>(address.port);
    if (address.to && first && *address.to < *first)
        return bad(text, "the range ends before its first port; 'to' is the last port");
    return {};
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
    QIO_TRY(check_inet(address, text));
    return SocketAddress(std::move(address));
}

Result<SocketAddress> check_unix(UnixAddress address, std::string_view text) {
    if (auto checked = to_sockaddr(address); !checked)
        return bad(text, checked.error().message);
    return SocketAddress(std::move(address));
}

Result<SocketAddress> parse_vsock(std::string_view rest, std::string_view text) {
    const auto colon = rest.find(':');
    const auto cid = parse_number<std::uint32_t>(rest.substr(0, colon));
    const auto port = parse_number<std::uint32_t>(
        colon == rest.npos ? std::string_view{} : rest.substr(colon + 1));
    if (!cid || !port)
        return bad(text, "write vsock:CID:PORT, two numbers up to 4294967295");
    return SocketAddress(VsockAddress{*cid, *port});
}

Result<SocketAddress> parse_fd(std::string_view number, std::string_view text) {
    const auto fd = parse_number<int>(number);
    if (!fd)
        return bad(text, "a descriptor is a number from 0");
    return SocketAddress(FdAddress{*fd});
}

std::string switch_text(std::string_view key, bool on) {
    return "," + std::string(key) + (on ? "=on" : "=off");
}

std::string number_text(std::string_view key, std::uint32_t number) {
    return "," + std::string(key) + "=" + std::to_string(number);
}

std::string options_text(const InetAddress& address) {
    std::string text;
    for (auto& [key, member] : family_options)
        if (address.*member)
            text += switch_text(key, *(address.*member));
    for (auto& [key, member] : bool_options)
        if (address.*member)
            text += "," + std::string(key);
    if (address.to)
        text += number_text("to", *address.to);
    for (auto& [key, member] : number_options)
        if (address.*member != 0)
            text += number_text(key, address.*member);
    return text;
}

std::string text_of(const InetAddress& address) {
    const bool brackets = address.host.contains(':');
    std::string text = "tcp:";
    text += brackets ? "[" + address.host + "]" : address.host;
    return text + ":" + address.port + options_text(address);
}

std::string text_of(const UnixAddress& address) {
    const std::string_view kind = !address.is_abstract ? "unix:"
                                  : address.tight      ? "abstract:"
                                                       : "abstract-padded:";
    return std::string(kind) + address.path;
}

std::string text_of(const VsockAddress& address) {
    return "vsock:" + std::to_string(address.cid) + ":" + std::to_string(address.port);
}

std::string text_of(const FdAddress& address) {
    return "fd:" + std::to_string(address.fd);
}

} // namespace

Result<SocketAddress> parse_socket_address(std::string_view text) {
    const auto colon = text.find(':');
    const auto prefix = text.substr(0, colon);
    const auto rest = colon == text.npos ? text : text.substr(colon + 1);
    if (colon == text.npos)
        return parse_inet(text, text);
    if (prefix == "tcp")
        return parse_inet(rest, text);
    if (prefix == "unix")
        return check_unix({std::string(rest)}, text);
    if (prefix == "abstract")
        return check_unix({std::string(rest), true}, text);
    if (prefix == "abstract-padded")
        return check_unix({std::string(rest), true, false}, text);
    if (prefix == "vsock")
        return parse_vsock(rest, text);
    if (prefix == "fd")
        return parse_fd(rest, text);
    return parse_inet(text, text);
}

std::string to_string(const SocketAddress& address) {
    return std::visit([](const auto& kind) { return text_of(kind); }, address);
}

} // namespace qio
