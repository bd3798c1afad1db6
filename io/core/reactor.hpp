// internal: one epoll descriptor and one GSource per GMainContext, whatever the number of
// watches.
#pragma once

#include <glib.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "io/base/unique-fd.hpp"
#include "io/core/interest.hpp"

namespace qio {

class WatchState;

/// Turns kernel events and ready channels into watch dispatches.
///
/// Watches of one descriptor share an epoll registration, level-triggered. A dispatch
/// takes a bounded batch, so that other sources of the context get their turn.
/// Lifetime: lives with its GSource, which the context owns, and with its watches.
/// Context: arm() from any thread; dispatch on the context's.
class Reactor : public std::enable_shared_from_this<Reactor> {
public:
    /// The reactor of `context`, made on first use.
    static std::shared_ptr<Reactor> of(GMainContext* context);

    explicit Reactor(GMainContext* context);
    ~Reactor();

    /// The context is going; watches that are left will not be called any more.
    void leave_context();

    /// Registers `watch` for exactly `interest` from now on; an empty one removes it.
    void arm(WatchState& watch, const Interest& interest);

    /// Whether a watch is ready without polling.
    bool has_ready();
    int epoll_fd() const { return epoll_.get(); }
    void dispatch();

private:
    struct Descriptor {
        int fd;
        std::uint32_t generation;
        std::uint32_t registered;
        std::vector<WatchState*> watches;
    };
    struct Item {
        std::shared_ptr<WatchState> watch;
        Condition events;
    };
    using Batch = std::vector<Item>;

    void add(WatchState& watch, int fd);
    void remove(WatchState& watch, int fd);
    void update_kernel(Descriptor& descriptor);
    void collect_ready(Batch& batch);
    void collect_polled(Batch& batch);
    void collect(Batch& batch, WatchState& watch, Condition events);
    Descriptor* find(int fd);

    GMainContext* context_; // not referenced: it owns our source; null once it is gone
    UniqueFd epoll_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<Descriptor>> descriptors_; // by fd
    std::vector<WatchState*> ready_;
    std::vector<WatchState*> ready_spare_;
    Batch spare_;
    std::uint32_t next_generation_ = 0;
    std::uint64_t serial_ = 0;
};

} // namespace qio
