// internal: what a Watch and the reactor share about one registration.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "io/core/channel.hpp"
#include "io/core/watch.hpp"

namespace qio {

class Reactor;

/// One registration of a callback for a channel with a reactor.
///
/// Lock order: the channel's watch list, then the reactor. Neither is held while
/// resolve() or the callback runs.
class WatchState : public std::enable_shared_from_this<WatchState> {
public:
    WatchState(Channel& channel, Condition asked, Watch::Callback callback,
               std::shared_ptr<Reactor> reactor);

    /// Enters the channel's list and the reactor.
    void start();
    /// Leaves both; the callback is not called again.
    void stop();

    Condition asked() const { return asked_.load(std::memory_order_relaxed); }
    void set_asked(Condition asked);

    /// Asks the channel again what to wait for, and tells the reactor.
    void refresh();
    /// The same, for a caller that holds the channel's watch list.
    void refresh_locked();
    WatchState* next_of_channel() const { return next_; }

    /// Lets the channel make sense of `events` and calls the callback if that leaves any.
    void dispatch(Condition events);

    // The reactor's view, guarded by its lock.
    Interest armed;
    bool queued = false;         ///< in the reactor's ready list
    std::uint64_t batch = 0;     ///< the dispatch that last collected it
    std::size_t batch_index = 0; ///< its place there
    std::uint64_t last_run = 0;  ///< the dispatch that last ran it

private:
    const std::shared_ptr<Channel> channel_;
    const std::shared_ptr<Reactor> reactor_;
    Watch::Callback callback_;
    std::atomic<Condition> asked_;
    std::atomic<bool> alive_ = true;
    std::atomic<bool> suspended_ = false; // its callback runs and a nested loop met it
    bool dispatching_ = false;            // context's thread only
    std::atomic<bool> told_closed_ = false;
    WatchState* prev_ = nullptr;
    WatchState* next_ = nullptr;
};

} // namespace qio
