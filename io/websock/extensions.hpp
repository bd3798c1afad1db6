// internal: the Sec-WebSocket-Extensions field between text and values (RFC 6455 §9.1).
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/base/error.hpp"

namespace qio::ws {

/// What a peer's list may have; nobody offers more than a handful.
constexpr std::size_t max_extensions = 16;
constexpr std::size_t max_extension_parameters = 16; ///< of one extension
constexpr std::size_t max_extensions_bytes = 2048;   ///< of the whole text

/// One parameter, such as `server_max_window_bits=10`.
struct ExtensionParameter {
    std::string name;                   ///< a token
    std::optional<std::string> value{}; ///< a token, its quotes taken off

    bool operator==(const ExtensionParameter&) const = default;
};

/// One element of the list. Names are compared as they are: nothing allows them another
/// case.
struct Extension {
    std::string name; ///< a token
    std::vector<ExtensionParameter> parameters{};

    bool operator==(const Extension&) const = default;
};

/// Reads the value of a Sec-WebSocket-Extensions field. Several fields of a request are
/// one list, joined by commas; a response may have one field only (§11.3.2).
///
/// Blanks around separators and empty elements are allowed, as RFC 9110 §5.6.1.2 wants.
/// Errors: protocol for anything that is not in the grammar, an empty list included: the
/// peer's connection then fails (§9.1); limit beyond the sizes above. The message holds
/// nothing of the peer's.
Result<std::vector<Extension>> parse_extensions(std::string_view value);

/// The field's value for a list. Requires: names and values are tokens.
std::string to_string(std::span<const Extension> extensions);

} // namespace qio::ws
