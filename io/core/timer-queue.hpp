// internal: the timers of a GMainContext: one GSource, whatever their number.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "io/core/context-bound.hpp"
#include "io/core/deadline.hpp"

namespace qio {

class TimerQueue;

/// A point in time somebody waits for. Guarded by its queue's lock, but for `fired`.
/// Lifetime: its owner's, and of the call under way; retired before the owner lets go.
struct TimerState : std::enable_shared_from_this<TimerState> {
    static constexpr std::size_t not_queued = SIZE_MAX;

    std::shared_ptr<TimerQueue> queue;
    Clock::time_point when;
    std::uint64_t serial = 0;              // orders equal times, and dates its setting
    std::size_t position = not_queued;     // in the heap
    bool is_retired = false;               // its owner has gone
    std::move_only_function<void()> fired; // called without the lock
};

/// A heap of timers, earliest first.
/// Context: the first four from any thread; the rest on the context's.
class TimerQueue final : public ContextBound {
public:
    static constexpr const char* source_name = "qio timers";

    explicit TimerQueue(GMainContext* context) : context_(context) {}

    /// Takes the timer in, or moves it.
    void set(TimerState& timer, Clock::time_point when);
    void clear(TimerState& timer);
    /// Takes it out for good: it cannot be set again.
    void retire(TimerState& timer);
    bool is_set(const TimerState& timer);

    bool prepare(GSource* source, int& timeout) override;
    bool check(GSource* source) override;
    void dispatch(GSource* source) override;
    void leave_context() override;

private:
    bool is_due(GSource* source, int& milliseconds);
    std::shared_ptr<TimerState> take_due(Clock::time_point now, std::uint64_t newest);
    void take_out(TimerState& timer);
    void put(TimerState* timer, std::size_t position);
    void sift_up(std::size_t position);
    void sift_down(std::size_t position);

    std::mutex mutex_;
    GMainContext* context_; // not referenced: it owns our source; null once it is gone
    std::vector<TimerState*> heap_;
    std::uint64_t last_serial_ = 0;
};

} // namespace qio
