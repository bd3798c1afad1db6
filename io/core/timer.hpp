// Timers with one owner.
#pragma once

#include <functional>
#include <memory>

#include "io/base/api.hpp"
#include "io/core/context.hpp"
#include "io/core/deadline.hpp"

namespace qio {

struct TimerState;

/// Calls a function once, or every so often, on a GMainContext. All timers of a context
/// share one GSource: what an iteration costs does not depend on their number.
///
/// Lifetime: its destructor and reset() guarantee silence when called on the context's
/// thread. The callback may reset or destroy its own timer.
/// Context: the thread-default context of the constructor's caller unless one is given.
class QIO_API Timer {
public:
    enum class Repeat : bool { no, yes };
    using Callback = std::move_only_function<void()>;

    Timer() = default;
    /// Units: milliseconds. A repeating timer fires at most once per loop iteration.
    Timer(std::chrono::milliseconds interval, Callback callback,
          Repeat repeat = Repeat::no, GMainContext* context = nullptr);
    Timer(Timer&&) noexcept = default;
    Timer& operator=(Timer&& other) noexcept;
    ~Timer() { reset(); }

    bool is_active() const;
    void reset();

private:
    std::shared_ptr<TimerState> state_;
};

/// A timer that is set again and again, at the cost of a few comparisons each time.
///
/// Lifetime and context: as Timer. The callback may set or destroy its own alarm.
class QIO_API Alarm {
public:
    explicit Alarm(Timer::Callback callback, GMainContext* context = nullptr);
    ~Alarm();
    Alarm(const Alarm&) = delete;
    Alarm& operator=(const Alarm&) = delete;

    /// Calls once at `deadline`, instead of what was set before; empty = not at all.
    void set(const Deadline& deadline);
    bool is_set() const;

private:
    std::shared_ptr<TimerState> state_;
};

} // namespace qio
