// Who may be at a display together.
#pragma once

#include <cstdint>

namespace qio::vnc {

/// What happens when a client asks for the display for itself alone, or not (the shared
/// flag of ClientInit).
enum class SharePolicy : std::uint8_t {
    allow_exclusive, ///< an exclusive client disconnects the others and keeps new ones
                     ///< out
    force_shared,    ///< a client that does not want to share is refused
    ignore,          ///< everybody shares
};

} // namespace qio::vnc
