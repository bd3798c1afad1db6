// internal: what the variables that announce inherited sockets say.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "io/base/error.hpp"

namespace qio {

/// The variables' values; empty = not set.
struct ListenEnvironment {
    std::optional<std::string> pid{};   ///< LISTEN_PID
    std::optional<std::string> fds{};   ///< LISTEN_FDS
    std::optional<std::string> names{}; ///< LISTEN_FDNAMES
};

/// The names of the descriptors from 3 on; none if they are not for the process `own`.
/// Units/limits: `limit` descriptors. Errors: invalid_argument.
Result<std::vector<std::string>> names_of_listen_fds(const ListenEnvironment& environment,
                                                     pid_t own, std::size_t limit);

} // namespace qio
