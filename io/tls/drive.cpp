// Carries out an operation that goes on whenever a transport is ready.
#include "io/tls/drive.hpp"

#include <utility>

namespace qio::tls {

Drive::Drive(Channel& owner, Channel& transport, std::shared_ptr<Task<void>> task,
             Step step, std::function<void(const Error&)> failed)
    : owner_(owner), transport_(transport), task_(std::move(task)),
      step_(std::move(step)), failed_(std::move(failed)) {
    task_->on_abort([this](ErrorKind kind) { aborted(kind); });
}

void Drive::start() {
    advance(Condition::none);
}

void Drive::abandon() {
    watch_.reset();
    if (const auto task = std::exchange(task_, nullptr)) {
        task->on_abort({});
        task->fail({ErrorKind::cancelled, 0, "the operation was abandoned"});
    }
}

void Drive::advance(Condition ready) {
    const auto keep = shared_from_this();
    const auto keep_owner = owner_.shared_from_this();
    const auto wanted = step_(ready);
    if (is_over()) // an authorization closed the channel, say
        return;
    if (wanted && any(*wanted)) {
        if (watch_.is_active())
            return watch_.set_condition(*wanted);
        watch_ = Watch(
            transport_, *wanted, [this](Condition condition) { advance(condition); },
            task_->context());
        return;
    }
    watch_.reset();
    const auto task = std::exchange(task_, nullptr);
    task->on_abort({});
    if (wanted)
        return task->complete({});
    failed_(wanted.error());
    task->fail(wanted.error());
}

void Drive::aborted(ErrorKind kind) {
    const auto keep = shared_from_this();
    const auto keep_owner = owner_.shared_from_this();
    watch_.reset();
    task_.reset();
    failed_({kind, 0, "the operation was given up"});
}

} // namespace qio::tls
