// internal: the credentials that the TLS layers of relay addresses ask for.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "io/tls/authorization.hpp"
#include "io/tls/credentials.hpp"
#include "io/tools/relay-address.hpp"

namespace qio::relay {

/// What a TLS session starts with.
struct TlsParts {
    std::shared_ptr<TlsCredentials> credentials{};
    std::shared_ptr<const Authorization> authorization{}; ///< null: everybody
};

/// Loads the credentials of each set of options once, and keeps them.
/// Context: one thread.
class CredentialStore {
public:
    /// A server needs a folder, or is anonymous; it asks for certificates if `verify` or
    /// an authorization file says so. A client without a folder trusts the system's
    /// authorities.
    /// Errors: invalid_argument for options that do not go together; those of loading.
    Result<TlsParts> get(const TlsLayer& layer, tls::Endpoint endpoint);

    /// Reads all files again; sessions keep what they have. Gives what went wrong: those
    /// credentials stay as they were.
    std::vector<Error> reload();

private:
    std::map<std::pair<tls::Endpoint, std::string>, TlsParts> parts_;
};

} // namespace qio::relay
