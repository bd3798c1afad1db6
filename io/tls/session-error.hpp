// internal: what GnuTLS says of a session, as an Error.
#pragma once

#include <gnutls/gnutls.h>

#include <string_view>

#include "io/base/error.hpp"

namespace qio::tls {

/// The error for a negative GnuTLS result of `session`. A fatal alert of the peer is
/// named; one that says it does not accept us is permission_denied.
Error session_error(gnutls_session_t session, int code, std::string_view what);

} // namespace qio::tls
