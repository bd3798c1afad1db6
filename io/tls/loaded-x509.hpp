// internal: one reading of the files of x509 credentials.
#pragma once

#include <memory>

#include "io/tls/credentials-x509.hpp"
#include "io/tls/loaded-credentials.hpp"
#include "io/tls/ticket-key.hpp"

namespace qio::tls {

/// Reads the files that the options name.
/// `tickets`: the key of a server; a client has none.
/// Errors: those of TlsCredentialsX509::create.
Result<std::shared_ptr<const LoadedCredentials>>
load_x509(const X509Options& options, std::shared_ptr<const TicketKey> tickets);

} // namespace qio::tls
