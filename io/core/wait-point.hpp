// Where a coroutine waits: parked until an attempt succeeds, a deadline or a stop.
#pragma once

#include <coroutine>
#include <memory>
#include <optional>
#include <stop_token>
#include <type_traits>

#include "io/core/timer.hpp"
#include "io/core/wait.hpp"

namespace qio {

/// An operation that a coroutine awaits; lives in the coroutine's frame.
class ParkedOperation {
public:
    ParkedOperation() = default;
    ParkedOperation(const ParkedOperation&) = delete;
    ParkedOperation& operator=(const ParkedOperation&) = delete;

    /// Tries once. True: there is a result, or an error.
    virtual bool attempt() = 0;
    virtual void give_up(Error error) = 0;

    std::coroutine_handle<> waiting;
    WaitOptions options;

protected:
    ~ParkedOperation() = default;
};

/// Room for one waiting coroutine. Nothing is allocated per wait, except by a stop that
/// is requested.
///
/// Context: the one it is made with; stop may be requested from any thread.
/// Lifetime: destroying it resumes the coroutine with "cancelled".
class QIO_API WaitPoint {
public:
    explicit WaitPoint(GMainContext* context);
    virtual ~WaitPoint();
    WaitPoint(const WaitPoint&) = delete;
    WaitPoint& operator=(const WaitPoint&) = delete;

    GMainContext* context() const { return context_.get(); }

    /// True: it has its result already. Now and then false although it could have one, so
    /// that a busy coroutine leaves time for the others.
    bool try_now(ParkedOperation& operation);
    void park(ParkedOperation& operation);
    /// Forgets the operation if it waits here.
    void unpark(ParkedOperation& operation);

protected:
    /// Sees to it that attempt_parked() is called when it is worth it.
    virtual void arm() {}
    bool has_parked() const { return parked_ != nullptr; }
    /// Context: resuming may destroy this object, so it comes last.
    void attempt_parked();
    /// The destructors of derived classes call it first.
    void cancel_parked();

private:
    struct StopSignal {
        GMainContext* context;
        std::weak_ptr<WaitPoint*> target;
        void operator()() const noexcept;
    };

    void stop_requested();
    void deadline_passed();
    void finish(std::optional<Error> error);

    ContextRef context_;
    ParkedOperation* parked_ = nullptr;
    int results_in_a_row_ = 0;
    std::optional<Alarm> alarm_;
    std::optional<std::stop_callback<StopSignal>> stop_;
    std::shared_ptr<WaitPoint*> self_; // made for the first stop token
};

/// Awaits what `attempt` returns, a Result<std::optional<T>>: empty = wait and try again.
template <class Attempt>
class [[nodiscard]] Await final : public ParkedOperation {
public:
    using Value = typename std::invoke_result_t<Attempt&>::value_type::value_type;

    Await(WaitPoint& point, Attempt attempt, WaitOptions wait_options)
        : point_(point), attempt_(std::move(attempt)) {
        options = std::move(wait_options);
    }
    ~Await() {
        if (waiting)
            point_.unpark(*this);
    }

    bool await_ready() { return point_.try_now(*this); }
    void await_suspend(std::coroutine_handle<> coroutine) {
        waiting = coroutine;
        point_.park(*this);
    }
    Result<Value> await_resume() { return std::move(*result_); }

    bool attempt() override {
        auto outcome = attempt_();
        if (!outcome)
            result_.emplace(std::move(outcome).error());
        else if (*outcome)
            result_.emplace(std::move(**outcome));
        return result_.has_value();
    }
    void give_up(Error error) override { result_.emplace(std::move(error)); }

private:
    WaitPoint& point_;
    Attempt attempt_;
    std::optional<Result<Value>> result_;
};

} // namespace qio
