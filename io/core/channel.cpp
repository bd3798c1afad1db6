// What all channels share: the rules of a single attempt, closing, and the watch list.
#include "io/core/channel.hpp"

#include <cstdint>

#include "io/core/watch-state.hpp"

namespace qio {

Channel::~Channel() = default;

IoResult Channel::readv(std::span<const iovec> buffers) {
    if (is_closed())
        return Error{ErrorKind::closed, 0, "the channel is closed"};
    if (total_size(buffers) == 0)
        return std::size_t(0);
    return do_readv(buffers);
}

IoResult Channel::read(MutableBytes buffer) {
    const iovec vector = to_iovec(buffer);
    return readv({&vector, 1});
}

IoResult Channel::writev(std::span<const iovec> buffers) {
    if (is_closed())
        return Error{ErrorKind::closed, 0, "the channel is closed"};
    if (total_size(buffers) == 0)
        return std::size_t(0);
    return do_writev(buffers);
}

IoResult Channel::write(ByteView buffer) {
    const iovec vector = to_iovec(buffer);
    return writev({&vector, 1});
}

Result<void> Channel::close() {
    if (closed_.exchange(true, std::memory_order_acq_rel))
        return {};
    // Before the descriptor goes: its number may be somebody else's in a moment.
    interest_changed();
    return do_close();
}

Interest Channel::interest(Condition asked) const {
    if (is_closed())
        return {.ready = Condition::hup, .entries = {}};
    return do_interest(asked);
}

Condition Channel::resolve(Condition asked, Condition events) {
    if (is_closed())
        return (asked & (Condition::in | Condition::out)) | Condition::hup;
    return do_resolve(asked, events);
}

Condition Channel::do_resolve(Condition asked, Condition events) {
    Condition ready = events & asked;
    if (has(events, Condition::err | Condition::hup))
        ready |= asked & (Condition::in | Condition::out);
    ready |= events & Condition::err;
    // While data can be read the end is not reported: who acts on hup first would lose
    // the tail. Reading on ends in "end of stream" anyway.
    if (!(has(asked, Condition::in) && has(events, Condition::in)))
        ready |= events & Condition::hup;
    else
        ready &= ~Condition::hup;
    return ready;
}

Result<void> Channel::do_shutdown(Direction) {
    return Error{ErrorKind::not_supported, 0,
                 "this channel cannot be shut down by halves"};
}

void Channel::interest_changed() {
    if (!watched_.load(std::memory_order_acquire))
        return;
    std::lock_guard lock(watches_mutex_);
    for (WatchState* watch = watches_; watch != nullptr; watch = watch->next_of_channel())
        watch->refresh_locked();
}

std::size_t total_size(std::span<const iovec> buffers) {
    std::size_t total = 0;
    for (auto& buffer : buffers)
        if (__builtin_add_overflow(total, buffer.iov_len, &total))
            return SIZE_MAX;
    return total;
}

} // namespace qio
