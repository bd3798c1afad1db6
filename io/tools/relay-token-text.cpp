// Names of targets: in the lines of a file, and in requests.
#include <glib.h>

#include <algorithm>

#include "io/base/handle.hpp"
#include "io/tools/relay-text.hpp"
#include "io/tools/relay-tokens.hpp"

namespace qio::relay {

namespace {

constexpr std::size_t max_token = 256;
constexpr std::string_view blanks = " \t\r";

std::string_view trimmed(std::string_view text) {
    const auto first = std::min(text.find_first_not_of(blanks), text.size());
    text.remove_prefix(first);
    return text.substr(0, text.find_last_not_of(blanks) + 1);
}

/// The colon behind a name: one with a blank behind it, since names may hold others.
std::size_t find_separator(std::string_view line) {
    for (std::size_t at = 0; at + 1 < line.size(); ++at)
        if (line[at] == ':' && blanks.contains(line[at + 1]))
            return at;
    return line.npos;
}

Result<RelayAddress> parse_target(std::string_view text) {
    constexpr std::string_view unix_socket = "unix_socket:";
    if (text.starts_with(unix_socket))
        return parse_relay_address("unix:" +
                                   std::string(text.substr(unix_socket.size())));
    auto address = parse_relay_address(text);
    if (address)
        return address;
    auto inet = parse_relay_address("tcp:" + std::string(text));
    return inet ? std::move(inet) : std::move(address);
}

bool is_for_many(const RelayAddress& address) {
    const auto* socket = std::get_if<SocketAddress>(&address.leaf);
    return !std::holds_alternative<StdioLeaf>(address.leaf) &&
           !(socket && std::holds_alternative<FdAddress>(*socket));
}

/// Empty: the line was fine.
std::string take_line(Targets& targets, std::string_view line) {
    const auto separator = find_separator(line);
    const auto name = trimmed(line.substr(0, separator));
    if (separator == line.npos || name.empty())
        return "write NAME: TARGET, with a blank behind the colon";
    if (name.size() > max_token)
        return "a name has at most 256 bytes";
    const auto text = trimmed(line.substr(separator + 1));
    auto target = parse_target(text);
    if (!target)
        return target.error().message;
    if (!is_for_many(*target))
        return "'" + shown(text) + "' is good for one connection only";
    const auto added = targets.emplace(
        std::string(name), std::make_shared<const RelayAddress>(*std::move(target)));
    return added.second ? ""
                        : "'" + shown(name) + "' is given twice; the first one counts";
}

std::string decoded(std::string_view text) {
    // Refuses %00 and wrong escapes.
    const Handle<char, g_free> plain(
        g_uri_unescape_segment(text.data(), text.data() + text.size(), nullptr));
    return plain ? plain.get() : "";
}

std::string_view query_token(std::string_view query) {
    constexpr std::string_view name = "token=";
    while (!query.empty()) {
        const auto end = std::min(query.find('&'), query.size());
        const auto field = query.substr(0, end);
        if (field.starts_with(name))
            return field.substr(name.size());
        query.remove_prefix(std::min(end + 1, query.size()));
    }
    return {};
}

std::string_view path_token(std::string_view path, std::string_view base) {
    const auto slash = path.rfind('/');
    if (base.ends_with('/'))
        base.remove_suffix(1);
    if (slash == path.npos || (!base.empty() && path.substr(0, slash) != base))
        return {};
    return path.substr(slash + 1);
}

} // namespace

TokenLines parse_tokens(std::string_view text, std::string_view file) {
    TokenLines lines;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const auto end = std::min(text.find('\n'), text.size());
        const auto line = trimmed(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.empty() || line.starts_with('#'))
            continue;
        const auto problem = take_line(lines.targets, line);
        if (!problem.empty())
            lines.problems.push_back(std::string(file) + ":" + std::to_string(number) +
                                     ": " + problem);
    }
    return lines;
}

std::string token_of(const ws::HttpRequest& request, TokenPlace place,
                     std::string_view base) {
    const bool is_in_query = place == TokenPlace::query;
    if (is_in_query && !base.empty() && request.path != base)
        return {};
    const auto token =
        is_in_query ? query_token(request.query) : path_token(request.path, base);
    return token.size() <= 3 * max_token ? decoded(token) : std::string();
}

} // namespace qio::relay
