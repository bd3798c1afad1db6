// One descriptor of any kind, and the system calls that suit its kind.
#include "io/plain/descriptor.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>

#include "io/plain/sigpipe-guard.hpp"

namespace qio {

namespace {

int count_of(std::span<const iovec> buffers) {
    return int(std::min<std::size_t>(buffers.size(), IOV_MAX));
}

template <class Call>
ssize_t retried(Call call) {
    for (;;) {
        const ssize_t result = call();
        if (result >= 0 || errno != EINTR)
            return result;
    }
}

IoResult finish(ssize_t count, int os_errno, const char* what) {
    if (count >= 0)
        return std::size_t(count);
    if (os_errno == EAGAIN || os_errno == EWOULDBLOCK)
        return std::nullopt;
    return Error::from_errno(os_errno, what);
}

ssize_t send_without_signal(int fd, std::span<const iovec> buffers) {
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(buffers.data());
    message.msg_iovlen = std::size_t(count_of(buffers));
    return retried([&] { return sendmsg(fd, &message, MSG_NOSIGNAL); });
}

ssize_t write_to_pipe(int fd, std::span<const iovec> buffers) {
    SigpipeGuard guard;
    const ssize_t count =
        retried([&] { return ::writev(fd, buffers.data(), count_of(buffers)); });
    const int problem = errno;
    if (count < 0 ? problem == EPIPE : std::size_t(count) != total_size(buffers))
        guard.take_back();
    errno = problem;
    return count;
}

/// Some character devices (/dev/null) have nothing to poll, like files.
bool epoll_refuses(int fd) {
    const UniqueFd epoll(epoll_create1(EPOLL_CLOEXEC));
    epoll_event event{};
    return epoll_ctl(epoll.get(), EPOLL_CTL_ADD, fd, &event) < 0 && errno == EPERM;
}

Result<off_t> checked(std::uint64_t offset) {
    if (!std::in_range<off_t>(offset))
        return Error{ErrorKind::invalid_argument, EINVAL, "a position beyond any file"};
    return off_t(offset);
}

} // namespace

Descriptor::Descriptor(UniqueFd fd, Kind kind)
    : fd_(std::move(fd)), kind_(kind),
      seekable_(::lseek(fd_.get(), 0, SEEK_CUR) != off_t(-1)) {}

Descriptor::Kind Descriptor::kind_of(int fd, mode_t mode) {
    if (S_ISREG(mode) || S_ISDIR(mode) || S_ISBLK(mode))
        return Kind::always_ready;
    if (S_ISFIFO(mode))
        return Kind::pipe;
    if (S_ISSOCK(mode))
        return Kind::socket;
    if (::isatty(fd))
        return Kind::terminal;
    return epoll_refuses(fd) ? Kind::always_ready : Kind::pollable;
}

Result<Descriptor> Descriptor::adopt(UniqueFd&& fd) {
    struct stat file;
    if (::fstat(fd.get(), &file) < 0)
        return Error::from_errno(errno, "look at the descriptor");
    const Kind kind = kind_of(fd.get(), file.st_mode);
    return Descriptor(std::move(fd), kind);
}

bool Descriptor::has_hung_up() const {
    pollfd entry{fd_.get(), 0, 0};
    return kind_ == Kind::terminal && ::poll(&entry, 1, 0) == 1 &&
           (entry.revents & POLLHUP) != 0;
}

IoResult Descriptor::readv(std::span<const iovec> buffers) const {
    const ssize_t count =
        retried([&] { return ::readv(fd_.get(), buffers.data(), count_of(buffers)); });
    const int problem = errno;
    // A terminal whose other end was closed has no better way to say it.
    if (count < 0 && problem == EIO && has_hung_up())
        return std::size_t(0);
    return finish(count, problem, "read");
}

IoResult Descriptor::writev(std::span<const iovec> buffers) const {
    const ssize_t count =
        kind_ == Kind::socket ? send_without_signal(fd_.get(), buffers)
        : kind_ == Kind::pipe
            ? write_to_pipe(fd_.get(), buffers)
            : retried(
                  [&] { return ::writev(fd_.get(), buffers.data(), count_of(buffers)); });
    const int problem = errno;
    if (count < 0 && problem == EIO && has_hung_up())
        return Error{ErrorKind::disconnected, problem, "write: the terminal hung up"};
    return finish(count, problem, "write");
}

IoResult Descriptor::preadv(std::span<const iovec> buffers, std::uint64_t offset) const {
    const off_t at = QIO_TRY(checked(offset));
    const ssize_t count = retried(
        [&] { return ::preadv(fd_.get(), buffers.data(), count_of(buffers), at); });
    return finish(count, errno, "read at a position");
}

IoResult Descriptor::pwritev(std::span<const iovec> buffers, std::uint64_t offset) const {
    const off_t at = QIO_TRY(checked(offset));
    const ssize_t count = retried(
        [&] { return ::pwritev(fd_.get(), buffers.data(), count_of(buffers), at); });
    return finish(count, errno, "write at a position");
}

Result<void> Descriptor::set_blocking(Blocking blocking) const {
    const int flags = fcntl(fd_.get(), F_GETFL);
    if (flags < 0)
        return Error::from_errno(errno, "F_GETFL");
    const int wanted =
        blocking == Blocking::no ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
    if (wanted != flags && fcntl(fd_.get(), F_SETFL, wanted) < 0)
        return Error::from_errno(errno, "F_SETFL");
    return {};
}

Result<void> Descriptor::close() {
    const int fd = fd_.release();
    // On Linux the descriptor is gone even after EINTR, so close is never repeated.
    if (fd >= 0 && ::close(fd) < 0 && errno != EINTR)
        return Error::from_errno(errno, "close");
    return {};
}

} // namespace qio
