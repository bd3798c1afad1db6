// Sleeping in a coroutine.
#pragma once

#include "io/core/coroutine.hpp"
#include "io/core/wait-point.hpp"

namespace qio {

/// Lets one coroutine sleep at a time, without an allocation per sleep.
/// Context: the one given, or the caller's thread-default.
class AsyncTimer {
public:
    explicit AsyncTimer(GMainContext* context = nullptr) : point_(context) {}

    /// Success when the time has come. Errors: cancelled.
    auto sleep_until(Clock::time_point when, std::stop_token stop = {}) {
        return Sleep(point_, when, std::move(stop));
    }
    auto sleep_for(std::chrono::milliseconds duration, std::stop_token stop = {}) {
        return sleep_until(Clock::now() + duration, std::move(stop));
    }

private:
    class [[nodiscard]] Sleep final : public ParkedOperation {
    public:
        Sleep(WaitPoint& point, Clock::time_point when, std::stop_token stop)
            : point_(point) {
            options = {.deadline = when, .stop = std::move(stop)};
        }
        ~Sleep() {
            if (waiting)
                point_.unpark(*this);
        }
        bool await_ready() { return point_.try_now(*this); }
        void await_suspend(std::coroutine_handle<> coroutine) {
            waiting = coroutine;
            point_.park(*this);
        }
        Result<void> await_resume() { return std::move(result_); }

        bool attempt() override { return false; }
        void give_up(Error error) override {
            if (error.kind != ErrorKind::timed_out)
                result_ = std::move(error);
        }

    private:
        WaitPoint& point_;
        Result<void> result_;
    };

    WaitPoint point_;
};

} // namespace qio
