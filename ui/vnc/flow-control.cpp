// How many bytes may be on their way to a client that answers fences.
#include "ui/vnc/flow-control.hpp"

#include <algorithm>

namespace qio::vnc {

namespace {

// Measurements count for this long, since the network may change: the delay, and the
// rate, which takes some answers to be found out again.
constexpr std::chrono::seconds delay_memory{10};
constexpr std::chrono::seconds min_rate_memory{1};
constexpr int rate_memory_delays = 10;

// Of what the link carries: while the rate is being found out, then a little more, so
// that a rate that has grown is noticed, and no more while updates wait in a queue.
constexpr double searching_gain = 2.0;
constexpr double steady_gain = 1.25;
constexpr double queueing_gain = 1.0;
constexpr double growth = 1.25;
constexpr int rounds_to_be_sure = 3;

// Updates have waited if their answer took longer than expected by this part of the
// delay, or by as much as a busy client may need.
constexpr int queueing_part = 8;
constexpr std::chrono::milliseconds min_queueing{10};

// A few packets are always allowed.
constexpr double min_window = 8 * 1024;

constexpr std::chrono::hours longest_time{1};

double seconds(FlowControl::Duration duration) {
    return std::chrono::duration<double>(duration).count();
}

FlowControl::Duration time_at(double rate, std::size_t bytes) {
    // Who answers after days has no rate that could be counted with.
    return std::chrono::duration_cast<FlowControl::Duration>(
        std::min<std::chrono::duration<double>>(
            std::chrono::duration<double>(double(bytes) / rate), longest_time));
}

} // namespace

std::uint32_t FlowControl::sent(std::size_t bytes, Time now) {
    if (fences_.empty())
        delivered_at_ = now; // it was idle: the time before does not count
    if (fences_.size() == max_fences)
        fences_.pop_front();
    sent_ += bytes;
    idle_at_ = std::max(idle_at_, now) + time_for(bytes);
    fences_.push_back({next_number_, now, bytes, sent_, delivered_, delivered_at_});
    return next_number_++;
}

void FlowControl::answered(std::uint32_t number, Time now) {
    const auto found = std::ranges::find(fences_, number, &Fence::number);
    if (found == fences_.end())
        return;
    const Fence fence = *found;
    // Answers come in the order of the fences; those that are missing never will.
    fences_.erase(fences_.begin(), found + 1);
    delivered_ = fence.sent;
    delivered_at_ = now;
    measure_delay(fence, now);
    measure_rate(fence, now);
    measure_queue(fence, now);
    // What was answered had left the link a while ago; since then it carried the rest.
    idle_at_ = now - *delay_ + time_for(under_way());
}

void FlowControl::measure_delay(const Fence& fence, Time now) {
    const auto took = now - fence.at;
    const bool was_alone = fence.sent == fence.delivered;
    if (!delay_ || took <= *delay_ || (was_alone && wants_probe(now))) {
        delay_ = took;
        delay_at_ = now;
    }
}

bool FlowControl::wants_probe(Time now) const {
    return delay_ && now - delay_at_ > delay_memory;
}

void FlowControl::measure_rate(const Fence& fence, Time now) {
    const double time = seconds(now - fence.delivered_at);
    const auto bytes = double(delivered_ - fence.delivered);
    if (time <= 0 || bytes <= 0)
        return;
    const double rate = bytes / time;
    const auto memory = std::max<Duration>(min_rate_memory, delay_.value_or(Duration{}) *
                                                                rate_memory_delays);
    // Little that went over an idle link tells nothing of what it could carry.
    const bool was_full =
        double(fence.sent - fence.delivered) >= rate_ * (delay_ ? seconds(*delay_) : 0);
    if (rate < rate_ && was_full && now - rate_at_ > memory) {
        // The link got slower: to be found out.
        best_rate_ = 0;
        rounds_without_growth_ = 0;
        rate_ = 0;
    }
    if (rate >= rate_) {
        rate_ = rate;
        rate_at_ = now;
    }
    if (fence.delivered >= round_end_)
        end_round();
}

/// What an answer took beyond the link's delay and the time for its own update was spent
/// behind others.
void FlowControl::measure_queue(const Fence& fence, Time now) {
    carrying_ = now - fence.at - *delay_;
    const auto own = rate_ == 0 ? Duration{} : time_at(rate_, fence.bytes);
    is_queueing_ =
        carrying_ - own > std::max<Duration>(*delay_ / queueing_part, min_queueing);
    if (!is_queueing_)
        return;
    // More than the link carries was under way: there is nothing more to find out, unless
    // the rate grows once more.
    best_rate_ = std::max(best_rate_, rate_);
    rounds_without_growth_ = rounds_to_be_sure;
}

void FlowControl::end_round() {
    round_end_ = sent_;
    if (rate_ >= best_rate_ * growth) {
        best_rate_ = rate_;
        rounds_without_growth_ = 0;
    } else if (rounds_without_growth_ < rounds_to_be_sure) {
        ++rounds_without_growth_;
    }
}

std::optional<double> FlowControl::limiting_rate() const {
    if (rate_ == 0 || carrying_ < min_queueing)
        return std::nullopt;
    return rate_;
}

double FlowControl::gain() const {
    if (is_queueing_)
        return queueing_gain;
    return rounds_without_growth_ < rounds_to_be_sure ? searching_gain : steady_gain;
}

double FlowControl::window() const {
    return std::max(min_window, gain() * rate_ * (delay_ ? seconds(*delay_) : 0));
}

/// How long the link takes for so many bytes; a little less than is known.
FlowControl::Duration FlowControl::time_for(std::size_t bytes) const {
    // An update that takes longer than an answer fills the link by itself: there is no
    // need to search with more.
    return rate_ == 0 ? Duration{}
                      : time_at(std::min(gain(), steady_gain) * rate_, bytes);
}

std::optional<FlowControl::Time> FlowControl::ready_at() const {
    if (fences_.size() != 1 || rate_ == 0)
        return std::nullopt;
    return idle_at_;
}

bool FlowControl::may_send(Time now) const {
    if (fences_.empty())
        return true;
    if (now - delivered_at_ > answer_patience)
        return true;
    if (wants_probe(now) || fences_.size() == max_fences)
        return false;
    const auto ready = ready_at();
    return (ready && now >= *ready) || double(under_way()) < window();
}

} // namespace qio::vnc
