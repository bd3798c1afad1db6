// internal: what one reading of credential files yields, shared by the sessions that
// started with it.
#pragma once

#include <gnutls/gnutls.h>

#include "io/base/error.hpp"

namespace qio::tls {

/// Immutable, so that sessions of several threads may hold it.
class LoadedCredentials {
public:
    virtual ~LoadedCredentials() = default;

    /// Prepares a fresh session: priorities and credentials; on a server also the request
    /// for a client certificate and the ticket key. The session keeps pointers into this.
    /// The pointer of the session's cache (gnutls_db_set_ptr) is taken; its own
    /// (gnutls_session_set_ptr) is left alone.
    virtual Result<void> attach(gnutls_session_t session) const = 0;

    /// Whether peers show certificates.
    virtual bool has_certificates() const = 0;
};

} // namespace qio::tls
