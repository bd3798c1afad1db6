// Calls a function on a GMainContext when any thread asks for it.
#include "io/core/wakeup.hpp"

#include <memory>

namespace qio {

namespace {

using Callback = Wakeup::Callback;

gboolean dispatch(GSource* source, GSourceFunc, gpointer data) noexcept {
    // First: a signal during the call means another call.
    g_source_set_ready_time(source, -1);
    (*static_cast<Callback*>(data))();
    return G_SOURCE_CONTINUE;
}

gboolean unused(gpointer) noexcept {
    return G_SOURCE_CONTINUE;
}

void free_callback(gpointer data) noexcept {
    delete static_cast<Callback*>(data);
}

GSourceFuncs functions = {nullptr, nullptr, dispatch, nullptr, nullptr, nullptr};

} // namespace

Wakeup::Wakeup(Callback callback, GMainContext* context)
    : source_(g_source_new(&functions, sizeof(GSource))) {
    g_source_set_callback(source_.get(), &unused, new Callback(std::move(callback)),
                          &free_callback);
    g_source_attach(source_.get(), context_or_default(context).get());
}

Wakeup::~Wakeup() {
    g_source_destroy(source_.get());
}

} // namespace qio
