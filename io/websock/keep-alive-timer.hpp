// internal: pings a silent peer, and ends the connection when that does not help.
#pragma once

#include "io/core/timer.hpp"
#include "io/websock/channel-websock.hpp"

namespace qio::ws {

/// Lifetime: part of the channel; older than the connection it looks after.
/// Context: the one given.
class KeepAliveTimer {
public:
    KeepAliveTimer(Connection& connection, const KeepAlive& times, GMainContext* context);

private:
    void wait(std::chrono::milliseconds time);
    void on_time();

    Connection& connection_;
    const KeepAlive times_;
    const ContextRef context_;
    bool has_asked_ = false;
    Timer timer_;
};

} // namespace qio::ws
