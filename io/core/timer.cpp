// Timers with one owner.
#include "io/core/timer.hpp"

#include "io/core/timer-queue.hpp"

namespace qio {

namespace {

std::shared_ptr<TimerState> make_state(GMainContext* context) {
    auto state = std::make_shared<TimerState>();
    state->queue = of_context<TimerQueue>(context_or_default(context).get());
    return state;
}

/// Retires the timer and lets it go; its callback may be running.
void retire(std::shared_ptr<TimerState>& owned) {
    // Taken first: destroying the callback may come back here.
    if (const auto state = std::move(owned))
        state->queue->retire(*state);
}

std::move_only_function<void()> once(Timer::Callback callback) {
    // What it holds is let go with the call, not with the timer.
    return [callback = std::move(callback)]() mutable {
        Timer::Callback last = std::move(callback);
        last();
    };
}

std::move_only_function<void()> every(std::chrono::milliseconds interval,
                                      Timer::Callback callback, TimerState& state) {
    return [interval, callback = std::move(callback), &state]() mutable {
        callback();
        state.queue->set(state, Clock::now() + interval);
    };
}

} // namespace

Timer::Timer(std::chrono::milliseconds interval, Callback callback, Repeat repeat,
             GMainContext* context)
    : state_(make_state(context)) {
    state_->fired = repeat == Repeat::yes ? every(interval, std::move(callback), *state_)
                                          : once(std::move(callback));
    state_->queue->set(*state_, Clock::now() + interval);
}

Timer& Timer::operator=(Timer&& other) noexcept {
    reset();
    state_ = std::move(other.state_);
    return *this;
}

bool Timer::is_active() const {
    return state_ && state_->queue->is_set(*state_);
}

void Timer::reset() {
    retire(state_);
}

Alarm::Alarm(Timer::Callback callback, GMainContext* context)
    : state_(make_state(context)) {
    state_->fired = std::move(callback);
}

Alarm::~Alarm() {
    retire(state_);
}

void Alarm::set(const Deadline& deadline) {
    if (deadline)
        state_->queue->set(*state_, *deadline);
    else
        state_->queue->clear(*state_);
}

bool Alarm::is_set() const {
    return state_->queue->is_set(*state_);
}

} // namespace qio
