// Work that would block, done on a thread of a pool; its result comes back on a context.
#pragma once

#include <functional>
#include <stop_token>

#include "io/base/api.hpp"
#include "io/core/task.hpp"

namespace qio {

/// Runs `function` on a thread of the process's pool; more of them wait in line.
/// Units/limits: at most 16 threads.
QIO_API void run_in_pool(std::move_only_function<void()> function);

/// Runs `work` on a thread of the pool and hands its result to `completion` on the
/// context. After the deadline or a stop the completion does not wait for the work, which
/// may look at its stop token to end early; work whose turn had not come is not begun.
/// Errors: those of `work`; timed_out, cancelled.
template <class T>
void run_in_thread(const OperationOptions& options,
                   std::move_only_function<Result<T>(std::stop_token)> work,
                   Completion<T> completion) {
    auto task = Task<T>::start(options, std::move(completion));
    // The caller's stop token does not know of the deadline.
    std::stop_source abandoned;
    post(task->context(), [task, abandoned]() mutable {
        if (task->is_finished())
            abandoned.request_stop();
        else
            task->on_abort([abandoned](ErrorKind) mutable { abandoned.request_stop(); });
    });
    run_in_pool([task = std::move(task), work = std::move(work),
                 token = abandoned.get_token()]() mutable {
        if (!task->is_finished())
            task->complete(work(token));
    });
}

} // namespace qio
