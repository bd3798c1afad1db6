// internal: carries bytes both ways between two channels until both directions have
// ended.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "io/core/timer.hpp"
#include "io/core/watch.hpp"

namespace qio {

/// What a session has moved, and how it ended.
struct RelayResult {
    std::uint64_t bytes_in = 0;  ///< from the client to the target
    std::uint64_t bytes_out = 0; ///< from the target to the client
    std::optional<Error> error;  ///< empty: both sides had finished
};

struct RelaySessionOptions {
    /// Without a byte in either direction for that long the session ends with timed_out;
    /// zero = never.
    std::chrono::milliseconds idle_timeout{0};
    /// How long the second direction may go on once the first has ended; zero = for ever.
    std::chrono::milliseconds half_closed_timeout{0};
    /// How long the last bytes may take to leave once both directions have ended.
    std::chrono::milliseconds drain_timeout{5000};
};

/// Relays between two open channels.
///
/// A side that is not read from stops its peer: per direction at most what one read has
/// brought is held, and nothing while the session is idle. The end of one side is passed
/// on as a half-close where the other has one; then the other direction goes on.
/// Lifetime: shared; `ended` is called once, not from within start() or stop(), and may
/// drop it. Context: the one it is started on.
class RelaySession final : public std::enable_shared_from_this<RelaySession> {
public:
    using Ended = std::move_only_function<void(const RelayResult&)>;

    static std::shared_ptr<RelaySession> start(std::shared_ptr<Channel> client,
                                               std::shared_ptr<Channel> target,
                                               const RelaySessionOptions& options,
                                               Ended ended,
                                               GMainContext* context = nullptr);
    ~RelaySession();

    /// Ends it now; `ended` is told "cancelled".
    void stop();

    std::uint64_t bytes_in() const { return sides_[0].bytes; }
    std::uint64_t bytes_out() const { return sides_[1].bytes; }
    Channel& client() const { return *sides_[0].channel; }

private:
    /// One channel, and what was read from it.
    struct Side {
        std::shared_ptr<Channel> channel;
        Watch watch;
        Bytes tail;           // read here, not yet written to the other side
        std::size_t done = 0; // of the tail
        std::uint64_t bytes = 0;
        bool has_ended = false;    // nothing more will be read
        bool is_passed_on = false; // and the other side knows
        bool is_drained = false;   // what was written has left
    };

    RelaySession(std::shared_ptr<Channel> client, std::shared_ptr<Channel> target,
                 const RelaySessionOptions& options, Ended ended, GMainContext* context);
    void watch_both();
    void on_ready(int side, Condition condition);
    Result<void> move(int side);
    Result<bool> move_once(Side& from, Side& to);
    Result<void> write_tail(int side);
    void pass_on_end(int side);
    void update_watches();
    void drain();
    Condition wanted(int side) const;
    void touch();
    void on_alarm();
    void finish(std::optional<Error> error);

    ContextRef context_;
    const RelaySessionOptions options_;
    Ended ended_;
    std::array<Side, 2> sides_;
    Clock::time_point last_activity_;
    std::optional<Clock::time_point> half_closed_at_;
    std::optional<Clock::time_point> draining_since_;
    std::optional<Alarm> alarm_;
    bool is_over_ = false;
};

} // namespace qio
