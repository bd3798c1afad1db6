// A file descriptor with one owner.
#include "io/base/unique-fd.hpp"

#include <cerrno>
#include <unistd.h>

namespace qio {

void UniqueFd::reset(int fd) noexcept {
    const int old = std::exchange(fd_, fd);
    if (old < 0)
        return;
    // A destructor between a system call and the look at errno must not change it.
    const int saved = errno;
    // On Linux the descriptor is gone even after EINTR, so close is never repeated.
    ::close(old);
    errno = saved;
}

} // namespace qio
