// Refuses an authorization that nobody would ever ask.
#pragma once

#include "io/tls/authorization.hpp"
#include "io/tls/credentials.hpp"

namespace qio::tls {

/// Without a verified certificate there is no name to ask about; a program that gives an
/// authorization all the same believes in a check that never happens.
/// `authorization` may be null, and nothing is wrong then.
/// Errors: invalid_argument.
QIO_API Result<void> check_authorization_usable(const TlsCredentials& credentials,
                                                const Authorization* authorization);

} // namespace qio::tls
