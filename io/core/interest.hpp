// What must happen in the kernel before a channel's condition can come true.
#pragma once

#include <array>

#include "io/core/condition.hpp"

namespace qio {

/// One descriptor to poll.
struct PollEntry {
    int fd = -1; ///< -1: unused
    Condition events = Condition::none;
    bool operator==(const PollEntry&) const = default;
};

/// A channel's answer to "what shall I wait for?".
///
/// Every channel boils down to this, however many layers it has: events that count as
/// arrived (data buffered in some layer, a closed channel), and at most two descriptors.
struct Interest {
    Condition ready = Condition::none; ///< pass to Channel::resolve() without polling
    std::array<PollEntry, 2> entries{};

    /// Adds `events` on `fd`, merging with an entry of the same descriptor.
    void add(int fd, Condition events) {
        for (auto& entry : entries) {
            if (entry.fd != fd && entry.fd >= 0)
                continue;
            entry.fd = fd;
            entry.events |= events;
            return;
        }
    }
    bool operator==(const Interest&) const = default;
};

} // namespace qio
