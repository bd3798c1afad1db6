// A GIOStream as a channel.
#include "io/gio/channel-gio.hpp"

#include <array>

#include "io/core/wait.hpp"
#include "io/gio/gio-error.hpp"
#include "io/gio/pollable-fd.hpp"

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
    return std::shared_ptr<Channel>(
        new ChannelGio(stream, fds.input, fds.output, fds.socket));
}

ChannelGio::ChannelGio(GIOStream* stream, int input_fd, int output_fd, GSocket* socket)
    : stream_(G_IO_STREAM(g_object_ref(stream))),
      input_(G_POLLABLE_INPUT_STREAM(g_io_stream_get_input_stream(stream))),
      output_(G_POLLABLE_OUTPUT_STREAM(g_io_stream_get_output_stream(stream))),
      socket_(socket), reading_{input_fd, Condition::in, Condition::in},
      writing_{output_fd, Condition::out, Condition::out} {}

ChannelGio::~ChannelGio() = default;

IoResult ChannelGio::do_readv(std::span<const iovec> buffers) {
    for (;;) {
        auto result = try_readv(buffers);
        note_outcome(reading_, result);
        if (!result || *result || !blocking_)
            return result;
        QIO_TRY(wait(*this, Condition::in));
    }
}

IoResult ChannelGio::do_writev(std::span<const iovec> buffers) {
    for (;;) {
        auto result = try_writev(buffers);
        note_outcome(writing_, result);
        if (!result || *result || !blocking_)
            return result;
        QIO_TRY(wait(*this, Condition::out));
    }
}

IoResult ChannelGio::try_readv(std::span<const iovec> buffers) {
    if (auto error = std::exchange(read_error_, std::nullopt))
        return std::move(*error);
    std::size_t moved = 0;
    for (auto& buffer : buffers) {
        if (buffer.iov_len == 0)
            continue;
        GError* error = nullptr;
        const gssize count = g_pollable_input_stream_read_nonblocking(
            input_, buffer.iov_base, buffer.iov_len, nullptr, &error);
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

bool ChannelGio::says_ready(const Half& half) const {
    return half.usual == Condition::in ? g_pollable_input_stream_is_readable(input_)
                                       : g_pollable_output_stream_is_writable(output_);
}

// A half of TLS may need the other direction of the connection (a handshake in the middle
// of a write). It then says that it is ready, and is not: there is nothing to poll for
// but the other direction.
void ChannelGio::note_outcome(Half& half, const IoResult& result) {
    if (socket_ != nullptr)
        return;
    const bool in_vain = result && !*result && says_ready(half);
    const Condition other = half.usual == Condition::in ? Condition::out : Condition::in;
    half.needed = in_vain ? other : half.usual;
    interest_changed();
}

Interest ChannelGio::do_interest(Condition asked) const {
    Interest interest;
    // Half-close is hup only for whoever does not read: see Channel::do_resolve().
    const Condition polled = has(asked, Condition::in) ? asked & ~Condition::hup : asked;
    if (socket_ != nullptr) {
        interest.add(reading_.fd, polled);
        return interest;
    }
    if (read_error_)
        interest.ready |= asked & Condition::in;
    for (const auto* half : {&reading_, &writing_}) {
        if (!has(asked, half->usual))
            continue;
        if (half->needed == half->usual && says_ready(*half))
            interest.ready |= half->usual;
        interest.add(half->fd, half->needed);
    }
    if (!has(asked, Condition::in | Condition::out))
        interest.add(reading_.fd, polled & Condition::hup);
    return interest;
}

Condition ChannelGio::do_resolve(Condition asked, Condition events) {
    if (socket_ != nullptr)
        return Channel::do_resolve(asked, events);
    Condition translated = events & (Condition::err | Condition::hup);
    for (auto* half : {&reading_, &writing_}) {
        if (!has(asked, half->usual) || !has(events, half->needed | half->usual))
            continue;
        // What comes on the way may be for the stream's own use: its word counts.
        const bool was_in_the_way =
            std::exchange(half->needed, half->usual) != half->usual;
        if (was_in_the_way || says_ready(*half) || read_error_)
            translated |= half->usual;
    }
    return Channel::do_resolve(asked, translated);
}

Result<void> ChannelGio::do_close() {
    // A goodbye of the stream's own (TLS) is said if there is room for it, and left out
    // if that would mean to wait.
    const Handle<GCancellable, &g_object_unref> cancelled(g_cancellable_new());
    g_cancellable_cancel(cancelled.get());
    const bool has_room = socket_ != nullptr || says_ready(writing_);
    GError* error = nullptr;
    if (!g_io_stream_close(stream_.get(), has_room ? nullptr : cancelled.get(), &error) &&
        has_room)
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
