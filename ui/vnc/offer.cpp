// Which security types a client is offered, from the policy and the way it came.
#include "ui/vnc/offer.hpp"

#include <algorithm>
#include <optional>

namespace qio::vnc {

namespace {

using auth::VencryptSubtype;
using Methods = std::vector<LoginMethod>;

bool has(const Methods& methods, LoginMethod method) {
    return std::ranges::find(methods, method) != methods.end();
}

/// A password wins over SASL, as people expect who set both.
Methods first_of(const Methods& methods) {
    for (const auto method : {LoginMethod::password, LoginMethod::sasl,
                              LoginMethod::plain, LoginMethod::rsa_aes})
        if (has(methods, method))
            return {method};
    return {};
}

std::vector<VencryptSubtype> subtypes_for(const Methods& methods, OfferPolicy::Tls tls) {
    const bool x509 = tls == OfferPolicy::Tls::x509;
    std::vector<VencryptSubtype> subtypes;
    if (methods.empty())
        subtypes.push_back(x509 ? VencryptSubtype::X509None : VencryptSubtype::TLSNone);
    if (has(methods, LoginMethod::sasl))
        subtypes.push_back(x509 ? VencryptSubtype::X509SASL : VencryptSubtype::TLSSASL);
    if (has(methods, LoginMethod::plain))
        subtypes.push_back(x509 ? VencryptSubtype::X509Plain : VencryptSubtype::TLSPlain);
    if (has(methods, LoginMethod::password))
        subtypes.push_back(x509 ? VencryptSubtype::X509Vnc : VencryptSubtype::TLSVnc);
    return subtypes;
}

/// Without TLS inside RFB: because it is around, or because nobody asked for it.
Offer without_tls(const Methods& methods, const TransportSecurity& transport) {
    Offer offer;
    const auto add = [&](std::initializer_list<SecurityType> types) {
        offer.types.insert(offer.types.end(), types);
    };
    const bool rsa_aes = has(methods, LoginMethod::rsa_aes);
    if (methods.empty())
        add({SecurityType::None});
    if (rsa_aes && !transport.encrypted)
        add({SecurityType::RA2_256, SecurityType::RA2});
    if (has(methods, LoginMethod::sasl))
        add({SecurityType::SASL});
    // A password as it is goes only where nobody listens.
    if (has(methods, LoginMethod::plain) && (transport.encrypted || transport.is_unix)) {
        add({SecurityType::VeNCrypt});
        offer.subtypes = {VencryptSubtype::Plain};
    }
    if (rsa_aes)
        add({SecurityType::RA2ne_256, SecurityType::RA2ne});
    if (has(methods, LoginMethod::password))
        add({SecurityType::VNCAuthentication});
    if (offer.types.empty())
        offer.why_none = "This server lets nobody in without TLS.";
    return offer;
}

} // namespace

Offer make_offer(const OfferPolicy& policy, const TransportSecurity& transport) {
    if (transport.is_trusted)
        return {.types = {SecurityType::None}};
    const bool one = policy.style == OfferStyle::one;
    const auto methods = one ? first_of(policy.methods) : policy.methods;
    if (policy.needs_certificate && transport.encrypted && transport.peer_dname.empty())
        return {.why_none = "This server asks for a client certificate."};
    Offer offer;
    if (policy.tls == OfferPolicy::Tls::none || transport.encrypted) {
        offer = without_tls(methods, transport);
    } else {
        offer.types = {SecurityType::VeNCrypt};
        offer.subtypes = subtypes_for(methods, policy.tls);
    }
    if (one && offer.types.size() > 1)
        offer.types.resize(1);
    return offer;
}

} // namespace qio::vnc
