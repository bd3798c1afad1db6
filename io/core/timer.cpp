// A timer with one owner.
#include "io/core/timer.hpp"

#include <memory>

namespace qio {

namespace {

struct Closure {
    Timer::Callback callback;
    Timer::Repeat repeat;
};

gboolean fire(gpointer data) noexcept {
    // GLib holds the closure until this returns, even if the timer is destroyed in it.
    auto& closure = *static_cast<Closure*>(data);
    closure.callback();
    return closure.repeat == Timer::Repeat::yes ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

void free_closure(gpointer data) noexcept {
    delete static_cast<Closure*>(data);
}

} // namespace

Timer::Timer(std::chrono::milliseconds interval, Callback callback, Repeat repeat,
             GMainContext* context)
    : source_(g_timeout_source_new(guint(interval.count()))) {
    g_source_set_callback(source_.get(), &fire, new Closure{std::move(callback), repeat},
                          &free_closure);
    g_source_attach(source_.get(), context_or_default(context).get());
}

Timer& Timer::operator=(Timer&& other) noexcept {
    reset();
    source_ = std::move(other.source_);
    return *this;
}

bool Timer::is_active() const {
    return source_ && !g_source_is_destroyed(source_.get());
}

void Timer::reset() {
    // Taken first: destroying the closure may come back here.
    if (const SourceRef source = std::move(source_))
        g_source_destroy(source.get());
}

} // namespace qio
