// A stream socket as a channel.
#include "io/socket/channel-socket.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "io/base/trace.hpp"
#include "io/socket/socket-ops.hpp"

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

std::shared_ptr<ChannelSocket> ChannelSocket::make(UniqueFd fd, const SockAddr& peer) {
    std::shared_ptr<ChannelSocket> channel(new ChannelSocket(std::move(fd)));
    channel->peer_ = peer;
    return channel;
}

Result<std::shared_ptr<ChannelSocket>> ChannelSocket::from_fd(UniqueFd&& fd) {
    const auto peer = QIO_TRY(socket_ops::peer_name(fd.get()));
    return make(std::move(fd), peer);
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
    return std::pair(make(std::move(first), peer), make(std::move(second), peer));
}

std::shared_ptr<ChannelSocket> ChannelSocket::from_listening_fd(UniqueFd fd,
                                                                std::string unlink_path) {
    auto channel = make(std::move(fd), {});
    channel->listening_ = true;
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
    return std::optional(make(std::move(*fd), peer));
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
    return socket_ops::receive(fd_.get(), buffers);
}

IoResult ChannelSocket::do_writev(std::span<const iovec> buffers) {
    return socket_ops::send(fd_.get(), buffers);
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
    return interest;
}

Result<void> ChannelSocket::do_shutdown(Direction direction) {
    const int how = direction == Direction::read    ? SHUT_RD
                    : direction == Direction::write ? SHUT_WR
                                                    : SHUT_RDWR;
    if (::shutdown(fd_.get(), how) < 0)
        return Error::from_errno(errno, "shutdown");
    return {};
}

void ChannelSocket::do_set_delay(Hint delay) {
    set_tcp_flag(fd_.get(), TCP_NODELAY, delay == Hint::off);
}

void ChannelSocket::do_set_cork(Hint cork) {
    set_tcp_flag(fd_.get(), TCP_CORK, cork == Hint::on);
}

bool ChannelSocket::do_has_feature(Feature feature) const {
    return feature == Feature::shutdown || feature == Feature::concurrent_io ||
           (feature == Feature::listen && listening_);
}

} // namespace qio
