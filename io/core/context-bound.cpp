// The GSource that carries an object of which each context has one.
#include "io/core/context-bound.hpp"

#include <glib-unix.h>

namespace qio::detail {

namespace {

struct Carrier : ContextBoundSource {
    ContextRegistry* registry;
};

Carrier& carrier(GSource* source) {
    return *reinterpret_cast<Carrier*>(source);
}

gboolean prepare(GSource* source, gint* timeout) noexcept {
    *timeout = -1;
    return (*carrier(source).object)->prepare(source, *timeout);
}

gboolean check(GSource* source) noexcept {
    const auto& self = carrier(source);
    return (self.descriptor_tag != nullptr &&
            g_source_query_unix_fd(source, self.descriptor_tag) != 0) ||
           (*self.object)->check(source);
}

gboolean dispatch(GSource* source, GSourceFunc, gpointer) noexcept {
    const auto object = *carrier(source).object;
    object->dispatch(source);
    return G_SOURCE_CONTINUE;
}

void finalize(GSource* source) noexcept {
    auto& self = carrier(source);
    {
        std::lock_guard lock(self.registry->mutex);
        std::erase_if(self.registry->sources,
                      [&](auto& entry) { return entry.second == &self; });
    }
    (*self.object)->leave_context();
    delete self.object;
}

GSourceFuncs functions = {prepare, check, dispatch, finalize, nullptr, nullptr};

} // namespace

ContextBoundSource& attach_context_source(GMainContext* context,
                                          std::shared_ptr<ContextBound> object,
                                          const char* name, ContextRegistry& registry) {
    const SourceRef source(g_source_new(&functions, sizeof(Carrier)));
    auto& self = carrier(source.get());
    self.registry = &registry;
    self.object = new auto(std::move(object));
    if (const int fd = (*self.object)->descriptor(); fd >= 0)
        self.descriptor_tag = g_source_add_unix_fd(source.get(), fd, G_IO_IN);
    g_source_set_name(source.get(), name);
    // A callback may run the main loop: the others must go on being served.
    g_source_set_can_recurse(source.get(), TRUE);
    g_source_attach(source.get(), context);
    return self;
}

} // namespace qio::detail
