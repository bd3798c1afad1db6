// Waiting for a channel without a main loop.
#pragma once

#include <stop_token>

#include "io/base/api.hpp"
#include "io/core/channel.hpp"
#include "io/core/deadline.hpp"

namespace qio {

/// How long to wait, and who may interrupt it. Default: for ever, nobody.
struct WaitOptions {
    Deadline deadline{};
    std::stop_token stop{};
};

/// Blocks the calling thread until one of `asked` holds. Builds no main loop; works for
/// every channel, whatever context its watches use.
/// Errors: timed_out, cancelled.
QIO_API Result<Condition> wait(Channel& channel, Condition asked,
                               const WaitOptions& options = {});

} // namespace qio
