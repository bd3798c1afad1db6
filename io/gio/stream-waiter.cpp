// Waiting for the halves of a stream the way it says itself.
#include "io/gio/stream-waiter.hpp"

#include <sys/epoll.h>

#include <algorithm>

namespace qio {

namespace {

// Sources that make each other ready come to rest long before.
constexpr int max_rounds = 16;

gboolean note_ready(GObject*, gpointer is_ready) noexcept {
    *static_cast<bool*>(is_ready) = true;
    return G_SOURCE_REMOVE;
}

/// What the context wants to have polled, each descriptor once.
std::vector<GPollFD> wanted_by(GMainContext* context) {
    if (!g_main_context_acquire(context))
        return {};
    int priority = 0, timeout = -1;
    g_main_context_prepare(context, &priority);
    std::vector<GPollFD> found(4);
    const auto query = [&] {
        return g_main_context_query(context, G_MAXINT, &timeout, found.data(),
                                    int(found.size()));
    };
    int count = query();
    if (std::size_t(count) > found.size()) {
        found.resize(std::size_t(count));
        count = query();
    }
    g_main_context_release(context);
    found.resize(std::size_t(count));
    std::vector<GPollFD> merged;
    for (auto& one : found) {
        const auto same = std::ranges::find(merged, one.fd, &GPollFD::fd);
        if (same == merged.end())
            merged.push_back(one);
        else
            same->events = gushort(same->events | one.events);
    }
    return merged;
}

void control(int epoll, int operation, const GPollFD& one) {
    epoll_event event{};
    event.events = one.events; // poll(2) and epoll(7) have the same bits
    epoll_ctl(epoll, operation, one.fd, &event);
}

} // namespace

// Woken by other threads even though nobody runs it while its descriptors are polled.
StreamWaiter::StreamWaiter(GPollableInputStream* input, GPollableOutputStream* output)
    : input_(input), output_(output),
      context_(g_main_context_new_with_flags(G_MAIN_CONTEXT_FLAGS_OWNERLESS_POLLING)),
      epoll_(epoll_create1(EPOLL_CLOEXEC)) {}

StreamWaiter::~StreamWaiter() {
    forget(Condition::in);
    forget(Condition::out);
}

Condition StreamWaiter::look(Condition halves) {
    auto found = Condition::none;
    for (const Condition one : {Condition::in, Condition::out})
        if (has(halves, one))
            begin(one);
    run();
    for (const Condition one : {Condition::in, Condition::out})
        if (has(halves, one) && half(one).is_ready)
            found |= one;
    return found;
}

void StreamWaiter::forget(Condition condition) {
    auto& known = half(condition);
    if (known.source)
        g_source_destroy(known.source.get());
    known = {};
}

void StreamWaiter::begin(Condition condition) {
    auto& known = half(condition);
    if (known.source)
        return;
    known.source.reset(condition == Condition::in
                           ? g_pollable_input_stream_create_source(input_, nullptr)
                           : g_pollable_output_stream_create_source(output_, nullptr));
    g_source_set_callback(known.source.get(), G_SOURCE_FUNC(&note_ready), &known.is_ready,
                          nullptr);
    g_source_attach(known.source.get(), context_.get());
}

void StreamWaiter::run() {
    for (int round = 0; round < max_rounds; ++round)
        if (!g_main_context_iteration(context_.get(), FALSE))
            break;
    gather();
}

void StreamWaiter::gather() {
    auto wanted = wanted_by(context_.get());
    for (auto& one : gathered_)
        if (std::ranges::find(wanted, one.fd, &GPollFD::fd) == wanted.end())
            control(epoll_.get(), EPOLL_CTL_DEL, one);
    for (auto& one : wanted) {
        const auto same = std::ranges::find(gathered_, one.fd, &GPollFD::fd);
        if (same == gathered_.end())
            control(epoll_.get(), EPOLL_CTL_ADD, one);
        else if (same->events != one.events)
            control(epoll_.get(), EPOLL_CTL_MOD, one);
    }
    gathered_ = std::move(wanted);
}

} // namespace qio
