// internal: which versions and ciphers a session may use.
#pragma once

#include <string_view>

#include "io/tls/gnutls-handles.hpp"

namespace qio::tls {

/// What is used when nobody says otherwise: GnuTLS's own choice, but TLS 1.2 at least.
inline constexpr std::string_view default_priority =
    "NORMAL:-VERS-TLS1.0:-VERS-TLS1.1:-VERS-DTLS-ALL";

/// Compiles a GnuTLS priority string (the default one if empty) and a suffix that the
/// kind of credentials needs. Errors: invalid_argument, with the place of the mistake.
Result<PriorityHandle> make_priority(std::string_view priority, std::string_view suffix);

} // namespace qio::tls
