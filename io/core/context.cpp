// The GMainContext a piece of work belongs to, and how to get onto it.
#include "io/core/context.hpp"

#include <atomic>

namespace qio {

namespace {

using Function = std::move_only_function<void()>;

/// A function on its way to another thread. The context's lock orders the hand-over
/// already, but a race detector does not see into GLib: it sees this flag.
struct Posted {
    Function function;
    std::atomic<bool> is_complete = false;
};

Posted& arrived(gpointer data) {
    auto& posted = *static_cast<Posted*>(data);
    (void)posted.is_complete.load(std::memory_order_acquire);
    return posted;
}

gboolean run_once(gpointer data) noexcept {
    arrived(data).function();
    return G_SOURCE_REMOVE;
}

void free_posted(gpointer data) noexcept {
    delete &arrived(data);
}

} // namespace

ContextRef context_or_default(GMainContext* context) {
    if (context != nullptr)
        return ContextRef(g_main_context_ref(context));
    return ContextRef(g_main_context_ref_thread_default());
}

void post(GMainContext* context, Function function) {
    const ContextRef target = context_or_default(context);
    const SourceRef source(g_idle_source_new());
    // An idle source's own priority would let a busy loop starve completions.
    g_source_set_priority(source.get(), G_PRIORITY_DEFAULT);
    auto* posted = new Posted{std::move(function)};
    posted->is_complete.store(true, std::memory_order_release);
    g_source_set_callback(source.get(), &run_once, posted, &free_posted);
    g_source_attach(source.get(), target.get());
}

} // namespace qio
