// A GIOStream as a channel.
#include "io/gio/channel-gio.hpp"

#include <array>

#include "io/gio/gio-error.hpp"
#include "io/gio/pollable-fd.hpp"
#include "io/gio/stream-waiter.hpp"

namespace qio {

namespace {

// Vectors passed on at once; the rest makes a short write.
constexpr std::size_t max_vectors = 64;

Error taken(GError* error) {
    const GErrorRef owned(error);
    return from_gerror(*owned);
}

bool is_would_block(const GError* error) {
    return g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
}

Error unsupported(const char* message) {
    return {ErrorKind::not_supported, 0, message};
}

} // namespace

Result<std::shared_ptr<Channel>> ChannelGio::from_stream(GIOStream* stream) {
    if (auto channel = channel_below(stream))
        return channel;
    if (g_io_stream_is_closed(stream))
        return Error{ErrorKind::closed, 0, "the stream is closed"};
    auto* input = g_io_stream_get_input_stream(stream);
    auto* output = g_io_stream_get_output_stream(stream);
    if (!G_IS_POLLABLE_INPUT_STREAM(input) || !G_IS_POLLABLE_OUTPUT_STREAM(output) ||
        !g_pollable_input_stream_can_poll(G_POLLABLE_INPUT_STREAM(input)) ||
        !g_pollable_output_stream_can_poll(G_POLLABLE_OUTPUT_STREAM(output)))
        return unsupported("the halves of this stream are not pollable");
    const PollableFds fds = find_fds(stream);
    if (fds.input < 0 || fds.output < 0)
        return unsupported("this stream has no descriptor to wait for");
    return std::shared_ptr<Channel>(new ChannelGio(stream, fds));
}

ChannelGio::ChannelGio(GIOStream* stream, const PollableFds& fds)
    : stream_(G_IO_STREAM(g_object_ref(stream))),
      input_(G_POLLABLE_INPUT_STREAM(g_io_stream_get_input_stream(stream))),
      output_(G_POLLABLE_OUTPUT_STREAM(g_io_stream_get_output_stream(stream))),
      socket_(fds.is_bare ? fds.socket : nullptr), base_socket_(fds.socket),
      input_fd_(fds.input),
      waiter_(fds.is_bare ? nullptr : std::make_unique<StreamWaiter>(input_, output_)) {}

ChannelGio::~ChannelGio() = default;

// ---- reading and writing

IoResult ChannelGio::do_readv(std::span<const iovec> buffers) {
    auto result = try_readv(buffers);
    // What is left of a record (TLS) shows on no descriptor.
    may_have_more_ = read_error_ || (result && *result == total_size(buffers));
    tried(Condition::in);
    return result;
}

IoResult ChannelGio::do_writev(std::span<const iovec> buffers) {
    auto result = try_writev(buffers);
    tried(Condition::out);
    return result;
}

/// What the waiter knows of a half is no longer true.
void ChannelGio::tried(Condition half) {
    if (!waiter_)
        return;
    waiter_->forget(half);
    interest_changed();
}

gssize ChannelGio::read_once(const iovec& buffer, bool may_wait, GError** error) {
    if (may_wait)
        return g_input_stream_read(G_INPUT_STREAM(input_), buffer.iov_base,
                                   buffer.iov_len, nullptr, error);
    return g_pollable_input_stream_read_nonblocking(input_, buffer.iov_base,
                                                    buffer.iov_len, nullptr, error);
}

IoResult ChannelGio::try_readv(std::span<const iovec> buffers) {
    if (auto error = std::exchange(read_error_, std::nullopt))
        return std::move(*error);
    std::size_t moved = 0;
    for (auto& buffer : buffers) {
        if (buffer.iov_len == 0)
            continue;
        GError* error = nullptr;
        const gssize count = read_once(buffer, blocking_ && moved == 0, &error);
        if (count < 0 && is_would_block(error)) {
            g_error_free(error);
            return moved != 0 ? IoResult(moved) : IoResult(std::nullopt);
        }
        if (count < 0 && moved == 0)
            return taken(error);
        if (count < 0) {
            read_error_ = taken(error);
            return moved;
        }
        moved += std::size_t(count);
        if (std::size_t(count) < buffer.iov_len)
            break;
    }
    return moved;
}

IoResult ChannelGio::try_writev(std::span<const iovec> buffers) {
    std::array<GOutputVector, max_vectors> vectors;
    std::size_t used = 0;
    for (auto& buffer : buffers)
        if (buffer.iov_len != 0 && used < vectors.size())
            vectors[used++] = {buffer.iov_base, buffer.iov_len};
    GError* error = nullptr;
    gsize moved = 0;
    if (blocking_ && g_output_stream_writev(G_OUTPUT_STREAM(output_), vectors.data(),
                                            used, &moved, nullptr, &error))
        return std::size_t(moved);
    if (blocking_ && moved == 0)
        return taken(error);
    if (blocking_) { // the error comes with the next write
        g_error_free(error);
        return std::size_t(moved);
    }
    switch (g_pollable_output_stream_writev_nonblocking(output_, vectors.data(), used,
                                                        &moved, nullptr, &error)) {
    case G_POLLABLE_RETURN_OK:
        return std::size_t(moved);
    case G_POLLABLE_RETURN_WOULD_BLOCK:
        return std::nullopt;
    case G_POLLABLE_RETURN_FAILED:
        break;
    }
    return taken(error);
}

// ---- waiting

Interest ChannelGio::do_interest(Condition asked) const {
    Interest interest;
    // Half-close is hup only for whoever does not read: see Channel::do_resolve().
    const Condition polled = has(asked, Condition::in) ? asked & ~Condition::hup : asked;
    if (!waiter_ || !has(asked, Condition::in | Condition::out)) {
        interest.add(input_fd_, polled);
        return interest;
    }
    interest.ready = look(asked);
    interest.add(waiter_->fd(), Condition::in);
    return interest;
}

Condition ChannelGio::do_resolve(Condition asked, Condition events) {
    if (waiter_ && has(asked, Condition::in | Condition::out))
        events = look(asked);
    return Channel::do_resolve(asked, events);
}

/// Which of the asked halves are worth an attempt.
Condition ChannelGio::look(Condition asked) const {
    const auto more = may_have_more_ ? asked & Condition::in : Condition::none;
    return more | waiter_->look(asked & (Condition::in | Condition::out));
}

// ---- ending

Result<void> ChannelGio::do_close() {
    // A goodbye of the stream's own (TLS) is said if there is room for it, and left out
    // if that would mean to wait.
    const Handle<GCancellable, &g_object_unref> cancelled(g_cancellable_new());
    g_cancellable_cancel(cancelled.get());
    const bool has_room =
        socket_ != nullptr || g_pollable_output_stream_is_writable(output_);
    GError* error = nullptr;
    const bool is_closed =
        g_io_stream_close(stream_.get(), has_room ? nullptr : cancelled.get(), &error);
    // Whatever the stream is at, a handshake perhaps, is over now.
    if (!is_closed && base_socket_ != nullptr)
        g_socket_shutdown(base_socket_, TRUE, TRUE, nullptr);
    if (!is_closed && has_room)
        return taken(error);
    g_clear_error(&error);
    return {};
}

Result<void> ChannelGio::do_set_blocking(Blocking blocking) {
    blocking_ = blocking == Blocking::yes;
    return {};
}

Result<void> ChannelGio::do_shutdown(Direction direction) {
    if (socket_ == nullptr)
        return Channel::do_shutdown(direction);
    GError* error = nullptr;
    if (!g_socket_shutdown(socket_, direction != Direction::write,
                           direction != Direction::read, &error))
        return taken(error);
    return {};
}

bool ChannelGio::do_has_feature(Feature feature) const {
    return feature == Feature::shutdown && socket_ != nullptr;
}

} // namespace qio
