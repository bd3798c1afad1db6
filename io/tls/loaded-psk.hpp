// internal: one reading of the file of pre-shared keys.
#pragma once

#include <memory>

#include "io/tls/credentials-psk.hpp"
#include "io/tls/loaded-credentials.hpp"

namespace qio::tls {

/// Reads the files that the options name.
/// Errors: those of TlsCredentialsPsk::create.
Result<std::shared_ptr<const LoadedCredentials>> load_psk(const PskOptions& options);

} // namespace qio::tls
