// A VNC server for one display: listeners, clients, and what they may use of us.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "io/base/api.hpp"
#include "io/core/channel.hpp"
#include "io/core/task.hpp"
#include "io/socket/address.hpp"
#include "io/websock/handshake.hpp"
#include "ui/display.hpp"
#include "ui/vnc/keyboard-options.hpp"
#include "ui/vnc/listen-options.hpp"
#include "ui/vnc/security.hpp"
#include "ui/vnc/server-info.hpp"
#include "ui/vnc/share-policy.hpp"

namespace qio::vnc {

class Destination;

/// Limits of a server, and whom it tells. The defaults suit an emulator on a network.
struct ServerOptions {
    SharePolicy share = SharePolicy::allow_exclusive;
    /// Whose keys and pointer count.
    ControlPolicy control = ControlPolicy::everyone;
    /// With ControlPolicy::one_at_a_time: who has done nothing for so long can lose it.
    std::chrono::milliseconds control_idle{10000};
    /// From the connection to the end of the RFB handshake, TLS and WebSocket included.
    std::chrono::milliseconds handshake_deadline{30000};
    /// How long a listener that speaks anything waits for a client to begin, until it
    /// greets it as one of RFB. Who has begun with something else never waits.
    std::chrono::milliseconds greeting_delay{100};
    /// The same for addresses of which somebody speaks HTTP at that time. Browsers open
    /// connections ahead of need, and cannot use them once they were greeted.
    std::chrono::milliseconds browser_delay{3000};
    /// Clients that have not finished their handshake, at least 1; an older one makes
    /// room for a new one. Of WebSockets that were ended and wait for the peer's goodbye
    /// there are at most as many.
    std::size_t max_connecting = 32;
    /// Of these, those from one address (for IPv6, one network of 64 bits) as long as
    /// there are others.
    std::size_t max_connecting_per_address = 8;
    /// Clients that have; more are refused.
    std::size_t max_clients = 32;
    /// Whether clients that ask for it get parts of the picture as JPEG. What rests is
    /// sent as it is soon after.
    bool lossy = true;
    /// Whether it is; if not, what was sent as JPEG stays so until it changes.
    bool adaptive = true;
    /// Whether clients that ask for it get films in their picture as H.264, if that is
    /// built in and `lossy` is on. Each such client takes an encoder of its own.
    bool video = true;
    /// Whether clients may shut down, reboot and reset the machine:
    /// ServerEvents::power_wanted, or InputSink::power().
    bool power_control = false;
    KeyboardOptions keyboard{};
    /// Threads that encode large updates; 0: one for each processor, at most 16.
    std::size_t encode_threads = 0;
    /// Whom to let in; null: everybody.
    std::shared_ptr<Security> security{};
    ServerEvents events{};
};

/// Whether a client has to prove who it is.
enum class AskWho : bool { no, yes };

/// Serves a display to RFB clients over sockets and WebSockets.
///
/// Updates are driven by the display's damage: a change reaches a client that has asked
/// for it in one turn of the main loop. At most one update per client is on its way, and
/// what a client does not read is not queued.
///
/// Context: one GMainContext, whose thread calls everything here. The display may be
/// driven from any thread.
class QIO_API Server final {
public:
    /// Context: null = the caller's thread-default.
    static std::unique_ptr<Server> create(std::shared_ptr<ui::Display> display,
                                          const ServerOptions& options = {},
                                          GMainContext* context = nullptr);
    /// Lifts what clients hold down, and disconnects them. Any call of the emulator's
    /// InputSink may do it; that sink is not called again.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Accepts RFB clients on an address; may be called again to add more. An FdAddress
    /// is a listening socket that was inherited.
    /// Errors: address_in_use, permission_denied, not_found, invalid_argument.
    Result<void> listen(const SocketAddress& address);
    /// The same for RFB inside WebSocket (noVNC). The policy decides who may connect.
    Result<void> listen_websocket(const SocketAddress& address,
                                  ws::HandshakePolicy policy = ws::vnc_listener_policy());
    /// The same for whatever the options say: by default RFB, WebSocket and HTTP on one
    /// address, and TLS below each of them.
    Result<void> listen(const SocketAddress& address, ListenOptions options);
    /// Listens on these addresses, and no other. One that is listened on already stays
    /// open, under the new options; the rest are closed when all new ones are open.
    /// Clients stay. Errors: as listen(); nothing has changed then.
    Result<void> set_listeners(std::vector<Listening> all);

    /// What it listens on, with real port numbers: for RFB, for WebSocket. A listener
    /// that speaks anything is in both.
    std::vector<SocketAddress> addresses() const;
    std::vector<SocketAddress> websocket_addresses() const;

    /// Serves a client over a channel that is connected already, and becomes
    /// non-blocking. Unasked it comes in without TLS, too.
    void add_client(std::shared_ptr<Channel> channel, AskWho ask = AskWho::yes);
    /// Connects to a viewer that listens, and serves it. It takes handshake_deadline at
    /// most. Errors: those of ChannelSocket::connect(); cancelled if the server has gone.
    void connect_to(const SocketAddress& address, Completion<void> completion);

    /// Types a text on the machine's keyboard, behind one that is still being typed.
    /// Meanwhile keys of clients do not count, and Escape of one stops it. Returns how
    /// many characters the keyboard does not have, and are left out.
    /// Units/limits: UTF-8, 16 KiB; 64 Ki key events wait, one each key_delay.
    /// Errors: not_supported without a layout; limit.
    Result<std::size_t> type_text(std::string_view utf8);
    /// Types no further.
    void stop_typing();

    /// Control goes to one client, until it leaves or something else is said; what it
    /// held is lifted of who loses it. Ids are those of info().
    /// Errors: not_found; permission_denied if the client may only look.
    Result<void> give_control(std::uint64_t client);
    /// Not to this client, until it is given to it. Errors: not_found.
    Result<void> refuse_control(std::uint64_t client);
    /// From all clients; and back to whom ServerOptions::control says.
    void take_control();
    void release_control();

    /// What there is now. Works in every state.
    ServerInfo info() const;
    /// Clients whose handshake is complete, and all others.
    std::size_t client_count() const;
    std::size_t connecting_count() const;

private:
    friend class Router;
    class Impl;
    explicit Server(std::shared_ptr<Impl> impl);
    // For a router, which may outlive this.
    std::weak_ptr<Destination> destination() const;
    std::function<std::optional<ServerInfo>()> info_source() const;
    std::shared_ptr<Impl> impl_; // its clients hold it, too
};

} // namespace qio::vnc
