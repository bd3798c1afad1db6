// A socket as a channel.
#include "io/socket/channel-socket.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "io/base/trace.hpp"
#include "io/socket/message.hpp"
#include "io/socket/socket-ops.hpp"
#include "io/socket/zero-copy.hpp"

namespace qio {

namespace {

void set_tcp_flag(int fd, int option, bool on) {
    const int value = on;
    // A hint: a unix socket has no such option and needs none.
    (void)setsockopt(fd, IPPROTO_TCP, option, &value, sizeof value);
}

} // namespace

ChannelSocket::~ChannelSocket() {
    remove_bound_path();
}

ChannelSocket::ChannelSocket(UniqueFd fd, const Kind& kind, const SockAddr& peer)
    : fd_(std::move(fd)), family_(kind.family), type_(kind.type),
      is_listening_(kind.is_listening), peer_(peer) {
    if (!is_listening_ && (family_ == AF_INET || family_ == AF_INET6))
        zero_copy_ = std::make_unique<ZeroCopy>();
}

std::shared_ptr<ChannelSocket> ChannelSocket::make(UniqueFd fd, const Kind& kind,
                                                   const SockAddr& peer) {
    return std::shared_ptr<ChannelSocket>(new ChannelSocket(std::move(fd), kind, peer));
}

Result<std::shared_ptr<ChannelSocket>> ChannelSocket::from_fd(UniqueFd&& fd) {
    const auto kind = QIO_TRY(socket_ops::kind_of(fd.get()));
    const auto peer = QIO_TRY(socket_ops::peer_name(fd.get()));
    return make(std::move(fd), kind, peer);
}

Result<std::pair<std::shared_ptr<ChannelSocket>, std::shared_ptr<ChannelSocket>>>
ChannelSocket::socket_pair() {
    std::array<int, 2> fds;
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds.data()) <
        0)
        return Error::from_errno(errno, "socketpair");
    UniqueFd first(fds[0]);
    UniqueFd second(fds[1]);
    const auto peer = QIO_TRY(socket_ops::peer_name(first.get()));
    const Kind kind{.family = AF_UNIX};
    return std::pair(make(std::move(first), kind, peer),
                     make(std::move(second), kind, peer));
}

std::shared_ptr<ChannelSocket> ChannelSocket::from_listening_fd(UniqueFd fd,
                                                                std::string unlink_path) {
    Kind kind = socket_ops::kind_of(fd.get()).value_or(Kind{});
    kind.is_listening = true;
    auto channel = make(std::move(fd), kind, {});
    struct stat file;
    if (!unlink_path.empty() && ::stat(unlink_path.c_str(), &file) == 0)
        channel->bound_path_ =
            BoundPath{std::move(unlink_path), file.st_dev, file.st_ino};
    return channel;
}

Result<std::optional<std::shared_ptr<ChannelSocket>>> ChannelSocket::accept() {
    SockAddr peer;
    auto fd = QIO_TRY(socket_ops::accept(fd_.get(), peer));
    if (!fd)
        return std::optional<std::shared_ptr<ChannelSocket>>();
    return std::optional(make(std::move(*fd), {.family = family_, .type = type_}, peer));
}

Result<SocketAddress> ChannelSocket::local_address() const {
    const auto name = QIO_TRY(socket_ops::local_name(fd_.get()));
    return from_sockaddr(name.storage, name.length);
}

Result<SocketAddress> ChannelSocket::remote_address() const {
    if (peer_.length == 0)
        return Error{ErrorKind::disconnected, ENOTCONN, "the socket has no peer"};
    return from_sockaddr(peer_.storage, peer_.length);
}

IoResult ChannelSocket::do_readv(std::span<const iovec> buffers) {
    return do_readv_with(buffers, {});
}

IoResult ChannelSocket::do_writev(std::span<const iovec> buffers) {
    return socket_ops::send(fd_.get(), buffers, {});
}

IoResult ChannelSocket::do_readv_with(std::span<const iovec> buffers,
                                      const ReadOptions& options) {
    if (type_ == SOCK_DGRAM)
        return socket_ops::receive_datagram(fd_.get(), buffers, options,
                                            read_is_shut_.load());
    return socket_ops::receive(fd_.get(), buffers, options);
}

