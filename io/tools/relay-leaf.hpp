// internal: opens what a relay address ends in: a socket, a command, a file.
#pragma once

#include <memory>

#include "io/core/channel.hpp"
#include "io/core/coroutine.hpp"
#include "io/core/deadline.hpp"
#include "io/tools/relay-address.hpp"

namespace qio::relay {

using ChannelRef = std::shared_ptr<Channel>;

/// A non-blocking channel to `leaf`.
///
/// Standard input and output can be opened once: from then on the descriptors 0 and 1 are
/// /dev/null, so that the ends of the channel are those of the streams.
/// Errors: those of connecting, opening or starting it; they name what it was.
Co<Result<ChannelRef>> open_leaf(Leaf leaf, Deadline deadline, std::stop_token stop);

/// Gives a terminal back as it was found: the shell would go on with a non-blocking one.
void restore_terminal();

} // namespace qio::relay
