// internal: where connections come from, and those that are not sorted yet.
#pragma once

#include <memory>
#include <vector>

#include "io/socket/net-listener.hpp"
#include "ui/vnc/arrival.hpp"
#include "ui/vnc/connecting-slots.hpp"
#include "ui/vnc/recent-browsers.hpp"

namespace qio::vnc {

/// The listeners of one server, or of several that share them.
class Listeners final : private ArrivalHost {
public:
    struct Settings {
        ConnectingSlots::Limits limits;
        std::chrono::milliseconds greeting_delay; ///< for those who say nothing
        std::chrono::milliseconds browser_delay;  ///< if they may be browsers
        std::chrono::milliseconds deadline;       ///< from the connection on
        bool needs_path = false; ///< look at what WebSockets ask for in any case
    };
    using Router = std::function<RouteResult(const Visit&)>;

    Listeners(const Settings& settings, Router router, GMainContext* context);
    ~Listeners();
    Listeners(const Listeners&) = delete;
    Listeners& operator=(const Listeners&) = delete;

    /// Adds an address. Errors: those of NetListener::open().
    Result<void> open(Listening listening);
    /// Listens there and nowhere else. What it listens on already stays open, under the
    /// new options; the others are closed when all new ones are open. On failure nothing
    /// has changed.
    Result<void> replace(std::vector<Listening> all);
    /// Closes all, and lets go of those who are arriving.
    void close();

    std::vector<ListenerInfo> info() const;
    /// Those who are arriving, without those who have been handed on.
    std::size_t arriving() const { return arrivals_.size(); }
    ConnectingSlots& slots() { return slots_; }

private:
    struct Entry {
        SocketAddress wanted;
        std::shared_ptr<NetListener> listener;
        std::shared_ptr<const ListenOptions> options;
    };
    using Clock = std::chrono::steady_clock;
    using Entries = std::vector<std::shared_ptr<Entry>>;

    Result<std::shared_ptr<Entry>> make_entry(const Listening& listening) const;
    std::shared_ptr<Entry> find(const SocketAddress& address) const;
    void serve(const std::shared_ptr<Entry>& entry);
    void accepted(const std::shared_ptr<const ListenOptions>& options,
                  std::shared_ptr<ChannelSocket> socket);
    static void close(Entry& entry);

    RouteResult route(const Visit& visit) override { return router_(visit); }
    void speaks_http(const std::optional<SocketAddress>& peer) override;
    bool is_browsing(const std::optional<SocketAddress>& peer,
                     Clock::time_point around) const override;
    void arrival_ended(Arrival& arrival) override;

    const Settings settings_;
    const Router router_;
    GMainContext* const context_; // the owner's
    ConnectingSlots slots_;
    RecentBrowsers browsers_;
    Entries entries_;
    std::vector<std::shared_ptr<Arrival>> arrivals_; // at most as many as slots
    const std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
};

} // namespace qio::vnc
