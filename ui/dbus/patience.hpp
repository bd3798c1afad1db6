// internal: how long a machine is waited for.
#pragma once

#include <chrono>

namespace qio::dbus {

struct Patience {
    /// What the machine or the bus has lost or refused is tried again after so long.
    std::chrono::milliseconds retry_after{1000};
    /// A machine that has not told its objects by then is said not to answer.
    std::chrono::milliseconds answer_within{25000};
};

} // namespace qio::dbus
