// The endpoints within a display's options.
#include "ui/vnc/options-address.hpp"

#include <charconv>
#include <limits>

#include "ui/text.hpp"

namespace qio::vnc {

namespace {

constexpr unsigned max_port = 65535;
constexpr std::string_view endpoint_forms =
    "give HOST:N, [IPV6]:N, :N, unix:PATH or none";
constexpr std::string_view websocket_forms = "give on, off, PORT, HOST:PORT or unix:PATH";
constexpr std::string_view unix_prefix = "unix:";

struct HostAndPort {
    std::string host;
    std::string_view port;
};

/// Splits at the last colon, and takes the brackets away.
Result<HostAndPort> split(std::string_view key, std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == text.npos)
        return option_error(key, text, "no vnc port specified", endpoint_forms);
    auto host = text.substr(0, colon);
    if (host.starts_with('[') != host.ends_with(']'))
        return option_error(key, text, "a bracket is missing", "give [IPV6]:N");
    if (host.starts_with('['))
        host = host.substr(1, host.size() - 2);
    return HostAndPort{std::string(host), text.substr(colon + 1)};
}

/// The port `first` + the number of a text.
Result<unsigned> parse_port(std::string_view key, std::string_view text,
                            std::string_view port, unsigned first) {
    const auto range = "give a number up to " + std::to_string(max_port - first);
    if (port.empty())
        return option_error(key, text, "vnc port cannot be empty", range);
    const auto number = parse_decimal(port);
    if (!number)
        return option_error(key, text, "can't convert to a number: " + std::string(port),
                            range);
    if (*number > max_port - first)
        return option_error(key, text, "port " + std::string(port) + " out of range",
                            range);
    return first + unsigned(*number);
}

Result<SocketAddress> unix_address(std::string_view key, std::string_view text) {
    UnixAddress address{.path = std::string(text.substr(unix_prefix.size()))};
    if (const auto made = to_sockaddr(address); !made)
        return option_error(key, text, made.error().message,
                            "give unix: and the path of the socket");
    return address;
}

InetAddress inet_address(const EndpointTexts& texts, std::string host, unsigned port) {
    return {.host = std::move(host),
            .port = std::to_string(port),
            .ipv4 = texts.ipv4,
            .ipv6 = texts.ipv6};
}

/// The last port of the range that begins with display 0 at `first`.
Result<std::optional<std::uint16_t>> last_port(const EndpointTexts& texts, unsigned first,
                                               unsigned port) {
    if (!texts.to)
        return std::optional<std::uint16_t>();
    const auto value = std::to_string(*texts.to);
    if (*texts.to > max_port - first)
        return option_error("to", value, "port " + value + " out of range",
                            "give a number up to " + std::to_string(max_port - first));
    if (first + *texts.to < port)
        return option_error("to", value, "the display's own number is higher",
                            "give that number or a higher one");
    return std::optional(std::uint16_t(first + *texts.to));
}

Result<SocketAddress> endpoint(const EndpointTexts& texts, std::string_view text) {
    if (text.starts_with(unix_prefix)) {
        if (texts.to)
            return option_error("to", std::to_string(*texts.to),
                                "Port range not support with UNIX socket",
                                "leave it out, or give HOST:N");
        return unix_address("vnc", text);
    }
    auto [host, number] = QIO_TRY(split("vnc", text));
    const unsigned first = texts.reverse ? 0 : first_rfb_port;
    const unsigned port = QIO_TRY(parse_port("vnc", text, number, first));
    auto address = inet_address(texts, std::move(host), port);
    address.to = QIO_TRY(last_port(texts, first, port));
    return address;
}

/// The port that goes with the display's number.
Result<SocketAddress> websocket_beside(const EndpointTexts& texts,
                                       const SocketAddress& primary) {
    const auto* inet = std::get_if<InetAddress>(&primary);
    if (inet == nullptr)
        return inet_address(texts, {}, first_websocket_port);
    const unsigned number = unsigned(std::stoul(inet->port)) - first_rfb_port;
    const unsigned port = first_websocket_port + number;
    auto address = inet_address(texts, inet->host, port);
    address.to = QIO_TRY(last_port(texts, first_websocket_port, port));
    return address;
}

Result<SocketAddress> websocket(const EndpointTexts& texts, std::string_view text,
                                const std::vector<SocketAddress>& primaries) {
    if (text.empty()) {
        if (primaries.size() != 1)
            return option_error("websocket", "on", "explicit websocket port is required",
                                "with several addresses give websocket=HOST:PORT");
        return websocket_beside(texts, primaries.front());
    }
    if (text.starts_with(unix_prefix))
        return unix_address("websocket", text);
    HostAndPort parts{{}, text};
    if (text.contains(':'))
        parts = QIO_TRY(split("websocket", text));
    const auto number = parse_decimal(parts.port);
    if (!number)
        return option_error("websocket", text,
                            "can't convert to a number: " + std::string(parts.port),
                            websocket_forms);
    const unsigned port = QIO_TRY(parse_port("websocket", text, parts.port, 0));
    if (parts.host.empty() && primaries.size() == 1)
        if (const auto* inet = std::get_if<InetAddress>(&primaries.front()))
            parts.host = inet->host;
    return inet_address(texts, std::move(parts.host), port);
}

Result<void> check_reverse(const EndpointTexts& texts) {
    if (!texts.websockets.empty())
        return option_error("reverse", "on", "Cannot use websockets in reverse mode",
                            "leave websocket= out");
    if (texts.endpoints.size() != 1)
        return option_error("reverse", "on", "Expected a single address in reverse mode",
                            "give one address");
    if (texts.to)
        return option_error("to", std::to_string(*texts.to),
                            "there is no range of ports in reverse mode", "leave it out");
    return {};
}

Result<void> check(const EndpointTexts& texts) {
    if (texts.ipv4 == false && texts.ipv6 == false)
        return option_error("ipv6", "off", "ipv4=off leaves no other family",
                            "switch one of them on");
    if (texts.reverse)
        return check_reverse(texts);
    return {};
}

} // namespace

Error option_error(std::string_view key, std::string_view value, std::string_view wrong,
                   std::string_view right) {
    std::string message(key);
    message.append("=").append(value).append(": ").append(wrong);
    message.append("; ").append(right);
    return {ErrorKind::invalid_argument, 0, ui::one_line(std::move(message))};
}

std::optional<std::uint64_t> parse_decimal(std::string_view text) {
    std::uint64_t number = 0;
    const auto* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (text.empty() || stop != end)
        return std::nullopt;
    return error == std::errc() ? number : std::numeric_limits<std::uint64_t>::max();
}

Result<Endpoints> make_endpoints(const EndpointTexts& texts) {
    Endpoints result;
    if (texts.endpoints.empty() || texts.endpoints.back() == "none")
        return result;
    QIO_TRY(check(texts));
    for (const auto& text : texts.endpoints)
        if (text != "none")
            result.addresses.push_back(QIO_TRY(endpoint(texts, text)));
    for (const auto& text : texts.websockets)
        result.websocket_addresses.push_back(
            QIO_TRY(websocket(texts, text, result.addresses)));
    return result;
}

} // namespace qio::vnc
