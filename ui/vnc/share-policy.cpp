// Who may be at a display together.
#include "ui/vnc/share-policy.hpp"

namespace qio::vnc {

std::optional<SharePolicy> parse_share_policy(std::string_view name) {
    if (name == "allow-exclusive")
        return SharePolicy::allow_exclusive;
    if (name == "force-shared")
        return SharePolicy::force_shared;
    if (name == "ignore")
        return SharePolicy::ignore;
    return std::nullopt;
}

} // namespace qio::vnc
