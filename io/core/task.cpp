// Deadline and cancellation of asynchronous operations.
#include "io/core/task.hpp"

namespace qio {

void TaskBase::arm(const std::shared_ptr<TaskBase>& self,
                   const OperationOptions& options) {
    // Weak: an armed deadline must not keep an abandoned operation alive.
    const std::weak_ptr<TaskBase> weak = self;
    if (options.deadline)
        deadline_ = Timer(
            std::chrono::milliseconds(milliseconds_left(options.deadline)),
            [weak] {
                if (const auto task = weak.lock())
                    task->abort({ErrorKind::timed_out, 0, "the deadline passed"});
            },
            Timer::Repeat::no, context());
    if (options.stop.stop_possible())
        stop_.emplace(options.stop, [weak, context = context()] {
            post(context, [weak] {
                if (const auto task = weak.lock())
                    task->abort({ErrorKind::cancelled, 0, "the operation was cancelled"});
            });
        });
}

void TaskBase::abort(Error error) {
    if (is_finished())
        return;
    const ErrorKind kind = error.kind;
    fail(std::move(error));
    if (auto cleanup = std::move(cleanup_))
        cleanup(kind);
}

} // namespace qio
