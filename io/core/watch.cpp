// Watches on the reactor.
#include "io/core/watch.hpp"

#include "io/core/reactor.hpp"
#include "io/core/watch-state.hpp"

namespace qio {

WatchState::WatchState(Channel& channel, Condition asked, Watch::Callback callback,
                       std::shared_ptr<Reactor> reactor)
    : channel_(channel.shared_from_this()), reactor_(std::move(reactor)),
      callback_(std::move(callback)), asked_(asked) {}

void WatchState::start() {
    std::lock_guard lock(channel_->watches_mutex_);
    next_ = channel_->watches_;
    if (next_ != nullptr)
        next_->prev_ = this;
    channel_->watches_ = this;
    channel_->watched_.store(true, std::memory_order_release);
    refresh_locked();
}

void WatchState::stop() {
    alive_ = false;
    std::lock_guard lock(channel_->watches_mutex_);
    (prev_ != nullptr ? prev_->next_ : channel_->watches_) = next_;
    if (next_ != nullptr)
        next_->prev_ = prev_;
    channel_->watched_.store(channel_->watches_ != nullptr, std::memory_order_release);
    reactor_->arm(*this, {});
}

void WatchState::set_asked(Condition asked) {
    if (asked_.exchange(asked, std::memory_order_relaxed) != asked)
        refresh();
}

void WatchState::refresh() {
    std::lock_guard lock(channel_->watches_mutex_);
    refresh_locked();
}

void WatchState::refresh_locked() {
    if (!alive_)
        return;
    const bool asleep = suspended_ || (told_closed_ && channel_->is_closed());
    reactor_->arm(*this, asleep ? Interest{} : channel_->interest(asked()));
}

void WatchState::dispatch(Condition events) {
    if (!alive_)
        return;
    if (dispatching_) {
        // A main loop run inside our own callback: sleep until that returns, or the
        // level-triggered descriptor would keep it spinning.
        suspended_ = true;
        refresh();
        return;
    }
    dispatching_ = true;
    told_closed_ = channel_->is_closed();
    const Condition ready = channel_->resolve(asked(), events);
    if (any(ready))
        callback_(ready);
    dispatching_ = false;
    suspended_ = false;
    if (alive_)
        refresh();
}

Watch::Watch(Channel& channel, Condition asked, Callback callback,
             GMainContext* context) {
    auto reactor = of_context<Reactor>(context_or_default(context).get());
    state_ = std::make_shared<WatchState>(channel, asked, std::move(callback),
                                          std::move(reactor));
    state_->start();
}

Watch& Watch::operator=(Watch&& other) noexcept {
    reset();
    state_ = std::move(other.state_);
    return *this;
}

void Watch::set_condition(Condition asked) {
    if (state_)
        state_->set_asked(asked);
}

Condition Watch::condition() const {
    return state_ ? state_->asked() : Condition::none;
}

void Watch::reset() {
    // Taken first: dropping the callback may come back here.
    if (const auto state = std::move(state_))
        state->stop();
}

} // namespace qio
