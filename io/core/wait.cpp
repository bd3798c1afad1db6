// Waiting for a channel without a main loop: poll(2) on what it is interested in.
#include "io/core/wait.hpp"

#include <poll.h>
#include <sys/eventfd.h>

#include <array>
#include <cerrno>
#include <unistd.h>

#include "io/base/unique-fd.hpp"
#include "io/core/poll-bits.hpp"

namespace qio {

namespace {

/// A descriptor that becomes readable when stop is requested; none if it cannot be.
class StopDescriptor {
public:
    explicit StopDescriptor(const std::stop_token& stop)
        : fd_(stop.stop_possible() ? eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) : -1),
          callback_(stop, Signal{fd_.get()}) {}
    int fd() const { return fd_.get(); }

private:
    struct Signal {
        int fd;
        void operator()() const noexcept {
            if (fd >= 0)
                eventfd_write(fd, 1);
        }
    };
    UniqueFd fd_;
    std::stop_callback<Signal> callback_;
};

/// One poll; the events that happened, or none.
Result<Condition> poll_once(const Interest& interest, int stop_fd,
                            const Deadline& deadline) {
    std::array<pollfd, 3> fds{};
    for (std::size_t i = 0; i < 2; ++i)
        fds[i] = {interest.entries[i].fd, to_poll(interest.entries[i].events), 0};
    fds[2] = {stop_fd, POLLIN, 0};
    const int count = ::poll(fds.data(), fds.size(), milliseconds_left(deadline));
    if (count < 0 && errno != EINTR)
        return Error::from_errno(errno, "poll");
    if (count < 0)
        return Condition::none;
    if (fds[2].revents != 0)
        return Error{ErrorKind::cancelled, 0, "the wait was cancelled"};
    if (count == 0 && milliseconds_left(deadline) == 0)
        return Error{ErrorKind::timed_out, 0, "the deadline passed"};
    return from_poll(unsigned(fds[0].revents)) | from_poll(unsigned(fds[1].revents));
}

} // namespace

Result<Condition> wait(Channel& channel, Condition asked, const WaitOptions& options) {
    const auto keep = channel.shared_from_this();
    if (options.stop.stop_requested())
        return Error{ErrorKind::cancelled, 0, "the wait was cancelled"};
    const StopDescriptor stop(options.stop);
    for (;;) {
        const Interest interest = channel.interest(asked);
        Condition events = interest.ready;
        if (!any(events))
            events = QIO_TRY(poll_once(interest, stop.fd(), options.deadline));
        if (!any(events))
            continue;
        const Condition ready = channel.resolve(asked, events);
        if (any(ready))
            return ready;
    }
}

} // namespace qio
