// Host names and service names to addresses.
#pragma once

#include <vector>

#include "io/base/api.hpp"
#include "io/core/task.hpp"
#include "io/core/wait.hpp"
#include "io/socket/address.hpp"

namespace qio {

/// Looks a TCP endpoint up for connecting, with GIO's resolver; numbers need no look-up.
/// The result holds at least one address, in the resolver's order.
/// Errors: not_found, invalid_argument (port), timed_out, cancelled.
QIO_API void resolve(const InetAddress& address, const OperationOptions& options,
                     Completion<std::vector<SockAddr>> completion);

/// The same for a thread without a main loop: blocks until the addresses are known.
QIO_API Result<std::vector<SockAddr>> resolve_wait(const InetAddress& address,
                                                   const WaitOptions& options);

/// Addresses to listen on: an empty host gives the wildcards of the allowed families, an
/// empty port any free one.
/// Context: blocks while a host name is looked up; numbers and the empty host do not.
/// Errors: not_found, invalid_argument.
QIO_API Result<std::vector<SockAddr>> resolve_passive(const InetAddress& address);

} // namespace qio
