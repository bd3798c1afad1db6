// internal: waits for the peer's close frame, or its patience, and closes (RFC 6455
// §7.1).
#pragma once

#include <chrono>
#include <memory>

#include "io/core/task.hpp"
#include "io/core/watch.hpp"

namespace qio {
class ChannelWebsock;
}

namespace qio::ws {

/// The second half of ChannelWebsock::close_gracefully().
/// Lifetime: part of the channel; destroying it completes the task with "cancelled".
class ClosingHandshake {
public:
    static constexpr std::chrono::milliseconds default_patience{5000};

    ClosingHandshake(ChannelWebsock& channel, std::shared_ptr<Task<void>> task);

private:
    void on_ready();
    Result<void> outcome() const;
    void finish(Result<void> result);

    ChannelWebsock& channel_;
    std::shared_ptr<Task<void>> task_;
    const bool was_over_; // before we came: the peer closed, or broke the protocol
    Watch watch_; // of the channel below, so that it goes on after the stream has ended
};

} // namespace qio::ws
