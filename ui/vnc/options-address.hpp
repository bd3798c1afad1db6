// internal: the endpoints within a display's options.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/base/error.hpp"
#include "io/socket/address.hpp"

namespace qio::vnc {

inline constexpr unsigned first_rfb_port = 5900;
inline constexpr unsigned first_websocket_port = 5700;

/// What the text says about where to listen, before it is put together.
struct EndpointTexts {
    std::vector<std::string> endpoints;  ///< the values of vnc=
    std::vector<std::string> websockets; ///< the values of websocket=; "" = on
    std::optional<unsigned> to;          ///< the last display number to try
    std::optional<bool> ipv4, ipv6;
    bool reverse = false;
};

struct Endpoints {
    std::vector<SocketAddress> addresses, websocket_addresses;
};

/// "KEY=VALUE: what is wrong; what would be right", in one line.
Error option_error(std::string_view key, std::string_view value, std::string_view wrong,
                   std::string_view right);

/// A decimal number. Empty = it is none; what is too large is the largest.
std::optional<std::uint64_t> parse_decimal(std::string_view text);

/// Errors: invalid_argument, as option_error() makes it.
Result<Endpoints> make_endpoints(const EndpointTexts& texts);

} // namespace qio::vnc
