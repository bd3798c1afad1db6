// internal: one connection from the listener until it is known what it is.
#pragma once

#include <chrono>
#include <expected>
#include <functional>
#include <memory>
#include <stop_token>

#include "io/core/coroutine.hpp"
#include "ui/vnc/connecting-slots.hpp"
#include "ui/vnc/first-bytes.hpp"
#include "ui/vnc/server-info.hpp"
#include "ui/vnc/transport.hpp"

namespace qio::vnc {

/// A client with whom RFB can begin.
struct Newcomer {
    Transport transport;
    ClientInfo info;
    Deadline deadline; ///< of its handshake
    ConnectingSlots::Slot slot;
};

/// Serves a display to those who have arrived.
class Destination {
public:
    virtual void take(Newcomer newcomer) = 0;

protected:
    ~Destination() = default;
};

struct Route {
    std::shared_ptr<Destination> destination;
    Role role = Role::control;
    std::optional<std::string> shown_path{}; ///< instead of the visit's
};
using RouteResult = std::expected<Route, ws::HttpRefusal>;

class Arrival;

/// Where arrivals come from.
class ArrivalHost {
public:
    /// Where a client is to go, or what it is told.
    virtual RouteResult route(const Visit& visit) = 0;
    virtual void speaks_http(const std::optional<SocketAddress>& peer) = 0;
    /// Whether somebody of that address has spoken HTTP at about that time, or since.
    virtual bool is_browsing(const std::optional<SocketAddress>& peer,
                             std::chrono::steady_clock::time_point around) const = 0;
    /// It is over; called once, in the end.
    virtual void arrival_ended(Arrival& arrival) = 0;

protected:
    ~ArrivalHost() = default;
};

/// Looks at what a client says first, puts TLS and WebSocket on its channel, and sends it
/// where it belongs: to a display, or to the pages.
///
/// A client that says nothing is taken for one of RFB when `patience` is over, or, if it
/// may be a browser, `browser_patience`.
/// Lifetime: held by its host until arrival_ended().
class Arrival final : public std::enable_shared_from_this<Arrival> {
public:
    struct Terms {
        std::shared_ptr<const ListenOptions> options;
        std::optional<SocketAddress> peer;
        std::chrono::steady_clock::time_point begun;
        std::chrono::milliseconds patience;
        std::chrono::milliseconds browser_patience;
        Deadline deadline;
        GMainContext* context;
    };

    Arrival(ArrivalHost& host, std::shared_ptr<Channel> channel, Terms terms,
            ConnectingSlots::Slot slot);
    ~Arrival();

    /// Never ends before this returns.
    void start();
    /// The host is not called any more; what has not gone on is closed.
    void abort();

    /// Whether a listener of these options has to look first; otherwise take_at_once().
    static bool must_look(const ListenOptions& options);
    /// For listeners that know what is spoken.
    static void take_at_once(ArrivalHost& host, std::shared_ptr<Channel> channel,
                             const Terms& terms, ConnectingSlots::Slot slot);

private:
    Co<void> run();
    Co<Result<void>> settle();
    Co<Result<FirstBytes>> look();
    bool may_be_browser() const;
    Co<Result<void>> start_tls();
    using Request = std::expected<ws::HttpRequest, ws::HttpRefusal>;

    Co<Result<void>> answer_http();
    Co<Result<void>> read_head();
    Co<Result<void>> refuse(ws::HandshakeAnswer answer);
    std::optional<ws::HandshakeAnswer> refuse_page(const Request& request) const;
    std::optional<ws::HandshakeAnswer> refuse_visit(const Visit& visit, ByteView head,
                                                    bool is_websocket);

    Result<void> take_rfb();
    bool may_stay(FirstBytes protocol) const;
    bool may_be_silent() const;
    std::shared_ptr<Channel> take_channel();
    void hand_over(Transport transport, Visit visit);
    const ListenOptions& options() const { return *terms_.options; }

    ArrivalHost* host_;                // null once it is not to be called any more
    std::shared_ptr<Channel> channel_; // null once it has gone on
    Bytes received_;                   // and not used yet
    std::optional<std::size_t> head_length_;
    const Terms terms_;
    TransportSecurity security_;
    Route route_; // once it is known
    ConnectingSlots::Slot slot_;
    std::stop_source stop_;
};

} // namespace qio::vnc
