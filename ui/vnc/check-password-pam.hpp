// Asks the system's PAM whether a password is a user's.
#pragma once

#include "io/core/context.hpp"
#include "io/tls/authorization-pam.hpp"
#include "ui/vnc/security.hpp"

namespace qio::vnc {

/// For SecurityOptions::check_password: the service's "auth" and "account" lines decide.
/// They are run on a thread of the pool, and may take their time. PAM takes the service
/// "other" for one that has no file.
///
/// Errors: invalid_argument (a service that is empty or no plain name).
/// Context: the answer comes on `context`, which is the server's; null = the caller's
/// thread-default one.
QIO_API Result<CheckPassword> check_password_with_pam(PamOptions options,
                                                      GMainContext* context = nullptr);

} // namespace qio::vnc
