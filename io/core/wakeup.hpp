// Calls a function on a GMainContext when any thread asks for it.
#pragma once

#include <functional>

#include "io/base/api.hpp"
#include "io/core/context.hpp"

namespace qio {

/// One persistent source: signal() costs no allocation, and signals that come before the
/// call count as one.
///
/// Lifetime: the destructor guarantees silence when it runs on the context's thread; the
/// callback may destroy its own wake-up. signal() must not race with the destructor.
class QIO_API Wakeup {
public:
    using Callback = std::move_only_function<void()>;

    /// Context: null = the caller's thread-default.
    explicit Wakeup(Callback callback, GMainContext* context = nullptr);
    ~Wakeup();
    Wakeup(const Wakeup&) = delete;
    Wakeup& operator=(const Wakeup&) = delete;

    /// Context: any thread.
    void signal() { g_source_set_ready_time(source_.get(), 0); }

private:
    SourceRef source_;
};

} // namespace qio
