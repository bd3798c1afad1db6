// A GIOStream as a channel.
#pragma once

#include <gio/gio.h>

#include <memory>
#include <optional>

#include "io/core/channel.hpp"
#include "io/gio/channel-stream.hpp"

namespace qio {

class StreamWaiter;
struct PollableFds;

/// Moves bytes through a stream of GIO whose halves are pollable, and below which there
/// is a socket or another descriptor: GSocketConnection, GTlsConnection and wrappers of
/// these, pairs of GUnixInputStream and GUnixOutputStream.
///
/// Non-blocking at first, whatever the stream is. Has Feature::shutdown if the stream
/// itself is a socket connection. wait() works without a main loop.
///
/// A GTlsConnection shakes hands with the first read or write, unless that has been done
/// before. It asks about certificates on the thread-default context, which must run then;
/// blocking channels need none. close() says goodbye only where that need not wait.
class QIO_API ChannelGio final : public Channel {
public:
    /// Lifetime: holds a reference on the stream; closing the channel closes the stream.
    /// A stream made by stream_from_channel() gives its own channel back.
    /// Errors: not_supported if a half is not pollable, or no descriptor is found;
    /// closed.
    static Result<std::shared_ptr<Channel>> from_stream(GIOStream* stream);

    ~ChannelGio() override;

    /// Borrowed.
    GIOStream* stream() const { return stream_.get(); }

private:
    ChannelGio(GIOStream* stream, const PollableFds& fds);
    IoResult do_readv(std::span<const iovec> buffers) override;
    IoResult do_writev(std::span<const iovec> buffers) override;
    Result<void> do_close() override;
    Result<void> do_set_blocking(Blocking blocking) override;
    Interest do_interest(Condition asked) const override;
    Condition do_resolve(Condition asked, Condition events) override;
    Result<void> do_shutdown(Direction direction) override;
    bool do_has_feature(Feature feature) const override;

    IoResult try_readv(std::span<const iovec> buffers);
    IoResult try_writev(std::span<const iovec> buffers);
    gssize read_once(const iovec& buffer, bool may_wait, GError** error);
    void tried(Condition half);
    Condition look(Condition asked) const;

    const GIOStreamRef stream_;
    GPollableInputStream* const input_;
    GPollableOutputStream* const output_;
    GSocket* const socket_;      // null: the descriptors do not tell all
    GSocket* const base_socket_; // at the bottom; null: there is none
    const int input_fd_;
    const std::unique_ptr<StreamWaiter> waiter_; // null with socket_
    bool blocking_ = false;
    bool may_have_more_ = false;      // of what was read: only the next read can tell
    std::optional<Error> read_error_; // comes with the next read
};

} // namespace qio
