// TLS that hides what is said and proves nothing about who says it.
#pragma once

#include <string>

#include "io/tls/credentials.hpp"

namespace qio {

namespace tls {

struct AnonOptions {
    Endpoint endpoint = Endpoint::client;
    std::string directory = {}; ///< may be empty
    /// GnuTLS's syntax; empty: its NORMAL, with TLS 1.2 at least. Its exchanges
    /// give way to the anonymous ones.
    std::string priority = {};
};

} // namespace tls

/// Anonymous credentials: no certificate, no key, so no protection from whoever sits in
/// between. TLS 1.3 has no such exchange; sessions are of TLS 1.2. The one file, of a
/// server:
///
/// - dh-params.pem: Diffie-Hellman parameters (optional, and seldom needed).
class QIO_API TlsCredentialsAnon final : public TlsCredentials {
public:
    /// Errors: not_found (no such directory); what the system says about a file that
    /// cannot be read; invalid_argument.
    static Result<std::shared_ptr<TlsCredentialsAnon>> create(tls::AnonOptions options);
    ~TlsCredentialsAnon() override;

    tls::Endpoint endpoint() const override { return endpoint_; }
    tls::VerifyPeer verify_peer() const override { return tls::VerifyPeer::no; }
    /// Errors: not_supported.
    Result<void> reload() override;
    std::shared_ptr<const tls::LoadedCredentials> loaded() const override;

private:
    TlsCredentialsAnon(tls::Endpoint endpoint,
                       std::shared_ptr<const tls::LoadedCredentials> loaded);

    tls::Endpoint endpoint_;
    std::shared_ptr<const tls::LoadedCredentials> loaded_;
};

} // namespace qio
