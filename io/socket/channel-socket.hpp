// A socket as a channel, and how to get one.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "io/base/unique-fd.hpp"
#include "io/core/channel.hpp"
#include "io/core/task.hpp"
#include "io/core/wait.hpp"
#include "io/socket/address.hpp"

namespace qio {

class ZeroCopy;
namespace socket_ops {
struct Kind;
}

/// A socket, connected or listening. Never raises SIGPIPE.
///
/// However it was made: descriptors pass over unix sockets, zero-copy writes work where
/// the kernel has them (TCP, UDP), and reads can peek. A datagram that is larger than
/// the buffer is an error (limit), since its rest is lost; an empty one is skipped.
/// Channels made by connect(), accept() and socket_pair() are non-blocking; from_fd()
/// keeps the descriptor's mode. Has Feature::concurrent_io: one thread may read while
/// another writes.
class QIO_API ChannelSocket final : public Channel {
public:
    /// Adopts an open socket. On failure the caller keeps the descriptor.
    static Result<std::shared_ptr<ChannelSocket>> from_fd(UniqueFd&& fd);

    /// Two unix sockets connected to each other.
    static Result<
        std::pair<std::shared_ptr<ChannelSocket>, std::shared_ptr<ChannelSocket>>>
    socket_pair();

    /// Connects in the background. The addresses of a name are tried one after the other,
    /// families in turn, 250 ms apart or as soon as one fails; the first that answers
    /// wins, the others are closed.
    /// Errors: refused, not_found, timed_out, cancelled, permission_denied,
    /// not_supported; the message names the address and, for several, each failure.
    /// Source: RFC 8305.
    static void connect(const SocketAddress& address, const OperationOptions& options,
                        Completion<std::shared_ptr<ChannelSocket>> completion);

    /// The same for a thread without a main loop: blocks until the outcome is known.
    static Result<std::shared_ptr<ChannelSocket>>
    connect_wait(const SocketAddress& address, const WaitOptions& options = {});

    /// A datagram socket bound to `local` and connected to `remote`, in its family. An
    /// empty remote host is localhost; an empty local address is any.
    /// Errors: invalid_argument without a remote port; not_found, address_in_use.
    /// Context: blocks while a host name is looked up; numbers do not.
    static Result<std::shared_ptr<ChannelSocket>> datagram(const InetAddress& local,
                                                           const InetAddress& remote);

    /// The same without blocking: names are looked up on a thread of the pool.
    /// Errors: timed_out, cancelled as well.
    static void datagram(const InetAddress& local, const InetAddress& remote,
                         const OperationOptions& options,
                         Completion<std::shared_ptr<ChannelSocket>> completion);

    /// Listens on the first address that works; NetListener listens on all of them.
    /// A unix path whose listener has died is taken over; close() removes the path.
    /// Errors: address_in_use, permission_denied, not_found, invalid_argument.
    static Result<std::shared_ptr<ChannelSocket>> listen(const SocketAddress& address,
                                                         int backlog);

    /// Makes a channel of a listening socket (internal to io/socket's listeners).
    /// `unlink_path`: removed by close() if it is still this socket's.
    static std::shared_ptr<ChannelSocket> from_listening_fd(UniqueFd fd,
                                                            std::string unlink_path);

    ~ChannelSocket() override;

    /// The next connection of a listening socket; empty when none waits.
    /// Errors: exhausted (descriptors, memory): wait before trying again.
    Result<std::optional<std::shared_ptr<ChannelSocket>>> accept();

    /// The descriptor, -1 once closed. Borrowed.
    int fd() const { return fd_.get(); }

    /// How much unsent output the kernel keeps; it may round the size.
    /// Units: bytes.
    Result<void> set_send_buffer(std::size_t bytes);

    Result<SocketAddress> local_address() const;
    /// The peer as it was when the channel was made. Errors: disconnected if there is
    /// none.
    Result<SocketAddress> remote_address() const;

private:
    /// The file a unix listener made: unlinked only while it is the same file.
    struct BoundPath {
        std::string path;
        dev_t device;
        ino_t inode;
    };

    using Kind = socket_ops::Kind;

    ChannelSocket(UniqueFd fd, const Kind& kind, const SockAddr& peer);
    static std::shared_ptr<ChannelSocket> make(UniqueFd fd, const Kind& kind,
                                               const SockAddr& peer);
    bool has_used_zero_copy() const;

    IoResult do_readv(std::span<const iovec> buffers) override;
    IoResult do_writev(std::span<const iovec> buffers) override;
    IoResult do_readv_with(std::span<const iovec> buffers,
                           const ReadOptions& options) override;
    IoResult do_writev_with(std::span<const iovec> buffers,
                            const WriteOptions& options) override;
    Result<std::optional<ZeroCopyOutcome>> do_flush() override;
    Result<PeerCredentials> do_peer_credentials() const override;
    Result<void> do_close() override;
    Result<void> do_set_blocking(Blocking blocking) override;
    Interest do_interest(Condition asked) const override;
    Condition do_resolve(Condition asked, Condition events) override;
    Result<void> do_shutdown(Direction direction) override;
    void do_set_delay(Hint delay) override;
    void do_set_cork(Hint cork) override;
    bool do_has_feature(Feature feature) const override;
    void remove_bound_path();

    friend class ConnectOperation;

    UniqueFd fd_;
    int family_;
    int type_;
    bool is_listening_;
    SockAddr peer_;
    std::unique_ptr<ZeroCopy> zero_copy_; // null where it is never supported
    std::atomic<bool> read_is_shut_ = false;
    std::optional<BoundPath> bound_path_;
};

} // namespace qio
