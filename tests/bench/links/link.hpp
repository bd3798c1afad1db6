// A link between two TUN devices: packets wait for their turn, take time, and get lost.
#pragma once

#include <chrono>
#include <string>

namespace qio::bench {

/// Both directions are alike.
struct Link {
    double megabits;                      ///< per second, of whole IP packets
    std::chrono::milliseconds round_trip; ///< when it is empty
    double loss = 0;                      ///< of packets, 0 … 1

    std::string name() const;
};

/// Carries packets from either device to the other until one of them is gone. A queue
/// holds what the link carries in a fifth of a second, as those of routers do, and 32 KiB
/// at least; further packets are dropped. Chance is the same in every run.
void carry(int a, int b, const Link& link);

} // namespace qio::bench
