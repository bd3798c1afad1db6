// internal: how many bytes may be on their way to a client that answers fences.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

namespace qio::vnc {

/// Measures a link by the answers to fences, and keeps no more under way than it carries
/// and one update. Knows no clock.
///
/// The link's rate is the most that was delivered per time lately; its delay is the
/// shortest time that an answer took. What it carries is the product. Until the rate no
/// longer grows twice that may be under way, so that it can be found out, unless answers
/// tell that updates wait in a queue. Now and then the link is left to become empty, and
/// the delay measured again, by a fence alone.
///
/// Limits: max_fences answers are waited for, then nothing may be sent. A client that
/// answers none for answer_patience is not held back until it does again.
class FlowControl {
public:
    using Time = std::chrono::steady_clock::time_point;
    using Duration = std::chrono::steady_clock::duration;

    static constexpr std::size_t max_fences = 64;
    static constexpr std::chrono::seconds answer_patience{5};

    /// So many bytes are sent, and behind them a fence with the number that this returns.
    std::uint32_t sent(std::size_t bytes, Time now);
    /// The client answered a fence. Numbers that wait for no answer are ignored.
    void answered(std::uint32_t number, Time now);

    bool may_send(Time now) const;
    /// When the link will have carried the one update that is under way, so that another
    /// may be sent before its answer comes; empty if that is not known.
    std::optional<Time> ready_at() const;
    /// Whether a fence should be sent in front of the next update, to measure the delay.
    bool wants_probe(Time now) const;

    std::size_t under_way() const { return sent_ - delivered_; }
    /// The shortest time that an answer took; empty before the first.
    std::optional<Duration> delay() const { return delay_; }
    /// Bytes per second; 0 before anything was measured.
    double rate() const { return rate_; }
    /// The rate, if the latest answer had to wait for bytes to be carried; empty if the
    /// link is fast for what it gets, or nothing was measured.
    std::optional<double> limiting_rate() const;

private:
    struct Fence {
        std::uint32_t number;
        Time at;
        std::size_t bytes;     // of its update
        std::size_t sent;      // bytes up to this fence
        std::size_t delivered; // that had been answered for when it was sent
        Time delivered_at;
    };

    void measure_delay(const Fence& fence, Time now);
    void measure_rate(const Fence& fence, Time now);
    void measure_queue(const Fence& fence, Time now);
    void end_round();
    double gain() const;
    double window() const;
    Duration time_for(std::size_t bytes) const;

    std::deque<Fence> fences_; // without an answer, in their order
    std::uint32_t next_number_ = 0;
    std::size_t sent_ = 0; // bytes ever
    std::size_t delivered_ = 0;
    Time delivered_at_{};
    Time idle_at_{}; // when the link has carried all, as far as its rate is known
    std::optional<Duration> delay_;
    Time delay_at_{};
    double rate_ = 0;
    Time rate_at_{};
    double best_rate_ = 0;      // at the end of a round in which it grew
    std::size_t round_end_ = 0; // a round is over when what was sent by then is answered
    int rounds_without_growth_ = 0;
    Duration carrying_{};      // what the latest answer took beyond the delay
    bool is_queueing_ = false; // of that, it waited for other updates
};

} // namespace qio::vnc
