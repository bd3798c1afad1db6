// The channel addresses of qio-relay, as text and as values.
#include "io/tools/relay-address.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include <glib.h>

#include "io/base/handle.hpp"
#include "io/tools/relay-layers.hpp"

namespace qio::relay {

namespace {

constexpr std::string_view leaf_forms =
    "tcp:HOST:PORT, unix:PATH, abstract:NAME, vsock:CID:PORT, fd:N, file:PATH, "
    "exec:COMMAND or -";

using Texts = Handle<char*, g_strfreev>;

// An error that repeats the text it is about need not do so twice.
std::string_view without_text(std::string_view message, std::string_view text) {
    const auto lead = "address '" + std::string(text) + "': ";
    return message.starts_with(lead) ? message.substr(lead.size()) : message;
}

Result<Leaf> parse_socket(const Cursor& cursor) {
    auto address = parse_socket_address(cursor.rest());
    if (!address)
        return cursor.wrong(cursor.at,
                            without_text(address.error().message, cursor.rest()));
    return Leaf(*std::move(address));
}

Result<Leaf> parse_exec(Cursor& cursor) {
    const std::string command(cursor.rest());
    char** words = nullptr;
    int count = 0;
    if (!g_shell_parse_argv(command.c_str(), &count, &words, nullptr))
        return cursor.wrong(cursor.at, "this is no command, or a quote is not closed; "
                                       "write exec:COMMAND with its arguments");
    const Texts owned(words);
    ExecLeaf exec{{words, words + count}};
    if (exec.words.front().empty())
        return cursor.wrong(cursor.at, "the command has no name");
    return Leaf(std::move(exec));
}

Result<Leaf> parse_leaf(Cursor& cursor) {
    const auto rest = cursor.rest();
    for (std::string_view kind : {"tcp:", "unix:", "abstract:", "vsock:", "fd:"})
        if (rest.starts_with(kind))
            return parse_socket(cursor);
    if (rest == "-")
        return Leaf(StdioLeaf());
    if (cursor.accept("exec:"))
        return parse_exec(cursor);
    if (cursor.accept("file:")) {
        if (cursor.rest().empty())
            return cursor.wrong(cursor.at, "the path is missing; write file:PATH");
        return Leaf(FileLeaf{std::string(cursor.rest())});
    }
    const auto kind = shown(rest.substr(0, rest.find(':')));
    const auto problem = rest.empty() ? std::string("the address is missing here")
                                      : "'" + kind + "' is no kind of address";
    return cursor.wrong(cursor.at, problem + "; write " + std::string(leaf_forms) +
                                       ", behind any of tls:, ws: and wss:");
}

constexpr bool is_alphanumeric(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool has_only(std::string_view text, std::string_view others) {
    return std::ranges::all_of(
        text, [&](char c) { return is_alphanumeric(c) || others.contains(c); });
}

Result<std::string> parse_url_host(Cursor& cursor) {
    const auto start = cursor.at;
    const auto rest = cursor.rest();
    if (cursor.accept("[")) {
        const auto host = cursor.rest().substr(0, cursor.rest().find(']'));
        if (!host.contains(':') || !has_only(host, ":.%") ||
            1 + host.size() == rest.size())
            return cursor.wrong(start, "write an IPv6 address as [ADDRESS]");
        cursor.at += host.size() + 1;
        return std::string(host);
    }
    if (cursor.accept("*"))
        return std::string();
    const auto host = rest.substr(0, rest.find_first_of(":/?"));
    if (host.empty() || !has_only(host, "-._"))
        return cursor.wrong(start, "a host is missing or has a wrong character; write a "
                                   "name, a number, [IPv6] or * for every interface");
    cursor.at += host.size();
    return std::string(host);
}

Result<std::string> parse_url_port(Cursor& cursor, std::string_view standard) {
    const auto start = cursor.at;
    if (!cursor.accept(":"))
        return std::string(standard);
    const auto digits = cursor.rest().substr(0, cursor.rest().find_first_of("/?"));
    unsigned port = 0;
    const char* end = digits.data() + digits.size();
    const auto [stop, problem] = std::from_chars(digits.data(), end, port);
    if (problem != std::errc{} || stop != end || port > 65535)
        return cursor.wrong(start, "write the port as a number up to 65535, or none");
    cursor.at += digits.size();
    return std::to_string(port);
}

/// Reads what stands behind the slashes, and gives the path to the WebSocket.
Result<Leaf> parse_url(Cursor& cursor, std::string_view standard_port, WsLayer& layer) {
    InetAddress address;
    address.host = QIO_TRY(parse_url_host(cursor));
    address.port = QIO_TRY(parse_url_port(cursor, standard_port));
    std::string path(cursor.rest());
    if (path.starts_with('?'))
        path.insert(0, "/");
    if (!path.empty() && !is_path(path))
        return cursor.wrong(cursor.at, "a URL goes on with /PATH, of visible ASCII "
                                       "characters without #");
    if (path.size() > 1) {
        if (!layer.path.empty())
            return cursor.wrong(cursor.at, "the path is given twice; leave it out here "
                                           "or in the braces");
        layer.path = std::move(path);
    }
    return Leaf(SocketAddress(std::move(address)));
}

/// Goes behind the layers and what separates them; gives the leaf if that is a URL's.
Result<std::optional<Leaf>> parse_layers(Cursor& cursor, std::vector<Layer>& layers) {
    for (auto name = layer_name(cursor.rest()); !name.empty();
         name = layer_name(cursor.rest())) {
        const auto start = cursor.at;
        auto added = QIO_TRY(parse_layer(cursor));
        if (layers.size() + added.size() > max_layers)
            return cursor.wrong(start, "there are more than " +
                                           std::to_string(max_layers) + " layers");
        if (!cursor.accept(":"))
            return cursor.wrong(cursor.at, "a colon is missing; write " +
                                               std::string(name) + ":ADDRESS");
        std::optional<Leaf> leaf;
        if (auto* ws = std::get_if<WsLayer>(&added.front()); ws && cursor.accept("//"))
            leaf = QIO_TRY(parse_url(cursor, name == "ws" ? "80" : "443", *ws));
        std::ranges::move(added, std::back_inserter(layers));
        if (leaf)
            return leaf;
    }
    return std::optional<Leaf>();
}

bool is_plain_word(std::string_view word) {
    return !word.empty() && has_only(word, "@%+=:,./_-");
}

std::string command_text(const ExecLeaf& exec) {
    std::string text = "exec:";
    for (auto& word : exec.words) {
        const Handle<char, g_free> quoted(g_shell_quote(word.c_str()));
        text += text.size() > 5 ? " " : "";
        text += is_plain_word(word) ? word : quoted.get();
    }
    return text;
}

std::string leaf_text(const Leaf& leaf) {
    if (auto* address = std::get_if<SocketAddress>(&leaf))
        return qio::to_string(*address);
    if (auto* exec = std::get_if<ExecLeaf>(&leaf))
        return command_text(*exec);
    if (auto* file = std::get_if<FileLeaf>(&leaf))
        return "file:" + file->path;
    return "-";
}

} // namespace

Result<RelayAddress> parse_relay_address(std::string_view text) {
    Cursor cursor{text};
    if (text.size() > max_address_bytes)
        return cursor.wrong(max_address_bytes, "an address has at most 4096 bytes");
    if (const auto nul = text.find('\0'); nul != text.npos)
        return cursor.wrong(nul, "an address has no NUL characters");
    std::vector<Layer> layers;
    auto leaf = QIO_TRY(parse_layers(cursor, layers));
    if (!leaf)
        leaf = QIO_TRY(parse_leaf(cursor));
    return RelayAddress{std::move(layers), *std::move(leaf)};
}

std::string to_string(const RelayAddress& address) {
    std::string text;
    for (auto& layer : address.layers)
        text += to_string(layer) + ":";
    return text + leaf_text(address.leaf);
}

Result<void> can_listen(const RelayAddress& address) {
    if (std::holds_alternative<SocketAddress>(address.leaf))
        return {};
    return Error{ErrorKind::invalid_argument, 0,
                 "nobody can connect to '" + shown(leaf_text(address.leaf)) +
                     "'; listen on tcp, unix, abstract, vsock or fd"};
}

} // namespace qio::relay
