// internal: waits for the peer's close frame, or its patience, and closes (RFC 6455
// §7.1).
#pragma once

#include <chrono>
#include <memory>

#include "io/core/task.hpp"
#include "io/core/timer.hpp"
#include "io/core/watch.hpp"

namespace qio {
class ChannelWebsock;
}

namespace qio::ws {

class Connection;

/// The second half of ChannelWebsock::close_gracefully().
/// Lifetime: part of the channel; destroying it completes the task with "cancelled".
class ClosingHandshake {
public:
    static constexpr std::chrono::milliseconds default_patience{5000};
    /// For a server to end the stream when both have said goodbye.
    static constexpr std::chrono::milliseconds end_patience{1000};

    ClosingHandshake(ChannelWebsock& channel, Connection& connection,
                     std::shared_ptr<Task<void>> task);

private:
    void on_ready();
    void wait_for_end();
    bool is_end_awaited() const;
    Result<void> outcome() const;
    void finish(Result<void> result);

    ChannelWebsock& channel_;
    Connection& connection_;
    std::shared_ptr<Task<void>> task_;
    const bool was_over_; // before we came: the peer closed, or broke the protocol
    Timer end_timer_;
    Watch watch_; // of the channel below, so that it goes on after the stream has ended
};

} // namespace qio::ws
