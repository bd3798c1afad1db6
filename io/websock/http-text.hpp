// internal: characters, blanks, lists and authorities of HTTP text (RFC 9110, RFC 9112).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace qio::ws {

/// Whether `text` is a non-empty token. Source: RFC 9110 §5.6.2.
bool is_token(std::string_view text);

/// Whether `text` holds only what a field value may: blanks, visible ASCII and bytes
/// from 0x80 on. Source: RFC 9110 §5.5.
bool is_field_value(std::string_view text);

/// `text` for a message to a person: at most `max_size` characters of it, all visible
/// ASCII or blanks; others become '?'.
std::string printable(std::string_view text, std::size_t max_size = 100);

/// `text` without the spaces and tabs around it. Source: RFC 9110 §5.6.3.
std::string_view trim_blanks(std::string_view text);

/// `text` with A-Z turned into a-z, whatever the locale.
std::string lower_case(std::string_view text);

/// Whether two texts differ at most in the case of ASCII letters.
bool equals_ignoring_case(std::string_view one, std::string_view other);

/// The elements of a comma list, without blanks around them, empty ones left out.
/// Lifetime: views into `value`. Source: RFC 9110 §5.6.1.2.
std::vector<std::string_view> token_list(std::string_view value);

/// A host and perhaps a port, as in a Host field.
struct Authority {
    std::string host; ///< lower case; an IPv6 address keeps its brackets
    std::string port; ///< digits, or empty
};

/// Reads `host`, `host:port`, `[v6]` or `[v6]:port`. Empty when it is anything else: an
/// empty host, user information, a path. Source: RFC 9110 §7.2, RFC 3986 §3.2.
std::optional<Authority> parse_authority(std::string_view text);

/// Reads the authority of `scheme://authority`, as in an Origin field. Empty when it is
/// anything else, such as `null`. Source: RFC 6454 §7.
std::optional<Authority> parse_origin(std::string_view text);

} // namespace qio::ws
