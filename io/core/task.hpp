// One asynchronous operation: completes exactly once, on its context.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>

#include "io/base/error.hpp"
#include "io/core/context.hpp"
#include "io/core/timer.hpp"

namespace qio {

/// Where an operation completes, how long it may take and who may cancel it.
struct OperationOptions {
    GMainContext* context = nullptr; ///< null: the caller's thread-default
    Deadline deadline{};
    std::stop_token stop{};
};

/// Called exactly once with the result of an operation, never before the function that
/// started it has returned.
template <class T>
using Completion = std::move_only_function<void(Result<T>)>;

/// The part of a Task that does not depend on the result's type.
class QIO_API TaskBase {
public:
    virtual ~TaskBase() = default;
    TaskBase(const TaskBase&) = delete;
    TaskBase& operator=(const TaskBase&) = delete;

    GMainContext* context() const { return context_.get(); }
    bool is_finished() const { return finished_.load(std::memory_order_acquire); }

    /// Called on the context after the deadline passed or stop was requested (timed_out
    /// or cancelled), when the task has failed: the place to let go of what the operation
    /// was waiting for.
    void on_abort(std::move_only_function<void(ErrorKind)> cleanup) {
        cleanup_ = std::move(cleanup);
    }

    /// Ends the task with `error`, unless it is finished.
    virtual void fail(Error error) = 0;

protected:
    explicit TaskBase(GMainContext* context) : context_(context_or_default(context)) {}
    /// Arms deadline and stop token. `self` is this object.
    void arm(const std::shared_ptr<TaskBase>& self, const OperationOptions& options);
    /// True for the first caller only.
    bool finish_first() { return !finished_.exchange(true, std::memory_order_acq_rel); }

private:
    void abort(Error error);

    ContextRef context_;
    std::atomic<bool> finished_ = false;
    Timer deadline_;
    std::optional<std::stop_callback<std::function<void()>>> stop_;
    std::move_only_function<void(ErrorKind)> cleanup_;
};

/// Holds the completion of one operation until its result is known.
///
/// Whoever carries the operation out calls complete(); deadline and stop token compete
/// with it, the first wins. Destroying the last reference unfinished completes with
/// "cancelled". Context: complete() and fail() from any thread; the completion runs on
/// context().
template <class T>
class Task final : public TaskBase {
public:
    static std::shared_ptr<Task> start(const OperationOptions& options,
                                       Completion<T> completion) {
        std::shared_ptr<Task> task(new Task(options.context, std::move(completion)));
        task->arm(task, options);
        return task;
    }

    ~Task() override { fail({ErrorKind::cancelled, 0, "the operation was abandoned"}); }

    void complete(Result<T> result) {
        if (!finish_first())
            return;
        post(context(),
             [completion = std::move(completion_), result = std::move(result)]() mutable {
                 completion(std::move(result));
             });
    }

    void fail(Error error) override { complete(Result<T>(std::move(error))); }

private:
    Task(GMainContext* context, Completion<T> completion)
        : TaskBase(context), completion_(std::move(completion)) {}

    Completion<T> completion_;
};

} // namespace qio
