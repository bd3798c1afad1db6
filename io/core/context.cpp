// The GMainContext a piece of work belongs to, and how to get onto it.
#include "io/core/context.hpp"

#include <memory>

namespace qio {

namespace {

using Function = std::move_only_function<void()>;

gboolean run_once(gpointer data) noexcept {
    (*static_cast<Function*>(data))();
    return G_SOURCE_REMOVE;
}

void free_function(gpointer data) noexcept {
    delete static_cast<Function*>(data);
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
    g_source_set_callback(source.get(), &run_once, new Function(std::move(function)),
                          &free_function);
    g_source_attach(source.get(), target.get());
}

} // namespace qio
