// internal: the channel addresses of qio-relay, as text and as values.
//
//   ADDRESS   LEAF | LAYER[{OPTION,...}]:ADDRESS | URL
//   LEAF      tcp:HOST:PORT[,ipv4|ipv6[=on|off]][,numeric]   unix:PATH   abstract:NAME
//             vsock:CID:PORT   fd:N   file:PATH   exec:COMMAND   -
//   LAYER     tls   ws   wss (which is ws upon tls, and takes the options of both)
//   URL       ws[{OPTION,...}]://HOST[:PORT][/PATH[?QUERY]], and the same with wss
//   OPTION    NAME | NAME=VALUE; a comma, a brace or a backslash in a value stands behind
//             a backslash: "\,", "\}", "\\"
//
// Layers are written from the top down: "ws:tls:tcp:h:443" is a WebSocket in TLS on TCP.
// The options of tls and ws are the members of TlsLayer and WsLayer; "-" in a name stands
// for "_" there, and lists are given by repeating the option.
//
// In a URL the host "*" is every interface, for listening, and the path "/" is the same
// as none. The default ports are 80 and 443. A command's words are split as a shell does,
// with quotes and backslashes, without expanding anything.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "io/base/error.hpp"
#include "io/socket/address.hpp"

namespace qio::relay {

/// TLS. Empty and absent members leave the choice to what is made of the address.
struct TlsLayer {
    std::string dir{};                ///< the folder with certificates or keys
    std::optional<std::string> psk{}; ///< pre-shared keys; as which user, if not empty
    bool anon = false;                ///< no certificates at all; not together with psk
    std::optional<bool> verify{};     ///< whether the peer has to prove itself
    std::string name{};               ///< the server's name, if not the host connected to
    std::vector<std::string> alpn{};  ///< protocols to offer or to take
    std::string priority{};           ///< GnuTLS's priority string
    std::string authz_file{};         ///< whom to let in
    std::string password_file{};      ///< for an encrypted key

    bool operator==(const TlsLayer&) const = default;
};

/// A WebSocket.
struct WsLayer {
    std::string path{};                  ///< starts with "/"; empty = any, or "/"
    std::vector<std::string> protocol{}; ///< sub-protocols, best first
    std::vector<std::string> origin{};   ///< to let in, or (one) to send
    std::string host{};                  ///< to answer to, or to send
    std::optional<bool> deflate{};       ///< whether to compress
    std::optional<bool> text{};          ///< whether text messages are taken
    unsigned ping = 0;                   ///< seconds between pings; 0 = none

    bool operator==(const WsLayer&) const = default;
};

using Layer = std::variant<TlsLayer, WsLayer>;

/// A command that is connected by its standard input and output.
struct ExecLeaf {
    std::vector<std::string> words; ///< at least one; the first is not empty

    bool operator==(const ExecLeaf&) const = default;
};

struct FileLeaf {
    std::string path;

    bool operator==(const FileLeaf&) const = default;
};

/// Our own standard input and output.
struct StdioLeaf {
    bool operator==(const StdioLeaf&) const = default;
};

using Leaf = std::variant<SocketAddress, ExecLeaf, FileLeaf, StdioLeaf>;

struct RelayAddress {
    std::vector<Layer> layers{}; ///< the outermost first, next to who uses the channel
    Leaf leaf;

    bool operator==(const RelayAddress&) const = default;
};

constexpr std::size_t max_address_bytes = 4096;
constexpr std::size_t max_layers = 8;

/// Reads an address as described above.
/// Errors: invalid_argument, in one line: the address, the position (in bytes, from 1) of
/// what is wrong, and what would be right.
Result<RelayAddress> parse_relay_address(std::string_view text);

/// The text that parse_relay_address() reads back to the same value, without URLs and
/// "wss". Requires: a value that parse_relay_address() can give.
std::string to_string(const RelayAddress& address);

/// Whether one can wait for connections there: on the leafs tcp, unix, abstract, vsock
/// and fd, whatever lies upon them.
/// Errors: invalid_argument, which names the leaf and those that can.
Result<void> can_listen(const RelayAddress& address);

} // namespace qio::relay
