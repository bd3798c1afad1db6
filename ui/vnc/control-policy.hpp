// Whose keys and pointer count among several clients.
#pragma once

#include <cstdint>

namespace qio::vnc {

/// Who has control, as long as the program does not say otherwise. Clients that only look
/// never have it.
enum class ControlPolicy : std::uint8_t {
    everyone,
    first,         ///< who came first; when it leaves, who came next
    one_at_a_time, ///< who presses a key or a button first, until it has been idle for
                   ///< control_idle and another one does, or until it leaves
};

/// Who has control.
struct Control {
    enum class Who : std::uint8_t { everyone, nobody, client };

    Who who = Who::everyone;
    std::uint64_t client = 0; ///< its id, if it is one
    bool operator==(const Control&) const = default;
};

} // namespace qio::vnc
