// Several displays behind the same addresses, told apart by the WebSocket's path.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ui/vnc/server-status.hpp"
#include "ui/vnc/server.hpp"

namespace qio::vnc {

/// Where a visit may go.
struct Admission {
    std::string display; ///< its id; empty: by the path, as without a callback
    Role role = Role::control;
    /// What ClientInfo::path tells instead of the path, which may hold a secret.
    std::optional<std::string> shown_path{};
};

struct RouterOptions {
    /// As in ServerOptions, for those who are on their way to any of the displays.
    std::chrono::milliseconds handshake_deadline{30000};
    std::chrono::milliseconds greeting_delay{100};
    std::chrono::milliseconds browser_delay{3000};
    std::size_t max_connecting = 32;
    std::size_t max_connecting_per_address = 8;
    /// Who may go where; a refusal is the answer to the WebSocket's request, RFB without
    /// one is closed. Null: everybody, by the path. It must not touch the router.
    std::function<std::expected<Admission, ws::HttpRefusal>(const Visit&)> admit{};
};

/// Listens for several servers. Those who ask for /display/ID, or for a name that a
/// display was given, get that one; those who ask for / or /websockify, and those of RFB
/// without WebSocket, get the display that was added first.
///
/// Context: as the servers', which must be of the same one.
class QIO_API Router final {
public:
    /// Context: null = the caller's thread-default.
    static std::unique_ptr<Router> create(RouterOptions options = {},
                                          GMainContext* context = nullptr);
    /// Closes the listeners. Clients that are with a server stay there.
    ~Router();
    Router(const Router&) = delete;
    Router& operator=(const Router&) = delete;

    /// Whether a path has a meaning of its own, so that no display can have it:
    /// "/", "/websockify", "/display/ID".
    static bool is_reserved(std::string_view path);

    /// `paths`: more names, such as "/console". The server may go at any time; visits are
    /// refused then.
    /// Errors: invalid_argument for an id or a path that is there already.
    Result<void> add(const std::string& id, Server& server,
                     std::vector<std::string> paths = {});
    void remove(const std::string& id);

    /// As the functions of Server.
    Result<void> listen(const SocketAddress& address, ListenOptions options = {});
    Result<void> set_listeners(std::vector<Listening> all);
    std::vector<ListenerInfo> listeners() const;

    /// Of each display whose server is there, with the router's listeners in front.
    std::vector<DisplayStatus> status() const;

private:
    class Impl;
    explicit Router(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace qio::vnc
