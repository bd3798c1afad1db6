// internal: what a Security knows, for those who ask clients.
#pragma once

#include "ui/vnc/auth/attempt-limiter.hpp"
#include "ui/vnc/auth/passwords.hpp"
#include "ui/vnc/auth/rsa-key.hpp"
#include "ui/vnc/offer.hpp"
#include "ui/vnc/security.hpp"

namespace qio::vnc {

struct SecurityState {
    SecurityOptions options;
    OfferPolicy policy;
    auth::Passwords passwords;
    auth::AttemptLimiter limiter;
    std::shared_ptr<const auth::RsaKeyPair> rsa_key; // made when it is needed

    bool asks(LoginMethod method) const;
    const std::shared_ptr<const auth::RsaKeyPair>& key();
};

/// Makes what a client chose from the offer.
/// Errors: those of the libraries behind it.
Result<std::unique_ptr<auth::Authenticator>>
make_authenticator(const std::shared_ptr<SecurityState>& state, const Offer& offer,
                   SecurityType type, const auth::Way& way);

} // namespace qio::vnc
