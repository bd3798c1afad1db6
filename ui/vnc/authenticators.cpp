// Makes the authenticators that a policy allows.
#include "ui/vnc/auth/none.hpp"
#include "ui/vnc/auth/plain.hpp"
#include "ui/vnc/auth/rsa-aes.hpp"
#include "ui/vnc/auth/sasl.hpp"
#include "ui/vnc/auth/vencrypt.hpp"
#include "ui/vnc/auth/vnc-authentication.hpp"
#include "ui/vnc/security-state.hpp"

namespace qio::vnc {

namespace {

using auth::Authenticator;
using auth::VencryptSubtype;
using State = std::shared_ptr<SecurityState>;
using Made = Result<std::unique_ptr<Authenticator>>;

auth::CurrentPasswords passwords_of(const State& state) {
    return [state] { return state->passwords; };
}

Made make_sasl(const State& state, const auth::Way& way) {
    auth::SaslOptions options{.application = state->options.sasl_application};
    options.authorize = [state](std::string_view user) -> Result<bool> {
        const auto& authorization = state->options.sasl_authorization;
        return authorization ? authorization->is_allowed(user) : Result<bool>(true);
    };
    return auth::make_sasl(options, way);
}

Made make_inside(const State& state, VencryptSubtype subtype, const auth::Way& way) {
    switch (subtype) {
    case VencryptSubtype::TLSNone:
    case VencryptSubtype::X509None:
        return std::make_unique<auth::None>(auth::None::HasResult::always);
    case VencryptSubtype::TLSVnc:
    case VencryptSubtype::X509Vnc:
        return std::make_unique<auth::VncAuthentication>(passwords_of(state));
    case VencryptSubtype::Plain:
    case VencryptSubtype::TLSPlain:
    case VencryptSubtype::X509Plain:
        return std::make_unique<auth::Plain>();
    case VencryptSubtype::TLSSASL:
    case VencryptSubtype::X509SASL:
        return make_sasl(state, way);
    }
    std::unreachable();
}

Made make_rsa_aes(const State& state, SecurityType type) {
    using Options = auth::RsaAesOptions;
    Options options;
    if (type == SecurityType::RA2_256 || type == SecurityType::RA2ne_256)
        options.bits = Options::Bits::aes256;
    if (type == SecurityType::RA2ne || type == SecurityType::RA2ne_256)
        options.session = Options::Session::clear;
    if (state->asks(LoginMethod::plain))
        options.credentials = Options::Credentials::user_and_password;
    return std::make_unique<auth::RsaAes>(options, state->key(), passwords_of(state));
}

} // namespace

const std::shared_ptr<const auth::RsaKeyPair>& SecurityState::key() {
    if (!rsa_key)
        rsa_key = auth::RsaKeyPair::generate();
    return rsa_key;
}

Made make_authenticator(const State& state, const Offer& offer, SecurityType type,
                        const auth::Way& way) {
    switch (type) {
    case SecurityType::None:
        return std::make_unique<auth::None>(auth::None::HasResult::from_3_8);
    case SecurityType::VNCAuthentication:
        return std::make_unique<auth::VncAuthentication>(passwords_of(state));
    case SecurityType::VeNCrypt:
        return std::make_unique<auth::Vencrypt>(
            offer.subtypes, way,
            [state](VencryptSubtype subtype, const auth::Way& inside) {
                return make_inside(state, subtype, inside);
            });
    case SecurityType::SASL:
        return make_sasl(state, way);
    case SecurityType::RA2:
    case SecurityType::RA2ne:
    case SecurityType::RA2_256:
    case SecurityType::RA2ne_256:
        return make_rsa_aes(state, type);
    case SecurityType::Invalid:
        break;
    }
    return Error{ErrorKind::protocol, 0, "no such security type"};
}

} // namespace qio::vnc
