// A channel for a descriptor of whatever kind.
#include "io/util/channel-from-fd.hpp"

#include <sys/stat.h>

#include <cerrno>

#include "io/plain/channel-file.hpp"
#include "io/socket/channel-socket.hpp"

namespace qio {

Result<std::shared_ptr<Channel>> channel_from_fd(UniqueFd&& fd) {
    struct stat status;
    if (fstat(fd.get(), &status) != 0)
        return Error{ErrorKind::invalid_argument, errno, "not an open descriptor"};
    if (S_ISSOCK(status.st_mode))
        return std::shared_ptr<Channel>(QIO_TRY(ChannelSocket::from_fd(std::move(fd))));
    return std::shared_ptr<Channel>(QIO_TRY(ChannelFile::from_fd(std::move(fd))));
}

} // namespace qio
