// internal: whether the peer is who it should be, once the handshake is complete.
#pragma once

#include <gnutls/gnutls.h>

#include <memory>
#include <string>

#include "io/base/error.hpp"
#include "io/tls/authorization.hpp"
#include "io/tls/credentials.hpp"

namespace qio::tls {

/// What is asked of the peer.
struct PeerPolicy {
    /// Whether a certificate is verified at all.
    VerifyPeer verify = VerifyPeer::yes;
    /// The name or IP address that the certificate must have; empty = any.
    std::string name{};
    /// Who may come in, by the certificate's distinguished name; null = whoever is
    /// verified.
    std::shared_ptr<const Authorization> authorization{};
};

/// Why a peer is refused, and what it is told.
struct Refusal {
    Error error;
    gnutls_alert_description_t alert;
};

/// Looks at the certificates of a `session` whose handshake is complete, resumed ones
/// included. Returns the distinguished name ("C=UK,CN=qemu"), "" if nothing is verified.
std::expected<std::string, Refusal>
check_peer(gnutls_session_t session, Endpoint endpoint, const PeerPolicy& policy);

} // namespace qio::tls
