// Listening sockets that the service manager opened for this program.
#pragma once

#include <string>
#include <vector>

#include "io/base/api.hpp"
#include "io/base/error.hpp"
#include "io/base/unique-fd.hpp"

namespace qio {

struct InheritedSocket {
    UniqueFd fd;      ///< close-on-exec; for FdAddress or ChannelSocket::from_fd()
    std::string name; ///< as the manager calls it; "unknown" if it does not say
};

/// Takes the descriptors that LISTEN_FDS, LISTEN_PID and LISTEN_FDNAMES announce, none if
/// they are not there or meant for another process, and removes the variables.
/// Errors: invalid_argument if the variables contradict themselves or the descriptors
/// that are open; nothing is taken then.
/// Context: changes the environment, so before other threads are started.
/// Source: sd_listen_fds(3).
QIO_API Result<std::vector<InheritedSocket>> listen_fds_from_environment();

} // namespace qio
