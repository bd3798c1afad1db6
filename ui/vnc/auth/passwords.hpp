// internal: the passwords of a display.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "ui/vnc/auth/authenticator.hpp"

namespace qio::vnc::auth {

/// An empty password is none: nobody comes in with it.
struct Passwords {
    std::string control{};
    std::string view_only{};
    /// Both are good until the end of this second; none = for ever.
    std::optional<EpochSeconds> expires{};

    bool have_expired(EpochSeconds now) const { return expires && *expires < now; }
};

/// The passwords as they are when it is called.
using CurrentPasswords = std::function<Passwords()>;

} // namespace qio::vnc::auth
