// TCP over the loopback by plain blocking calls.
#pragma once

#include <cstdint>

#include "io/base/unique-fd.hpp"

namespace qio::bench {

struct LoopbackListener {
    UniqueFd fd;
    std::uint16_t port = 0;
};

/// Port 0: any free one.
LoopbackListener listen_on_loopback(std::uint16_t port = 0);
/// Without Nagle's delay; empty if nobody listens there.
UniqueFd connect_to_loopback(std::uint16_t port);
/// Without Nagle's delay.
UniqueFd accept_from(const LoopbackListener& listener);

} // namespace qio::bench
