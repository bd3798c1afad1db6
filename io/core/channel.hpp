// The interface every channel has: one attempt to move bytes, and what to wait for.
#pragma once

#include <sys/types.h>
#include <sys/uio.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>

#include "io/base/api.hpp"
#include "io/base/bytes.hpp"
#include "io/base/error.hpp"
#include "io/core/interest.hpp"
#include "io/core/transfer-options.hpp"

namespace qio {

class WatchState;

/// Bytes moved; empty = would block. For reads, 0 = end of stream (unless 0 were asked
/// for).
using IoResult = Result<std::optional<std::size_t>>;

enum class Blocking : bool { no, yes };
enum class Direction : std::uint8_t { read = 1, write = 2, both = 3 };
enum class Hint : bool { off, on };
/// What a seek's offset counts from.
enum class Whence : std::uint8_t { set, current, end };

/// Who is at the other end of a local connection.
struct PeerCredentials {
    pid_t pid = 0; ///< 0: not known in our process name space
    uid_t uid = 0;
    gid_t gid = 0;
    bool operator==(const PeerCredentials&) const = default;
};

/// What became of the zero-copy writes before a flush.
enum class ZeroCopyOutcome : std::uint8_t {
    copied,  ///< all of them were copied by the kernel after all, or there were none
    avoided, ///< at least one was sent without a copy
};

/// What a channel can do beyond moving bytes. Bit numbers are those of the C interface.
enum class Feature : unsigned {
    fd_pass = 0,         ///< descriptors can travel with the bytes
    shutdown = 1,        ///< shutdown() works
    listen = 2,          ///< a listening socket
    write_zero_copy = 3, ///< writes without a copy in the kernel
    read_msg_peek = 4,   ///< reads that do not consume
    seekable = 5,        ///< positioned reads and writes
    concurrent_io = 6,   ///< one thread may read while another writes
};

/// Moves bytes. Sockets, files and buffers are channels; so are TLS and WebSocket, which
/// own the channel below them.
///
/// Lifetime: always in a shared_ptr. A Watch and a pending operation hold a reference.
/// Context: one thread at a time, the one that runs the context of its watches, unless
/// the class says that it has Feature::concurrent_io. shutdown() of a socket may come
/// from any thread.
class QIO_API Channel : public std::enable_shared_from_this<Channel> {
public:
    virtual ~Channel();
    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;

    /// One attempt to read into `buffers`, in order.
    ///
    /// Errors: any; never after bytes were moved (they are returned, the error comes with
    /// the next call). Would block only when non-blocking. Nothing asked for: 0.
    IoResult readv(std::span<const iovec> buffers);
    IoResult read(MutableBytes buffer);
    /// The same with extras. Errors: not_supported if `options` asks for what the
    /// channel has no Feature for (nothing is read then).
    IoResult readv(std::span<const iovec> buffers, const ReadOptions& options);

    /// One attempt to write `buffers`, in order; the count may be short.
    ///
    /// Errors: any; ErrorKind::disconnected when the peer has gone (never SIGPIPE). After
    /// would-block, retry with at least the same bytes. Nothing to write: 0.
    IoResult writev(std::span<const iovec> buffers);
    IoResult write(ByteView buffer);
    /// The same with extras. Errors: not_supported as for readv(); invalid_argument for
    /// descriptors without a byte to travel with, more than max_passed_fds of them, or
    /// descriptors together with zero copy.
    IoResult writev(std::span<const iovec> buffers, const WriteOptions& options);

    /// One attempt at a place of its own; the channel's position stays where it is.
    /// Units: bytes from the start. Errors: not_supported without Feature::seekable.
    IoResult preadv(std::span<const iovec> buffers, std::uint64_t offset);
    IoResult pwritev(std::span<const iovec> buffers, std::uint64_t offset);

    /// Moves the position and returns the new one. Errors: not_supported;
    /// invalid_argument for a position below 0 or beyond the channel's limit.
    Result<std::uint64_t> seek(std::int64_t offset, Whence whence);

    /// Hands on what layers have queued (TLS records, a close frame), and collects the
    /// completions of zero-copy writes, whose buffers may then be used again. Empty: not
    /// all yet; with Feature::write_zero_copy Condition::err tells when to try again,
    /// otherwise Condition::out.
    Result<std::optional<ZeroCopyOutcome>> flush();

