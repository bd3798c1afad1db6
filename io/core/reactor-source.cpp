// The GSource that carries a reactor, and which reactor belongs to which context.
#include <glib-unix.h>

#include <mutex>
#include <unordered_map>

#include "io/core/context.hpp"
#include "io/core/reactor.hpp"

namespace qio {

namespace {

struct ReactorSource {
    GSource base;
    gpointer epoll_tag;
    std::shared_ptr<Reactor>* reactor;
};

/// Which reactor serves which context; entries leave with the context.
struct Registry {
    std::mutex mutex;
    std::unordered_map<GMainContext*, ReactorSource*> sources;
};

Registry& registry() {
    // Never destroyed: a context may outlive static destructors.
    static auto& instance = *new Registry;
    return instance;
}

ReactorSource& self(GSource* source) {
    return *reinterpret_cast<ReactorSource*>(source);
}

gboolean prepare(GSource* source, gint* timeout) noexcept {
    *timeout = -1;
    return (*self(source).reactor)->has_ready();
}

gboolean check(GSource* source) noexcept {
    return g_source_query_unix_fd(source, self(source).epoll_tag) != 0 ||
           (*self(source).reactor)->has_ready();
}

gboolean dispatch(GSource* source, GSourceFunc, gpointer) noexcept {
    const auto reactor = *self(source).reactor;
    reactor->dispatch();
    return G_SOURCE_CONTINUE;
}

void finalize(GSource* source) noexcept {
    {
        std::lock_guard lock(registry().mutex);
        std::erase_if(registry().sources,
                      [&](auto& entry) { return entry.second == &self(source); });
    }
    (*self(source).reactor)->leave_context();
    delete self(source).reactor;
}

GSourceFuncs functions = {prepare, check, dispatch, finalize, nullptr, nullptr};

ReactorSource& attach_new(GMainContext* context) {
    const SourceRef source(g_source_new(&functions, sizeof(ReactorSource)));
    auto& object = self(source.get());
    object.reactor = new auto(std::make_shared<Reactor>(context));
    object.epoll_tag =
        g_source_add_unix_fd(source.get(), (*object.reactor)->epoll_fd(), G_IO_IN);
    g_source_set_name(source.get(), "qio reactor");
    // A callback may run the main loop: other watches must go on being served.
    g_source_set_can_recurse(source.get(), TRUE);
    g_source_attach(source.get(), context);
    return object;
}

} // namespace

std::shared_ptr<Reactor> Reactor::of(GMainContext* context) {
    std::lock_guard lock(registry().mutex);
    auto& entry = registry().sources[context];
    if (entry == nullptr)
        entry = &attach_new(context);
    return *entry->reactor;
}

} // namespace qio
