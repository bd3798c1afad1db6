// A timer with one owner.
#pragma once

#include <functional>

#include "io/base/api.hpp"
#include "io/core/context.hpp"
#include "io/core/deadline.hpp"

namespace qio {

/// Calls a function once, or every so often, on a GMainContext.
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
    SourceRef source_;
};

} // namespace qio
