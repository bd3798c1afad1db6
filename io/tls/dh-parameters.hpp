// internal: Diffie-Hellman parameters of a server, from a file if it has one.
#pragma once

#include <string>

#include "io/tls/gnutls-handles.hpp"

namespace qio::tls {

/// Reads DIRECTORY/dh-params.pem (PKCS #3); an empty handle if there is none or if there
/// is no directory. Errors: those of reading; invalid_argument.
Result<DhHandle> load_dh_parameters(const std::string& directory);

} // namespace qio::tls
