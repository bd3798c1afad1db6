// Characters, blanks, lists and authorities of HTTP text.
#include "io/websock/http-text.hpp"

#include <algorithm>

namespace qio::ws {

namespace {

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

constexpr char lower(char c) {
    return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c;
}

constexpr bool is_alphanumeric(char c) {
    return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z');
}

constexpr bool is_one_of(char c, std::string_view set) {
    return set.contains(c);
}

bool is_token_char(char c) {
    return is_alphanumeric(c) || is_one_of(c, "!#$%&'*+-.^_`|~");
}

// RFC 3986 §3.2.2: unreserved, sub-delims and the percent sign.
bool is_name_char(char c) {
    return is_alphanumeric(c) || is_one_of(c, "-._~!$&'()*+,;=%");
}

bool is_address_char(char c) {
    return is_alphanumeric(c) || is_one_of(c, ":.");
}

bool is_field_char(char c) {
    auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7F);
}

/// How long the host at the front of `text` is, 0 if there is none.
std::size_t host_length(std::string_view text) {
    if (!text.starts_with('['))
        return std::size_t(std::ranges::find_if_not(text, is_name_char) - text.begin());
    auto end = std::ranges::find_if_not(text.substr(1), is_address_char);
    auto length = std::size_t(end - text.begin());
    bool is_closed = length > 1 && length < text.size() && text[length] == ']';
    return is_closed ? length + 1 : 0;
}

} // namespace

bool is_token(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, is_token_char);
}

bool is_field_value(std::string_view text) {
    return std::ranges::all_of(text, is_field_char);
}

std::string printable(std::string_view text, std::size_t max_size) {
    std::string result(text.substr(0, max_size));
    std::ranges::replace_if(result, [](char c) { return c < 0x20 || c > 0x7E; }, '?');
    if (text.size() > max_size)
        result += "...";
    return result;
}

std::string_view trim_blanks(std::string_view text) {
    auto first = text.find_first_not_of(" \t");
    if (first == text.npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string lower_case(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(), lower);
    return result;
}

bool equals_ignoring_case(std::string_view one, std::string_view other) {
    return std::ranges::equal(one, other, {}, lower, lower);
}

std::vector<std::string_view> token_list(std::string_view value) {
    std::vector<std::string_view> tokens;
    while (!value.empty()) {
        auto comma = std::min(value.find(','), value.size());
        if (auto token = trim_blanks(value.substr(0, comma)); !token.empty())
            tokens.push_back(token);
        value.remove_prefix(std::min(comma + 1, value.size()));
    }
    return tokens;
}

std::optional<Authority> parse_authority(std::string_view text) {
    auto length = host_length(text);
    if (length == 0)
        return std::nullopt;
    auto port = text.substr(length);
    if (!port.empty()) {
        if (port.front() != ':' || !std::ranges::all_of(port.substr(1), is_digit))
            return std::nullopt;
        port.remove_prefix(1);
    }
    return Authority{lower_case(text.substr(0, length)), std::string(port)};
}

std::optional<Authority> parse_origin(std::string_view text) {
    auto colon = text.find("://");
    if (colon == text.npos || !is_token(text.substr(0, colon)))
        return std::nullopt;
    return parse_authority(text.substr(colon + 3));
}

} // namespace qio::ws
