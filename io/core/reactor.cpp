// The reactor: registrations, and one dispatch of what is ready.
#include "io/core/reactor.hpp"

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "io/base/trace.hpp"
#include "io/core/watch-state.hpp"

namespace qio {

namespace {

// Events taken per dispatch; the rest stays in the kernel for the next iteration.
constexpr int max_events_per_dispatch = 64;

// Marks a registration in Descriptor::registered; never passed to the kernel.
constexpr std::uint32_t registered_bit = 1u << 31;

std::uint32_t to_epoll(Condition events) {
    std::uint32_t bits = 0;
    if (has(events, Condition::in))
        bits |= EPOLLIN;
    if (has(events, Condition::out))
        bits |= EPOLLOUT;
    if (has(events, Condition::hup))
        bits |= EPOLLRDHUP;
    return bits;
}

Condition from_epoll(std::uint32_t bits, Condition wanted) {
    Condition events = Condition::none;
    if (bits & EPOLLIN)
        events |= Condition::in & wanted;
    if (bits & EPOLLOUT)
        events |= Condition::out & wanted;
    if (bits & EPOLLERR)
        events |= Condition::err;
    if (bits & EPOLLHUP)
        events |= Condition::hup;
    if (bits & EPOLLRDHUP)
        events |= Condition::hup & wanted;
    return events;
}

Condition wanted_on(const Interest& interest, int fd) {
    Condition wanted = Condition::none;
    for (auto& entry : interest.entries)
        if (entry.fd == fd)
            wanted |= entry.events;
    return wanted;
}

} // namespace

Reactor::Reactor(GMainContext* context)
    : context_(context), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    if (!epoll_)
        g_error("libqio: cannot create an epoll descriptor: %s", g_strerror(errno));
}

Reactor::~Reactor() = default;

void Reactor::leave_context() {
    std::lock_guard lock(mutex_);
    context_ = nullptr;
}

void Reactor::arm(WatchState& watch, const Interest& interest) {
    std::lock_guard lock(mutex_);
    if (watch.armed != interest) {
        const Interest old = std::exchange(watch.armed, interest);
        for (auto& entry : old.entries)
            if (entry.fd >= 0)
                remove(watch, entry.fd);
        for (auto& entry : interest.entries)
            if (entry.fd >= 0)
                add(watch, entry.fd);
        // Only now: an entry that is in both lists keeps its registration untouched.
        for (auto* list : {&old.entries, &interest.entries})
            for (auto& entry : *list)
                if (auto* descriptor = find(entry.fd))
                    update_kernel(*descriptor);
    }
    if (any(interest.ready) && !watch.queued) {
        watch.queued = true;
        ready_.push_back(&watch);
        if (context_ != nullptr && !g_main_context_is_owner(context_))
            g_main_context_wakeup(context_);
    } else if (!any(interest.ready) && watch.queued) {
        watch.queued = false;
        std::erase(ready_, &watch);
    }
}

Reactor::Descriptor* Reactor::find(int fd) {
    if (fd < 0 || std::size_t(fd) >= descriptors_.size())
        return nullptr;
    return descriptors_[std::size_t(fd)].get();
}

void Reactor::add(WatchState& watch, int fd) {
    const auto index = std::size_t(fd);
    if (index >= descriptors_.size())
        descriptors_.resize(std::max(index + 1, 2 * descriptors_.size()));
    if (!descriptors_[index])
        descriptors_[index] = std::make_unique<Descriptor>(fd, ++next_generation_, 0u,
                                                           std::vector<WatchState*>());
    descriptors_[index]->watches.push_back(&watch);
}

void Reactor::remove(WatchState& watch, int fd) {
    if (auto* descriptor = find(fd))
        std::erase(descriptor->watches, &watch);
}

void Reactor::update_kernel(Descriptor& descriptor) {
    const int fd = descriptor.fd;
    if (descriptor.watches.empty()) {
        if (descriptor.registered != 0)
            epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
        descriptors_[std::size_t(fd)].reset();
        return;
    }
    // A descriptor watched for err and hup alone has no bits of its own to show that it
    // is registered.
    std::uint32_t wanted = registered_bit;
    for (WatchState* watch : descriptor.watches)
        wanted |= to_epoll(wanted_on(watch->armed, fd));
    if (wanted == descriptor.registered)
        return;
    epoll_event event{};
    event.events = wanted & ~registered_bit;
    event.data.u64 = std::uint64_t(descriptor.generation) << 32 | std::uint32_t(fd);
    const bool is_new = descriptor.registered == 0;
    descriptor.registered = wanted;
    int result =
        epoll_ctl(epoll_.get(), is_new ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, &event);
    // A duplicate of a descriptor that was closed elsewhere keeps its registration.
    if (result < 0 && errno == EEXIST)
        result = epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event);
    if (result < 0)
        QIO_TRACE(core, epoll_refused, "fd=%d: %s", fd, g_strerror(errno));
}

bool Reactor::has_ready() {
    std::lock_guard lock(mutex_);
    return !ready_.empty();
}

void Reactor::collect(Batch& batch, WatchState& watch, Condition events) {
    if (watch.batch == serial_) {
        batch[watch.batch_index].events |= events;
        return;
    }
    watch.batch = serial_;
    watch.batch_index = batch.size();
    batch.push_back({watch.shared_from_this(), events});
}

void Reactor::collect_ready(Batch& batch) {
    ready_spare_.swap(ready_);
    for (WatchState* watch : ready_spare_) {
        watch->queued = false;
        collect(batch, *watch, watch->armed.ready);
    }
    ready_spare_.clear();
}

void Reactor::collect_polled(Batch& batch) {
    std::array<epoll_event, max_events_per_dispatch> events;
    const int count = epoll_wait(epoll_.get(), events.data(), int(events.size()), 0);
    for (int i = 0; i < count; ++i) {
        const auto& event = events[std::size_t(i)];
        auto* descriptor = find(int(event.data.u64 & 0xFFFFFFFFu));
        if (descriptor == nullptr || descriptor->generation != event.data.u64 >> 32)
            continue;
        for (WatchState* watch : descriptor->watches) {
            const Condition wanted = wanted_on(watch->armed, descriptor->fd);
            const Condition happened = from_epoll(event.events, wanted);
            if (any(happened))
                collect(batch, *watch, happened);
        }
    }
}

void Reactor::dispatch(GSource*) {
    Batch batch;
    std::uint64_t serial = 0;
    {
        std::lock_guard lock(mutex_);
        batch.swap(spare_);
        serial = ++serial_;
        collect_ready(batch);
        collect_polled(batch);
    }
    for (auto& item : batch) {
        // A main loop run inside a callback of this batch may have served it meanwhile.
        if (item.watch->last_run > serial)
            continue;
        item.watch->last_run = serial_;
        item.watch->dispatch(item.events);
        item.watch.reset();
    }
    batch.clear();
    std::lock_guard lock(mutex_);
    if (batch.capacity() > spare_.capacity())
        spare_.swap(batch);
}

} // namespace qio
