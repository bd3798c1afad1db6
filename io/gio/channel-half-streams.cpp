// What a channel's reading and writing streams have in common.
#include "io/gio/channel-half-streams.hpp"

#include "io/core/wait.hpp"
#include "io/core/watch.hpp"
#include "io/gio/cancellable.hpp"
#include "io/gio/gio-error.hpp"

namespace qio {

namespace {

/// The source around it calls the stream's user.
gboolean keep_going(Channel*, GIOCondition, gpointer) noexcept {
    return G_SOURCE_CONTINUE;
}

} // namespace

bool is_ready(Channel& channel, Condition asked) {
    return wait(channel, asked, {.deadline = Clock::now()}).has_value();
}

GSource* new_pollable_source(gpointer stream, Channel& channel, Condition asked,
                             GCancellable* cancellable) {
    const SourceRef source = create_source(channel, asked);
    g_source_set_callback(source.get(), G_SOURCE_FUNC(&keep_going), nullptr, nullptr);
    GSource* pollable = g_pollable_source_new_full(stream, nullptr, cancellable);
    g_source_add_child_source(pollable, source.get());
    return pollable;
}

gssize to_gio(const IoResult& result, GError** error) {
    if (result && *result)
        return gssize(**result);
    if (result)
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK,
                            "the channel would block");
    else
        set_gerror(error, result.error());
    return -1;
}

bool wait_for(Channel& channel, Condition asked, GCancellable* cancellable,
              GError** error) {
    const CancellableStop stop(cancellable);
    const auto ready = wait(channel, asked, {.deadline = {}, .stop = stop.token()});
    if (!ready)
        set_gerror(error, ready.error());
    return ready.has_value();
}

void report_close(gpointer stream, int priority, GAsyncReadyCallback callback,
                  gpointer data, GError* error) {
    const Handle<GTask, &g_object_unref> task(
        g_task_new(stream, nullptr, callback, data));
    g_task_set_priority(task.get(), priority);
    if (error != nullptr)
        g_task_return_error(task.get(), error);
    else
        g_task_return_boolean(task.get(), TRUE);
}

gboolean finish_close(GAsyncResult* result, GError** error) {
    return g_task_propagate_boolean(G_TASK(result), error);
}

} // namespace qio
