// A GIOStream as a channel.
#pragma once

#include <gio/gio.h>

#include <memory>
#include <optional>

#include "io/core/channel.hpp"
#include "io/gio/channel-stream.hpp"

namespace qio {

/// Moves bytes through a stream of GIO whose halves are pollable, and below which there
/// is a socket or another descriptor: GSocketConnection, GTlsConnection and wrappers of
/// these, pairs of GUnixInputStream and GUnixOutputStream.
///
/// Non-blocking at first, whatever the stream is. Has Feature::shutdown if the stream
/// itself is a socket connection. wait() works without a main loop.
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
    /// One half: its descriptor, and for what to poll that.
    struct Half {
        int fd;
        Condition usual;  ///< in or out: what the half is for
        Condition needed; ///< what was found to be in the way last
    };

    ChannelGio(GIOStream* stream, int input_fd, int output_fd, GSocket* socket);
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
    bool says_ready(const Half& half) const;
    void note_outcome(Half& half, const IoResult& result);

    const GIOStreamRef stream_;
    GPollableInputStream* const input_;
    GPollableOutputStream* const output_;
    GSocket* const socket_; // null: the halves may keep bytes back
    Half reading_;
    Half writing_;
    bool blocking_ = false;
    std::optional<Error> read_error_; // comes with the next read
};

} // namespace qio
