// What a TLS endpoint proves itself with, and how it checks its peer.
#pragma once

#include <cstdint>
#include <memory>

#include "io/base/api.hpp"
#include "io/base/error.hpp"

namespace qio {

namespace tls {
class LoadedCredentials;

enum class Endpoint : std::uint8_t { client, server };

/// Whether the peer's certificate is checked.
enum class VerifyPeer : bool { no, yes };
} // namespace tls

/// Credentials for any number of sessions of one endpoint. A session keeps what it
/// started with; reload() counts for later ones.
/// Context: any thread.
class QIO_API TlsCredentials {
public:
    virtual ~TlsCredentials() = default;
    TlsCredentials(const TlsCredentials&) = delete;
    TlsCredentials& operator=(const TlsCredentials&) = delete;

    virtual tls::Endpoint endpoint() const = 0;

    /// Whether the peer has to show a certificate that is then verified. Without it (and
    /// with anonymous or pre-shared-key credentials) there is no name to authorize.
    virtual tls::VerifyPeer verify_peer() const = 0;

    /// Reads the files again. On failure everything stays as it was.
    /// Errors: not_supported; those of loading.
    virtual Result<void> reload() = 0;

    /// What a new session starts with (internal to io/tls).
    virtual std::shared_ptr<const tls::LoadedCredentials> loaded() const = 0;

protected:
    TlsCredentials() = default;
};

} // namespace qio
