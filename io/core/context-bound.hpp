// internal: objects of which each GMainContext has one, carried by a GSource of its.
#pragma once

#include <glib.h>

#include <memory>
#include <mutex>
#include <unordered_map>

#include "io/core/context.hpp"

namespace qio {

/// What such an object does in an iteration of its context. `Self` names its source with
/// a static `source_name`, and is made with the context as its argument.
/// Context: all but leave_context() on the context's thread.
class ContextBound {
public:
    virtual ~ContextBound() = default;

    /// A descriptor to poll for input, or -1.
    virtual int descriptor() const { return -1; }
    /// True: dispatch without polling. Otherwise `timeout` may be lowered (ms).
    virtual bool prepare(GSource* source, int& timeout) = 0;
    virtual bool check(GSource* source) = 0;
    virtual void dispatch(GSource* source) = 0;
    /// The context is going; nothing will be dispatched any more.
    virtual void leave_context() = 0;
};

namespace detail {

struct ContextBoundSource {
    GSource base;
    gpointer descriptor_tag;
    std::shared_ptr<ContextBound>* object;
};

/// Which source serves which context; entries leave with the context.
struct ContextRegistry {
    std::mutex mutex;
    std::unordered_map<GMainContext*, ContextBoundSource*> sources;
};

/// Attaches a new source for `object`. `registry`: which it leaves at its end.
ContextBoundSource& attach_context_source(GMainContext* context,
                                          std::shared_ptr<ContextBound> object,
                                          const char* name, ContextRegistry& registry);

} // namespace detail

/// The one `Self` of `context`, made on first use. Context: any thread.
template <class Self>
std::shared_ptr<Self> of_context(GMainContext* context) {
    // Never destroyed: a context may outlive static destructors.
    static auto& registry = *new detail::ContextRegistry;
    std::lock_guard lock(registry.mutex);
    auto& entry = registry.sources[context];
    if (entry == nullptr)
        entry = &detail::attach_context_source(context, std::make_shared<Self>(context),
                                               Self::source_name, registry);
    return std::static_pointer_cast<Self>(*entry->object);
}

} // namespace qio