    /// Who is at the other end. Errors: not_supported (not a unix socket).
    Result<PeerCredentials> peer_credentials() const { return do_peer_credentials(); }

    /// Closes now; queued output that has not left is dropped (see flush()). Idempotent.
    /// Pending operations of this channel complete with ErrorKind::cancelled, watches
    /// report Condition::hup.
    Result<void> close();

    /// Ends one or both directions without closing. Errors: not_supported.
    Result<void> shutdown(Direction direction) { return do_shutdown(direction); }

    /// Whether reads and writes wait. Passed down to the lowest channel.
    Result<void> set_blocking(Blocking blocking) { return do_set_blocking(blocking); }

    /// Hint::off = send small writes at once (TCP_NODELAY). Ignored where meaningless.
    void set_delay(Hint delay) { do_set_delay(delay); }
    /// Hint::on = hold back partial segments until off (TCP_CORK). Ignored where
    /// meaningless.
    void set_cork(Hint cork) { do_set_cork(cork); }

    bool has_feature(Feature feature) const { return do_has_feature(feature); }

    /// A name for traces and GSources.
    const std::string& name() const { return name_; }
    void set_name(std::string name) { name_ = std::move(name); }

    /// What to poll before `asked` can hold. Used by Watch, wait() and channels on top.
    Interest interest(Condition asked) const;

    /// Turns events of interest()'s descriptors (or its `ready`) into the conditions of
    /// `asked` that hold now, and does the channel's own background work (flushing a
    /// queued pong). May be none: then wait again. err and hup are reported unasked.
    Condition resolve(Condition asked, Condition events);

protected:
    Channel() = default;

    virtual IoResult do_readv(std::span<const iovec> buffers) = 0;
    virtual IoResult do_writev(std::span<const iovec> buffers) = 0;
    /// What is asked for is supported, and there is something to move.
    virtual IoResult do_readv_with(std::span<const iovec> buffers,
                                   const ReadOptions& options);
    virtual IoResult do_writev_with(std::span<const iovec> buffers,
                                    const WriteOptions& options);
    virtual IoResult do_preadv(std::span<const iovec> buffers, std::uint64_t offset);
    virtual IoResult do_pwritev(std::span<const iovec> buffers, std::uint64_t offset);
    virtual Result<std::uint64_t> do_seek(std::int64_t offset, Whence whence);
    virtual Result<std::optional<ZeroCopyOutcome>> do_flush();
    virtual Result<PeerCredentials> do_peer_credentials() const;
    /// Called once. Watches have already let go of the channel's descriptors.
    virtual Result<void> do_close() = 0;
    virtual Result<void> do_set_blocking(Blocking blocking) = 0;
    virtual Interest do_interest(Condition asked) const = 0;
    virtual Condition do_resolve(Condition asked, Condition events);
    virtual Result<void> do_shutdown(Direction direction);
    virtual void do_set_delay(Hint) {}
    virtual void do_set_cork(Hint) {}
    virtual bool do_has_feature(Feature) const { return false; }

    /// Whether close() has begun. interest() of a closed channel is hup at once.
    bool is_closed() const { return closed_.load(std::memory_order_acquire); }

    /// Tells the watches that interest() changed other than through the kernel: data was
    /// buffered or drained, output queued or flushed. Cheap when there are none.
    void interest_changed();

private:
    friend class WatchState;

    std::string name_;
    std::atomic<bool> closed_ = false;
    std::atomic<bool> watched_ = false;
    std::mutex watches_mutex_;
    WatchState* watches_ = nullptr; // intrusive list, guarded by watches_mutex_
};

/// The bytes of an iovec list. Saturates at SIZE_MAX.
QIO_API std::size_t total_size(std::span<const iovec> buffers);

/// An iovec for a buffer to fill.
inline iovec to_iovec(MutableBytes bytes) {
    return {bytes.data(), bytes.size()};
}
/// An iovec for a buffer to send.
inline iovec to_iovec(ByteView bytes) {
    return {const_cast<std::byte*>(bytes.data()), bytes.size()};
}

} // namespace qio
