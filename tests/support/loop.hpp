// Running a main context until something holds, with a deadline instead of sleeps.
#pragma once

#include <functional>

#include "io/core/context.hpp"
#include "io/core/deadline.hpp"

namespace qio::test {

/// Iterates `context` (null = default) until `done()`. False: the deadline passed.
bool run_until(const std::function<bool()>& done, GMainContext* context = nullptr,
               std::chrono::milliseconds limit = std::chrono::seconds(20));

/// Iterates without waiting until nothing is pending. Returns the iterations that
/// dispatched something: a small number, or something spins (1000 = gave up).
int drain(GMainContext* context = nullptr);

/// A new context that is this thread's default while the object lives.
class ThreadContext {
public:
    ThreadContext() : context_(g_main_context_new()) {
        g_main_context_push_thread_default(context_.get());
    }
    ~ThreadContext() { g_main_context_pop_thread_default(context_.get()); }
    ThreadContext(const ThreadContext&) = delete;
    ThreadContext& operator=(const ThreadContext&) = delete;
    GMainContext* get() const { return context_.get(); }

private:
    ContextRef context_;
};

} // namespace qio::test
