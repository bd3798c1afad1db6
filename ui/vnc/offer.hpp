// internal: which security types a client is offered, from the policy and the way it
// came.
#pragma once

#include <string>
#include <vector>

#include "ui/vnc/auth/vencrypt.hpp"
#include "ui/vnc/rfb/types.hpp"
#include "ui/vnc/security.hpp"
#include "ui/vnc/transport.hpp"

namespace qio::vnc {

/// What a policy asks of every client, whichever listener it comes by.
struct OfferPolicy {
    enum class Tls : std::uint8_t { none, anonymous, x509 };

    std::vector<LoginMethod> methods{}; ///< empty: everybody may come in
    OfferStyle style = OfferStyle::one;
    Tls tls = Tls::none;
    bool needs_certificate = false; ///< of the client
};

struct Offer {
    std::vector<SecurityType> types{}; ///< the strongest first
    std::vector<auth::VencryptSubtype> subtypes{};
    std::string why_none{}; ///< when there are no types
};

Offer make_offer(const OfferPolicy& policy, const TransportSecurity& transport);

} // namespace qio::vnc
