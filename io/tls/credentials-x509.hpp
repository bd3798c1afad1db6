// TLS with certificates, from files of fixed names in one directory.
#pragma once

#include <string>

#include "io/tls/credentials.hpp"

namespace qio {

namespace tls {

/// Whose certificates are trusted.
enum class TrustAnchors : std::uint8_t {
    directory, ///< those that an authority in ca-cert.pem has issued
    system,    ///< those that the system's authorities have issued; clients only
};

/// Whether an endpoint's own certificates are checked when they are loaded.
enum class SanityCheck : bool { no, yes };

struct X509Options {
    Endpoint endpoint = Endpoint::client;
    std::string directory = {}; ///< may be empty if the trust is the system's
    TrustAnchors trust_anchors = TrustAnchors::directory;
    VerifyPeer verify_peer = VerifyPeer::yes;
    /// GnuTLS's syntax; empty: its NORMAL, with TLS 1.2 at least.
    std::string priority = {};
    SanityCheck sanity_check = SanityCheck::yes;
    std::string key_password = {}; ///< of encrypted keys
};

} // namespace tls

/// Certificates. The files, all PEM:
///
/// - ca-cert.pem: the authorities that are trusted (required unless the system's are);
/// - ca-crl.pem: what they have revoked (optional);
/// - server-cert.pem, server-key.pem, or client-…: the endpoint's certificate, followed
/// by
///   those of intermediate authorities, and its key. A server needs them;
/// - server-cert-N.pem, server-key-N.pem, or client-…: more of them for N from 0 to 3, up
///   to the first that is missing; of several, the handshake picks one the peer can use;
/// - dh-params.pem: Diffie-Hellman parameters of a server (optional, and seldom needed).
class QIO_API TlsCredentialsX509 final : public TlsCredentials {
public:
    /// Errors: not_found for what is missing; what the system says about files that are
    /// there but cannot be read, optional ones too; invalid_argument for files that are
    /// not what they should be, for certificates that the sanity check refuses, for a
    /// wrong password, and for options that do not go together; limit. Each message names
    /// the file.
    static Result<std::shared_ptr<TlsCredentialsX509>> create(tls::X509Options options);
    ~TlsCredentialsX509() override;

    tls::Endpoint endpoint() const override;
    tls::VerifyPeer verify_peer() const override;
    Result<void> reload() override;
    std::shared_ptr<const tls::LoadedCredentials> loaded() const override;

private:
    struct State;
    explicit TlsCredentialsX509(std::unique_ptr<State> state);

    std::unique_ptr<State> state_;
};

} // namespace qio
