// Where a coroutine waits.
#include "io/core/wait-point.hpp"

namespace qio {

namespace {

// After so many results without a wait, the main loop gets its turn.
constexpr int max_results_in_a_row = 64;

Error cancelled() {
    return {ErrorKind::cancelled, 0, "the operation was cancelled"};
}

} // namespace

WaitPoint::WaitPoint(GMainContext* context) : context_(context_or_default(context)) {}

WaitPoint::~WaitPoint() {
    cancel_parked();
}

bool WaitPoint::try_now(ParkedOperation& operation) {
    if (has_parked()) {
        operation.give_up({ErrorKind::invalid_argument, 0,
                           "another coroutine waits in this direction already"});
        return true;
    }
    if (operation.options.stop.stop_requested()) {
        operation.give_up(cancelled());
        return true;
    }
    if (results_in_a_row_ >= max_results_in_a_row)
        return false;
    ++results_in_a_row_;
    return operation.attempt();
}

void WaitPoint::park(ParkedOperation& operation) {
    parked_ = &operation;
    results_in_a_row_ = 0;
    if (operation.options.deadline) {
        if (!alarm_)
            alarm_.emplace([this] { deadline_passed(); }, context());
        alarm_->set(operation.options.deadline);
    }
    if (operation.options.stop.stop_possible()) {
        if (!self_)
            self_ = std::make_shared<WaitPoint*>(this);
        stop_.emplace(operation.options.stop, StopSignal{context(), self_});
    }
    arm();
}

void WaitPoint::unpark(ParkedOperation& operation) {
    if (parked_ != &operation)
        return;
    parked_ = nullptr;
    stop_.reset();
    if (alarm_)
        alarm_->set({});
}

void WaitPoint::StopSignal::operator()() const noexcept {
    post(context, [self = target] {
        if (const auto point = self.lock())
            (*point)->stop_requested();
    });
}

void WaitPoint::stop_requested() {
    // The one that was stopped may be gone, and another one wait in its place.
    if (has_parked() && parked_->options.stop.stop_requested())
        finish(cancelled());
}

void WaitPoint::attempt_parked() {
    if (has_parked() && parked_->attempt())
        finish(std::nullopt);
}

/// What has come while the loop was busy beyond the deadline is no less there.
void WaitPoint::deadline_passed() {
    if (has_parked() && parked_->attempt())
        finish(std::nullopt);
    else
        finish(Error{ErrorKind::timed_out, 0, "the deadline passed"});
}

void WaitPoint::finish(std::optional<Error> error) {
    if (!has_parked())
        return;
    ParkedOperation& operation = *parked_;
    unpark(operation);
    if (error)
        operation.give_up(std::move(*error));
    std::exchange(operation.waiting, {}).resume();
}

void WaitPoint::cancel_parked() {
    finish(cancelled());
}

} // namespace qio
