// What all channels share: the rules of a single attempt, closing, and the watch list.
#include "io/core/channel.hpp"

#include <cstdint>

#include "io/core/watch-state.hpp"

namespace qio {

namespace {

Error closed_error() {
    return {ErrorKind::closed, 0, "the channel is closed"};
}

Error unsupported(const char* message) {
    return {ErrorKind::not_supported, 0, message};
}

Result<void> check_passed_fds(std::span<const iovec> buffers,
                              const WriteOptions& options) {
    if (options.fds.size() > max_passed_fds)
        return Error{ErrorKind::invalid_argument, 0,
                     "at most 16 descriptors can be sent at once"};
    if (options.zero_copy)
        return Error{ErrorKind::invalid_argument, 0,
                     "descriptors cannot be sent with a zero-copy write"};
    if (total_size(buffers) == 0)
        return Error{ErrorKind::invalid_argument, 0,
                     "descriptors need at least one byte to travel with"};
    return {};
}

} // namespace

Channel::~Channel() = default;

IoResult Channel::readv(std::span<const iovec> buffers) {
    if (is_closed())
        return closed_error();
    if (total_size(buffers) == 0)
        return std::size_t(0);
    return do_readv(buffers);
}

IoResult Channel::read(MutableBytes buffer) {
    const iovec vector = to_iovec(buffer);
    return readv({&vector, 1});
}

IoResult Channel::readv(std::span<const iovec> buffers, const ReadOptions& options) {
    if (is_closed())
        return closed_error();
    if (options.fds != nullptr && !has_feature(Feature::fd_pass))
        return unsupported("descriptors cannot be received on this channel");
    if (options.peek && !has_feature(Feature::read_msg_peek))
        return unsupported("this channel cannot be read without consuming");
    if (total_size(buffers) == 0)
        return std::size_t(0);
    return do_readv_with(buffers, options);
}

IoResult Channel::writev(std::span<const iovec> buffers) {
    if (is_closed())
        return closed_error();
    if (total_size(buffers) == 0)
        return std::size_t(0);
    return do_writev(buffers);
}

IoResult Channel::writev(std::span<const iovec> buffers, const WriteOptions& options) {
    if (is_closed())
        return closed_error();
    if (!options.fds.empty()) {
        if (!has_feature(Feature::fd_pass))
            return unsupported("descriptors cannot be sent on this channel");
        QIO_TRY(check_passed_fds(buffers, options));
    }
    if (options.zero_copy && !has_feature(Feature::write_zero_copy))
        return unsupported("this channel has no zero-copy writes");
    if (total_size(buffers) == 0)
        return std::size_t(0);
    return do_writev_with(buffers, options);
}

IoResult Channel::write(ByteView buffer) {
    const iovec vector = to_iovec(buffer);
    return writev({&vector, 1});
}

IoResult Channel::preadv(std::span<const iovec> buffers, std::uint64_t offset) {
    if (is_closed())
        return closed_error();
    if (total_size(buffers) == 0)
        return std::size_t(0);
    return do_preadv(buffers, offset);
}

IoResult Channel::pwritev(std::span<const iovec> buffers, std::uint64_t offset) {
    if (is_closed())
        return closed_error();
    if (total_size(buffers) == 0)
        return std::size_t(0);
    return do_pwritev(buffers, offset);
}

Result<std::uint64_t> Channel::seek(std::int64_t offset, Whence whence) {
    if (is_closed())
        return closed_error();
    return do_seek(offset, whence);
}

Result<std::optional<ZeroCopyOutcome>> Channel::flush() {
    if (is_closed())
        return closed_error();
    return do_flush();
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

IoResult Channel::do_readv_with(std::span<const iovec> buffers, const ReadOptions&) {
    return do_readv(buffers);
}

IoResult Channel::do_writev_with(std::span<const iovec> buffers, const WriteOptions&) {
    return do_writev(buffers);
}

IoResult Channel::do_preadv(std::span<const iovec>, std::uint64_t) {
    return unsupported("this channel has no positions to read at");
}

IoResult Channel::do_pwritev(std::span<const iovec>, std::uint64_t) {
    return unsupported("this channel has no positions to write at");
}

Result<std::uint64_t> Channel::do_seek(std::int64_t, Whence) {
    return unsupported("this channel has no position");
}

Result<std::optional<ZeroCopyOutcome>> Channel::do_flush() {
    return std::optional(ZeroCopyOutcome::copied);
}

Result<PeerCredentials> Channel::do_peer_credentials() const {
    return unsupported("the peer of this channel has no process credentials");
}

Result<void> Channel::do_shutdown(Direction) {
    return unsupported("this channel cannot be shut down by halves");
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
