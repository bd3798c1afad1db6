// internal: one epoll descriptor and one GSource per GMainContext, whatever the number of
// watches.
#pragma once

#include <glib.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "io/base/unique-fd.hpp"
#include "io/core/context-bound.hpp"
#include "io/core/interest.hpp"

namespace qio {

class WatchState;

/// Turns kernel events and ready channels into watch dispatches.
///
/// Watches of one descriptor share an epoll registration, level-triggered. A dispatch
/// takes a bounded batch, so that other sources of the context get their turn.
/// Lifetime: lives with its GSource, which the context owns, and with its watches.
/// Context: arm() from any thread; dispatch on the context's.
class Reactor final : public ContextBound {
public:
    static constexpr const char* source_name = "qio reactor";

    explicit Reactor(GMainContext* context);
    ~Reactor() override;

    /// Registers `watch` for exactly `interest` from now on; an empty one removes it.
    void arm(WatchState& watch, const Interest& interest);

    int descriptor() const override { return epoll_.get(); }
    bool prepare(GSource*, int&) override { return has_ready(); }
    bool check(GSource*) override { return has_ready(); }
    void dispatch(GSource*) override;
    void leave_context() override;

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

    bool has_ready();
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
