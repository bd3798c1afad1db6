// The timers of a GMainContext: a binary heap behind one GSource.
#include "io/core/timer-queue.hpp"

#include <algorithm>
#include <climits>

namespace qio {

namespace {

using std::chrono::microseconds;

/// The iteration's idea of now, never ahead of the clock's.
Clock::time_point time_of(GSource* source) {
    return Clock::time_point(microseconds(g_source_get_time(source)));
}

bool comes_before(const TimerState* a, const TimerState* b) {
    return a->when != b->when ? a->when < b->when : a->serial < b->serial;
}

} // namespace

void TimerQueue::set(TimerState& timer, Clock::time_point when) {
    std::lock_guard lock(mutex_);
    if (context_ == nullptr || timer.is_retired)
        return;
    if (timer.position != TimerState::not_queued)
        take_out(timer);
    timer.when = when;
    timer.serial = ++last_serial_;
    heap_.push_back(&timer);
    put(&timer, heap_.size() - 1);
    sift_up(timer.position);
    // Its own thread looks at the heap before it polls again; another may be polling.
    if (timer.position == 0 && !g_main_context_is_owner(context_))
        g_main_context_wakeup(context_);
}

void TimerQueue::clear(TimerState& timer) {
    std::lock_guard lock(mutex_);
    if (timer.position != TimerState::not_queued)
        take_out(timer);
}

void TimerQueue::retire(TimerState& timer) {
    std::lock_guard lock(mutex_);
    timer.is_retired = true;
    if (timer.position != TimerState::not_queued)
        take_out(timer);
}

bool TimerQueue::is_set(const TimerState& timer) {
    std::lock_guard lock(mutex_);
    return timer.position != TimerState::not_queued;
}

bool TimerQueue::prepare(GSource* source, int& timeout) {
    return is_due(source, timeout);
}

bool TimerQueue::check(GSource* source) {
    int timeout = -1;
    return is_due(source, timeout);
}

bool TimerQueue::is_due(GSource* source, int& milliseconds) {
    std::lock_guard lock(mutex_);
    if (heap_.empty())
        return false;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(heap_.front()->when -
                                                                   time_of(source));
    milliseconds = int(std::clamp<long long>(left.count(), 0, INT_MAX));
    return milliseconds == 0;
}

void TimerQueue::dispatch(GSource* source) {
    const auto now = time_of(source);
    // What is set from now on waits for the next iteration, however short it is.
    const std::uint64_t newest = [this] {
        std::lock_guard lock(mutex_);
        return last_serial_;
    }();
    while (const auto timer = take_due(now, newest))
        timer->fired();
}

std::shared_ptr<TimerState> TimerQueue::take_due(Clock::time_point now,
                                                 std::uint64_t newest) {
    std::lock_guard lock(mutex_);
    if (heap_.empty() || heap_.front()->when > now || heap_.front()->serial > newest)
        return nullptr;
    auto& timer = *heap_.front();
    take_out(timer);
    return timer.shared_from_this();
}

void TimerQueue::leave_context() {
    std::lock_guard lock(mutex_);
    context_ = nullptr;
    for (auto* timer : heap_)
        timer->position = TimerState::not_queued;
    heap_.clear();
}

void TimerQueue::take_out(TimerState& timer) {
    const std::size_t position = timer.position;
    timer.position = TimerState::not_queued;
    TimerState* last = heap_.back();
    heap_.pop_back();
    if (last == &timer)
        return;
    put(last, position);
    sift_up(position);
    sift_down(last->position);
}

void TimerQueue::put(TimerState* timer, std::size_t position) {
    heap_[position] = timer;
    timer->position = position;
}

void TimerQueue::sift_up(std::size_t position) {
    TimerState* timer = heap_[position];
    while (position != 0) {
        const std::size_t parent = (position - 1) / 2;
        if (!comes_before(timer, heap_[parent]))
            break;
        put(heap_[parent], position);
        position = parent;
    }
    put(timer, position);
}

void TimerQueue::sift_down(std::size_t position) {
    TimerState* timer = heap_[position];
    for (;;) {
        std::size_t child = 2 * position + 1;
        if (child + 1 < heap_.size() && comes_before(heap_[child + 1], heap_[child]))
            ++child;
        if (child >= heap_.size() || !comes_before(heap_[child], timer))
            break;
        put(heap_[child], position);
        position = child;
    }
    put(timer, position);
}

} // namespace qio
