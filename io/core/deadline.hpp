// A point in time after which waiting is pointless.
#pragma once

#include <algorithm>
#include <chrono>
#include <climits>
#include <optional>

namespace qio {

using Clock = std::chrono::steady_clock;

/// Empty = wait for ever.
using Deadline = std::optional<Clock::time_point>;

/// The deadline `duration` from now.
inline Deadline deadline_after(std::chrono::milliseconds duration) {
    return Clock::now() + duration;
}

/// What is left, in whole milliseconds rounded up, never negative; -1 without a deadline
/// (poll's convention).
inline int milliseconds_left(const Deadline& deadline) {
    if (!deadline)
        return -1;
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(*deadline - Clock::now());
    return int(std::clamp<long long>(left.count(), 0, INT_MAX));
}

} // namespace qio