IoResult ChannelSocket::do_writev_with(std::span<const iovec> buffers,
                                       const WriteOptions& options) {
    if (!options.zero_copy)
        return socket_ops::send(fd_.get(), buffers, options.fds);
    const bool was_used = has_used_zero_copy();
    const auto count = zero_copy_->send(fd_.get(), buffers);
    if (!was_used)
        interest_changed();
    return count;
}

Result<std::optional<ZeroCopyOutcome>> ChannelSocket::do_flush() {
    return has_used_zero_copy() ? zero_copy_->flush(fd_.get()) : Channel::do_flush();
}

Result<PeerCredentials> ChannelSocket::do_peer_credentials() const {
    if (is_closed())
        return Error{ErrorKind::closed, 0, "the channel is closed"};
    if (family_ != AF_UNIX)
        return Channel::do_peer_credentials();
    if (is_listening_)
        return Error{ErrorKind::disconnected, ENOTCONN, "the socket has no peer"};
    return socket_ops::peer_credentials(fd_.get());
}

Result<void> ChannelSocket::set_send_buffer(std::size_t bytes) {
    return socket_ops::set_send_buffer(fd_.get(), bytes);
}

Result<void> ChannelSocket::do_close() {
    remove_bound_path();
    QIO_TRACE(socket, closed, "fd=%d", fd_.get());
    fd_.reset();
    return {};
}

void ChannelSocket::remove_bound_path() {
    const auto bound = std::exchange(bound_path_, std::nullopt);
    struct stat file;
    if (bound && ::stat(bound->path.c_str(), &file) == 0 &&
        file.st_dev == bound->device && file.st_ino == bound->inode)
        ::unlink(bound->path.c_str());
}

Result<void> ChannelSocket::do_set_blocking(Blocking blocking) {
    return socket_ops::set_nonblocking(fd_.get(), blocking == Blocking::no);
}

Interest ChannelSocket::do_interest(Condition asked) const {
    Interest interest;
    // Half-close is hup only for whoever does not read: see Channel::do_resolve().
    const Condition polled = has(asked, Condition::in) ? asked & ~Condition::hup : asked;
    interest.add(fd_.get(), polled);
    // Another thread may have collected the completions that somebody waits for here.
    if (has(asked, Condition::err) && has_used_zero_copy())
        interest.add(zero_copy_->news_fd(), Condition::in);
    return interest;
}

bool ChannelSocket::has_used_zero_copy() const {
    return zero_copy_ && zero_copy_->is_used();
}

Condition ChannelSocket::do_resolve(Condition asked, Condition events) {
    if (!has_used_zero_copy())
        return Channel::do_resolve(asked, events);
    if (has(events, Condition::err) && !zero_copy_->collect(fd_.get()))
        events &= ~Condition::err;
    Condition ready = Channel::do_resolve(asked, events);
    if (has(asked, Condition::err) && zero_copy_->has_news())
        ready |= Condition::err;
    return ready;
}

Result<void> ChannelSocket::do_shutdown(Direction direction) {
    const int how = direction == Direction::read    ? SHUT_RD
                    : direction == Direction::write ? SHUT_WR
                                                    : SHUT_RDWR;
    if (::shutdown(fd_.get(), how) < 0)
        return Error::from_errno(errno, "shutdown");
    if (direction != Direction::write)
        read_is_shut_ = true;
    return {};
}

void ChannelSocket::do_set_delay(Hint delay) {
    set_tcp_flag(fd_.get(), TCP_NODELAY, delay == Hint::off);
}

void ChannelSocket::do_set_cork(Hint cork) {
    set_tcp_flag(fd_.get(), TCP_CORK, cork == Hint::on);
}

bool ChannelSocket::do_has_feature(Feature feature) const {
    switch (feature) {
    case Feature::shutdown:
    case Feature::concurrent_io:
    case Feature::read_msg_peek:
        return true;
    case Feature::fd_pass:
        return family_ == AF_UNIX;
    case Feature::listen:
        return is_listening_;
    case Feature::write_zero_copy:
        return zero_copy_ && zero_copy_->enable(fd_.get());
    case Feature::seekable:
        return false;
    }
    return false;
}

} // namespace qio
