// How many bytes may be on their way to a client that answers fences.
#include "ui/vnc/flow-control.hpp"

#include <algorithm>

namespace qio::vnc {

namespace {

// A measurement counts for this long; the network may change.
constexpr std::chrono::seconds memory{10};

// While the rate is being found out, and then: a little more than the link carries, so
// that a rate that has grown is noticed.
constexpr double searching_gain = 2.0;
constexpr double steady_gain = 1.25;
constexpr double growth = 1.25;
constexpr int rounds_to_be_sure = 3;

// A few packets are always allowed.
constexpr double min_window = 8 * 1024;

double seconds(FlowControl::Duration duration) {
    return std::chrono::duration<double>(duration).count();
}

} // namespace

std::uint32_t FlowControl::sent(std::size_t bytes, Time now) {
    if (fences_.empty())
        delivered_at_ = now; // it was idle: the time before does not count
    sent_ += bytes;
    fences_.push_back({next_number_, now, sent_, delivered_, delivered_at_});
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
    measure_delay(now - fence.at, now);
    measure_rate(fence, now);
}

void FlowControl::measure_delay(Duration took, Time now) {
    if (!delay_ || took <= *delay_ || now - delay_at_ > memory) {
        delay_ = took;
        delay_at_ = now;
    }
}

void FlowControl::measure_rate(const Fence& fence, Time now) {
    const double time = seconds(now - fence.delivered_at);
    const auto bytes = double(delivered_ - fence.delivered);
    if (time <= 0 || bytes <= 0)
        return;
    const double rate = bytes / time;
    if (rate >= rate_ || now - rate_at_ > memory) {
        rate_ = rate;
        rate_at_ = now;
    }
    if (rate >= best_rate_ * growth) {
        best_rate_ = rate;
        rounds_without_growth_ = 0;
    } else {
        rounds_without_growth_ = std::min(rounds_without_growth_ + 1, rounds_to_be_sure);
    }
}

double FlowControl::window() const {
    const double gain =
        rounds_without_growth_ < rounds_to_be_sure ? searching_gain : steady_gain;
    return std::max(min_window, gain * rate_ * (delay_ ? seconds(*delay_) : 0));
}

bool FlowControl::may_send(Time now) const {
    if (fences_.empty())
        return true;
    if (now - std::max(fences_.front().at, delivered_at_) > answer_patience)
        return fences_.size() < max_fences;
    return fences_.size() < max_fences && double(under_way()) < window();
}

} // namespace qio::vnc
