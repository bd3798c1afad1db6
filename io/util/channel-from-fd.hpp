// A channel for a descriptor of whatever kind.
#pragma once

#include <memory>

#include "io/base/unique-fd.hpp"
#include "io/core/channel.hpp"

namespace qio {

/// Adopts an open descriptor: a socket becomes a ChannelSocket, with all its features,
/// anything else (file, pipe, terminal, device) a ChannelFile. Its mode, blocking or not,
/// stays as it is. On failure the caller keeps the descriptor.
/// Errors: invalid_argument for what is no open descriptor.
QIO_API Result<std::shared_ptr<Channel>> channel_from_fd(UniqueFd&& fd);

} // namespace qio
