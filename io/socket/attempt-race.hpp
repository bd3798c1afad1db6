// internal: connecting to several addresses, overlapping; the first that answers wins.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "io/core/timer.hpp"
#include "io/core/watch.hpp"
#include "io/socket/channel-socket.hpp"

namespace qio {

/// Tries one address after the other: the next one when the last has failed, or has not
/// answered for `attempt_delay` while it goes on. Source: RFC 8305 section 5.
///
/// Lifetime: destroying it calls everything off and closes all attempts. `done` is called
/// at most once, and may destroy the race.
/// Context: the thread of `context`.
class AttemptRace {
public:
    using Connecting = std::shared_ptr<ChannelSocket>;
    /// Begins to connect: a non-blocking channel that becomes writable with the outcome.
    using Start = std::move_only_function<Result<Connecting>(const SockAddr&)>;
    using Done = std::move_only_function<void(Result<Connecting>)>;

    struct Rules {
        std::chrono::milliseconds attempt_delay{250};
        /// A unix listener's queue is full, and nothing tells when there is room in it.
        std::chrono::milliseconds retry_interval{20};
    };

    AttemptRace(std::vector<SockAddr> addresses, GMainContext* context, Start start,
                Done done);
    AttemptRace(std::vector<SockAddr> addresses, GMainContext* context, Start start,
                Done done, Rules rules);

    /// Begins. `done` may be called before this returns.
    void run() { try_next(); }

private:
    struct Attempt {
        SockAddr address;
        Connecting channel;
        Watch watch;
    };

    void try_next();
    void try_next_after(std::chrono::milliseconds delay);
    void add_attempt(const SockAddr& address, Connecting channel);
    void decide(const Attempt& attempt);
    void note_failure(const SockAddr& address, const Error& error);
    void finish(Result<Connecting> result);

    std::vector<SockAddr> addresses_;
    GMainContext* context_;
    Start start_;
    Done done_;
    Rules rules_;
    std::size_t next_ = 0;
    std::vector<std::unique_ptr<Attempt>> attempts_;
    Timer timer_; // the next attempt
    Error failure_{ErrorKind::not_found, 0, "no address to try"};
    std::size_t failures_ = 0;
};

} // namespace qio
