// How a process ended.
#pragma once

namespace qio {

/// Either an exit code or the signal that ended it.
struct ExitStatus {
    int code = 0;   ///< 0 to 255; 0 if a signal ended it
    int signal = 0; ///< 0: it exited of itself

    bool is_success() const { return code == 0 && signal == 0; }
    bool operator==(const ExitStatus&) const = default;
};

} // namespace qio
