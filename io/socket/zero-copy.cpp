// Zero-copy sends of one socket, and the kernel's word that they are complete.
#include "io/socket/zero-copy.hpp"

#include <linux/errqueue.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "io/socket/message.hpp"

namespace qio {

namespace {

// An extended error with the address that may follow it, for either family.
constexpr std::size_t control_size =
    CMSG_SPACE(sizeof(sock_extended_err) + sizeof(sockaddr_in6));

bool is_extended_error(const cmsghdr& header) {
    const bool four = header.cmsg_level == SOL_IP && header.cmsg_type == IP_RECVERR;
    const bool six = header.cmsg_level == SOL_IPV6 && header.cmsg_type == IPV6_RECVERR;
    return (four || six) && header.cmsg_len >= CMSG_LEN(sizeof(sock_extended_err));
}

bool has_poll_error(int fd) {
    pollfd entry{fd, 0, 0};
    return ::poll(&entry, 1, 0) > 0 && (entry.revents & POLLERR) != 0;
}

} // namespace

std::optional<Completions> read_completions(msghdr& message) {
    for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
         header = CMSG_NXTHDR(&message, header)) {
        if (!is_extended_error(*header))
            continue;
        sock_extended_err report;
        std::memcpy(&report, CMSG_DATA(header), sizeof report);
        if (report.ee_errno != 0 || report.ee_origin != SO_EE_ORIGIN_ZEROCOPY)
            continue;
        // The first and the last send of a range; the numbers may wrap around.
        const std::uint32_t steps = report.ee_data - report.ee_info;
        if (std::int32_t(steps) < 0)
            continue;
        return Completions{steps + 1, report.ee_code != SO_EE_CODE_ZEROCOPY_COPIED};
    }
    return std::nullopt;
}

bool ZeroCopy::enable(int fd) {
    const auto known = support_.load(std::memory_order_relaxed);
    if (known != Support::unknown)
        return known == Support::yes;
    const int on = 1;
    const bool works = setsockopt(fd, SOL_SOCKET, SO_ZEROCOPY, &on, sizeof on) == 0;
    support_.store(works ? Support::yes : Support::no, std::memory_order_relaxed);
    return works;
}

Result<void> ZeroCopy::prepare() {
    if (is_used())
        return {};
    news_fd_.reset(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!news_fd_)
        return Error::from_errno(errno, "eventfd");
    used_.store(true, std::memory_order_release);
    return {};
}

IoResult ZeroCopy::send(int fd, std::span<const iovec> buffers) {
    QIO_TRY(prepare());
    const msghdr message = socket_ops::message_of(buffers);
    const auto attempt = [&] {
        return socket_ops::retried(
            [&] { return calls_.send(fd, &message, MSG_NOSIGNAL | MSG_ZEROCOPY); });
    };
    ssize_t count = attempt();
    if (count < 0 && errno == ENOBUFS) {
        (void)collect(fd);
        count = attempt();
    }
    const int problem = errno;
    if (count < 0 && problem == ENOBUFS)
        return Error{ErrorKind::exhausted, ENOBUFS,
                     "too many zero-copy writes are outstanding: flush them, or raise "
                     "the limit of locked memory"};
    if (count >= 0) {
        const std::lock_guard lock(mutex_);
        ++outstanding_;
    }
    return socket_ops::io_result(count, problem, "write to the socket without a copy");
}

Result<std::optional<ZeroCopyOutcome>> ZeroCopy::flush(int fd) {
    const std::lock_guard lock(mutex_);
    if (is_used()) {
        eventfd_t ignored;
        (void)eventfd_read(news_fd_.get(), &ignored);
        news_.store(false, std::memory_order_release);
        drain_locked(fd);
    }
    if (outstanding_ > 0)
        return std::optional<ZeroCopyOutcome>();
    return std::optional(std::exchange(avoided_, false) ? ZeroCopyOutcome::avoided
                                                        : ZeroCopyOutcome::copied);
}

bool ZeroCopy::collect(int fd) {
    // Under the lock nobody else empties the queue between the two steps, so POLLERR with
    // nothing in the queue is an error.
    const std::lock_guard lock(mutex_);
    while (has_poll_error(fd)) {
        if (drain_locked(fd) == 0)
            return true;
        set_news_locked();
    }
    return false;
}

/// Takes all there is; returns the number of messages.
std::size_t ZeroCopy::drain_locked(int fd) {
    for (std::size_t taken = 0;; ++taken) {
        alignas(cmsghdr) std::array<char, control_size> control;
        msghdr message{};
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        if (socket_ops::retried([&] {
                return calls_.receive(fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT);
            }) < 0)
            return taken;
        if (const auto completions = read_completions(message)) {
            outstanding_ -= completions->count;
            avoided_ = avoided_ || completions->avoided_copy;
        }
    }
}

void ZeroCopy::set_news_locked() {
    if (!news_.exchange(true, std::memory_order_acq_rel))
        (void)eventfd_write(news_fd_.get(), 1);
}

} // namespace qio
