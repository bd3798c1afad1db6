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

/// One of the two channels of a session.
enum class RelaySide : std::uint8_t { client, target };

/// What a session has moved, and how it ended.
struct RelayResult {
    std::uint64_t bytes_in = 0;          ///< from the client to the target
    std::uint64_t bytes_out = 0;         ///< from the target to the client
    std::optional<Error> error;          ///< empty: both sides had finished
    std::optional<RelaySide> failed{};   ///< whose error it is, if it is a channel's
    std::optional<RelaySide> ended_by{}; ///< whose end of stream came first
};

/// Whether the session closes the client's channel, too, or leaves that to `ended`, for
/// a polite end.
enum class ClientAtEnd : bool { closed, left_open };

struct RelaySessionOptions {
    /// Without a byte in either direction for that long the session ends with timed_out;
    /// zero = never.
    std::chrono::milliseconds idle_timeout{0};
    /// How long the second direction may go on once the first has ended; zero = for ever.
    std::chrono::milliseconds half_closed_timeout{0};
    /// How long the last bytes may take to leave once both directions have ended.
    std::chrono::milliseconds drain_timeout{5000};
    ClientAtEnd client_at_end = ClientAtEnd::closed;
};

/// Relays between two open channels.
///
/// A side that is not read from stops its peer: per direction at most what one read has
/// brought is held, and nothing while the session is idle. The end of one side is passed
/// on as a half-close where the other has one; then the other direction goes on. What a
/// side gave before it failed still arrives. A side that takes no more (disconnected) may
/// still say something: what is meant for it is read away meanwhile.
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
    /// Ends it politely: what has been read still arrives; then both sides are told that
    /// there is no more, and it ends when both have said so, too. With
    /// ClientAtEnd::left_open it ends before that, as by stop().
    void wind_down();

    std::uint64_t bytes_in() const { return sides_[0].bytes; }
    std::uint64_t bytes_out() const { return sides_[1].bytes; }
    const std::shared_ptr<Channel>& client() const { return sides_[0].channel; }

private:
    /// One channel, and what was read from it.
    struct Side {
        std::shared_ptr<Channel> channel;
        Watch watch;
        Bytes tail;           // read here, not yet written to the other side
        std::size_t done = 0; // of the tail
        std::uint64_t bytes = 0;
        bool has_ended = false;         // nothing more will be read
        bool is_passed_on = false;      // and the other side knows
        bool is_drained = false;        // what was written has left
        bool is_unheard = false;        // what it says is read away: nobody takes it
        std::optional<Error> failure{}; // behind the tail
    };

    RelaySession(std::shared_ptr<Channel> client, std::shared_ptr<Channel> target,
                 const RelaySessionOptions& options, Ended ended, GMainContext* context);
    void watch_both();
    void on_ready(int side, Condition condition);
    Result<void> move(int side);
    Result<bool> move_once(Side& from, Side& to);
    Result<std::size_t> pass_on(Side& from, Side& to, ByteView bytes);
    Result<void> write_tail(int side);
    Result<void> pass_on_end(int side);
    void go_on();
    void say_goodbye();
    bool is_tail_left() const {
        return !sides_[0].tail.empty() || !sides_[1].tail.empty();
    }
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
    std::optional<RelaySide> ended_by_;
    std::optional<RelaySide> failed_;
    bool is_winding_down_ = false;
    bool has_said_goodbye_ = false;
    std::optional<Alarm> alarm_;
    bool is_over_ = false;
};

} // namespace qio
