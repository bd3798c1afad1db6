// TLS with a key that both sides know already.
#pragma once

#include <string>

#include "io/tls/credentials.hpp"

namespace qio {

namespace tls {

struct PskOptions {
    Endpoint endpoint = Endpoint::client;
    std::string directory = {};
    /// GnuTLS's syntax; empty: its NORMAL, with TLS 1.2 at least. Its exchanges
    /// give way to those for shared keys.
    std::string priority = {};
    /// Who a client says it is; empty: "qemu". Not for servers.
    std::string username = {};
};

} // namespace tls

/// Pre-shared keys, from two files of a directory:
///
/// - keys.psk (required): lines "user:hexkey", at most 64 KiB; empty lines and lines that
///   begin with '#' are skipped. A server needs the users it lets in, a client itself;
/// - dh-params.pem: Diffie-Hellman parameters of a server (optional, and seldom needed).
///
/// They are read by create() and reload() only, never during a handshake. A user who is
/// not known fails like one with a wrong key.
class QIO_API TlsCredentialsPsk final : public TlsCredentials {
public:
    /// Errors: not_found for what is missing, the client's own user too; what the system
    /// says about files that cannot be read; invalid_argument for what is wrong in them
    /// (with the number of the line) and for a username on a server; limit.
    static Result<std::shared_ptr<TlsCredentialsPsk>> create(tls::PskOptions options);
    ~TlsCredentialsPsk() override;

    tls::Endpoint endpoint() const override;
    tls::VerifyPeer verify_peer() const override { return tls::VerifyPeer::no; }
    Result<void> reload() override;
    std::shared_ptr<const tls::LoadedCredentials> loaded() const override;

private:
    struct State;
    explicit TlsCredentialsPsk(std::unique_ptr<State> state);

    std::unique_ptr<State> state_;
};

} // namespace qio
