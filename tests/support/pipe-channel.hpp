// Two channels in memory, joined back to back, with room for a bounded number of bytes.
#pragma once

#include <memory>
#include <utility>

#include "io/core/channel.hpp"

namespace qio::test {

using ChannelPair = std::pair<std::shared_ptr<Channel>, std::shared_ptr<Channel>>;

/// A pair with `capacity` bytes of room each way; non-blocking at first. Thread-safe.
ChannelPair make_pipe_pair(std::size_t capacity = 64 * 1024);

} // namespace qio::test
