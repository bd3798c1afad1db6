// Who may be at a display together.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "io/base/api.hpp"

namespace qio::vnc {

/// What happens when a client asks for the display for itself alone, or not (the shared
/// flag of ClientInit).
enum class SharePolicy : std::uint8_t {
    allow_exclusive, ///< an exclusive client disconnects the others and keeps new ones
                     ///< out
    force_shared,    ///< a client that does not want to share is refused
    ignore,          ///< everybody shares
};

/// What parse_share_policy() reads, for messages.
inline constexpr std::string_view share_policy_names =
    "allow-exclusive, force-shared or ignore";

/// Reads the name of a policy, as in options. Empty: there is none of that name.
QIO_API std::optional<SharePolicy> parse_share_policy(std::string_view name);

} // namespace qio::vnc
