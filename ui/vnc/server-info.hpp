// What a server tells about itself: listeners and clients, as values.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ui/input.hpp"
#include "ui/vnc/control-policy.hpp"
#include "ui/vnc/listen-options.hpp"

namespace qio::vnc {

/// An address in the terms of queries: of a unix socket the service is the path.
struct Endpoint {
    std::string host;
    std::string service;
    std::string family; ///< ipv4, ipv6, unix, vsock; unknown without an address
    bool operator==(const Endpoint&) const = default;
};
QIO_API Endpoint endpoint_of(const std::optional<SocketAddress>& address);

struct ListenerInfo {
    SocketAddress address; ///< with the real port
    Speak speak = Speak::rfb;
    bool has_tls = false;
};

/// What a client was sent of the picture, and what is known of its link.
struct ClientTraffic {
    std::int32_t encoding = 0;    ///< its number in RFB, of the last update
    std::uint64_t updates = 0;    ///< with pixels
    std::uint64_t sent_bytes = 0; ///< of all of RFB behind the handshake
    std::uint64_t raw_bytes = 0;  ///< of the pixels in all updates, had they been raw
    std::uint64_t bytes_under_way = 0; ///< that a client with fences has not answered for
    /// Measured by fences; empty for clients without.
    std::optional<std::chrono::microseconds> delay{};
    std::optional<std::uint64_t> bytes_per_second{};
};

struct ClientInfo {
    std::uint64_t id = 0; ///< of this server's clients, never used again
    std::optional<SocketAddress> peer;
    bool is_websocket = false;
    std::string path;           ///< of the WebSocket
    TransportSecurity security; ///< around RFB; the name also from TLS within it
    Role role = Role::control;
    std::string user;            ///< whose name was proved
    bool is_initialized = false; ///< the handshake is over
    bool is_shared = false;      ///< it does not mind others
    bool has_control = false;    ///< its keys and pointer count
    ClientTraffic traffic{};
};

struct ServerInfo {
    std::vector<ListenerInfo> listeners;
    std::vector<ClientInfo> clients; ///< in the order they came, connecting ones too
    std::uint64_t connections = 0;   ///< clients so far
    std::size_t typing = 0;          ///< key events of typed texts that wait
    Control control{};
};

/// Called as clients come and go, and control changes. Any call may destroy the server.
struct ServerEvents {
    std::function<void(const ClientInfo&)> connected{};    ///< nothing is proven yet
    std::function<void(const ClientInfo&)> initialized{};  ///< the handshake is over
    std::function<void(const ClientInfo&)> disconnected{}; ///< also in the middle of it
    std::function<void(const Control&)> control_changed{}; ///< whose input counts
    /// A client that may have control, and has not, has pressed something. Told once
    /// until control changes, and not of clients that are refused.
    std::function<void(const ClientInfo&)> control_wanted{};
    /// A client wants that done to the machine: whether it is being done. Null:
    /// InputSink::power() decides.
    std::function<bool(const ClientInfo&, ui::PowerAction)> power_wanted{};
};

} // namespace qio::vnc
