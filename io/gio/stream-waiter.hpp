// internal: waiting for the halves of a stream the way it says itself.
#pragma once

#include <gio/gio.h>

#include <array>
#include <vector>

#include "io/base/handle.hpp"
#include "io/base/unique-fd.hpp"
#include "io/core/condition.hpp"
#include "io/core/context.hpp"

namespace qio {

/// What a stream waits for need not show on any descriptor below it: while one of its
/// threads shakes hands, bytes that come there are not the owner's. Only the sources of
/// the stream know. They live on a context of their own, whose descriptors are gathered
/// in one.
///
/// Lifetime: the stream outlives it. Context: one thread at a time; the stream may wake
/// it from any.
class StreamWaiter {
public:
    StreamWaiter(GPollableInputStream* input, GPollableOutputStream* output);
    ~StreamWaiter();
    StreamWaiter(const StreamWaiter&) = delete;
    StreamWaiter& operator=(const StreamWaiter&) = delete;

    /// Begins to wait for those of in and out that are not waited for yet. Returns which
    /// of them have been found ready, without waiting.
    Condition look(Condition halves);
    /// An attempt has been made on the half: what was found before is no longer true.
    void forget(Condition half);
    /// Readable when there is something new to look at; -1 if there was no descriptor.
    int fd() const { return epoll_.get(); }

private:
    struct Half {
        SourceRef source{}; ///< null: not waited for
        bool is_ready = false;
    };

    Half& half(Condition condition) { return halves_[condition == Condition::out]; }
    void begin(Condition condition);
    void run();
    void gather();

    GPollableInputStream* const input_;
    GPollableOutputStream* const output_;
    const ContextRef context_;
    const UniqueFd epoll_;
    std::array<Half, 2> halves_;
    std::vector<GPollFD> gathered_; // in epoll_
};

} // namespace qio
