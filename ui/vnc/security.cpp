// Who may use a VNC server: what clients are asked for, and who decides.
#include "ui/vnc/security.hpp"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <optional>

#include "io/tls/authorization-check.hpp"
#include "io/tls/credentials-anon.hpp"
#include "io/tls/credentials-psk.hpp"
#include "ui/vnc/auth/sasl.hpp"
#include "ui/vnc/security-state.hpp"

namespace qio::vnc {

namespace {

Error wrong(const char* what) {
    return {ErrorKind::invalid_argument, 0, what};
}

Result<OfferPolicy::Tls> kind_of(const TlsCredentials* tls,
                                 const Authorization* authorization) {
    if (tls == nullptr && authorization != nullptr)
        return wrong("there is no TLS whose clients could be authorized");
    if (tls == nullptr)
        return OfferPolicy::Tls::none;
    if (tls->endpoint() != tls::Endpoint::server)
        return wrong("the TLS credentials are a client's");
    if (dynamic_cast<const TlsCredentialsPsk*>(tls) != nullptr)
        return wrong("VNC has no TLS with shared keys");
    QIO_TRY(tls::check_authorization_usable(*tls, authorization));
    return dynamic_cast<const TlsCredentialsAnon*>(tls) != nullptr
               ? OfferPolicy::Tls::anonymous
               : OfferPolicy::Tls::x509;
}

Result<void> check_methods(const SecurityState& state) {
    const auto& options = state.options;
    if (state.asks(LoginMethod::sasl) && !auth::has_sasl())
        return Error{ErrorKind::not_supported, 0, "built without SASL (cyrus-sasl)"};
    if (options.sasl_authorization && !state.asks(LoginMethod::sasl))
        return wrong("there is no SASL whose users could be authorized");
    if (options.check_password && !state.asks(LoginMethod::plain))
        return wrong("nobody is asked for a user's password");
    if (state.asks(LoginMethod::rsa_aes) && !state.asks(LoginMethod::password) &&
        !state.asks(LoginMethod::plain))
        return wrong("RSA-AES needs the password of a display, or of a user");
    return {};
}

std::optional<auth::EpochSeconds> number(std::string_view text) {
    auth::EpochSeconds value = 0;
    const auto* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || stop != end || value < 0)
        return std::nullopt;
    return value;
}

} // namespace

bool SecurityState::asks(LoginMethod method) const {
    return std::ranges::find(options.methods, method) != options.methods.end();
}

Security::Security(std::shared_ptr<SecurityState> state) : state_(std::move(state)) {}

Security::~Security() = default;

Result<std::shared_ptr<Security>> Security::create(SecurityOptions options) {
    auto state = std::make_shared<SecurityState>();
    state->policy.tls =
        QIO_TRY(kind_of(options.tls.get(), options.tls_authorization.get()));
    state->policy.methods = options.methods;
    state->policy.style = options.style;
    state->policy.needs_certificate =
        options.tls && options.tls->verify_peer() == tls::VerifyPeer::yes;
    state->options = std::move(options);
    QIO_TRY(check_methods(*state));
    if (!state->options.rsa_key_pem.empty())
        state->rsa_key = QIO_TRY(auth::RsaKeyPair::from_pem(state->options.rsa_key_pem));
    return std::shared_ptr<Security>(new Security(std::move(state)));
}

Result<void> Security::set_password(std::string password) {
    if (!state_->asks(LoginMethod::password))
        return wrong("clients are not asked for a password");
    state_->passwords.control = std::move(password);
    return {};
}

Result<void> Security::set_view_only_password(std::string password) {
    if (!state_->asks(LoginMethod::password))
        return wrong("clients are not asked for a password");
    state_->passwords.view_only = std::move(password);
    return {};
}

Result<void> Security::expire_password(std::string_view when) {
    if (!state_->asks(LoginMethod::password))
        return wrong("clients are not asked for a password");
    auto& expires = state_->passwords.expires;
    if (when == "never")
        return expires.reset(), Result<void>();
    if (when == "now")
        return expires = 0, Result<void>();
    const bool is_relative = when.starts_with('+');
    const auto seconds = number(when.substr(is_relative ? 1 : 0));
    const auto now = auth::EpochSeconds(std::time(nullptr));
    if (!seconds || *seconds > INT64_MAX - now)
        return wrong("not a time; give now, never, +SECONDS or seconds since 1970");
    expires = is_relative ? now + *seconds : *seconds;
    return {};
}

Result<void> Security::set_tls(std::shared_ptr<TlsCredentials> tls,
                               std::shared_ptr<const Authorization> authorization) {
    const auto kind = QIO_TRY(kind_of(tls.get(), authorization.get()));
    if (kind != state_->policy.tls || kind == OfferPolicy::Tls::none)
        return wrong("TLS credentials give way to others of their kind only");
    state_->policy.needs_certificate = tls->verify_peer() == tls::VerifyPeer::yes;
    state_->options.tls = std::move(tls);
    state_->options.tls_authorization = std::move(authorization);
    return {};
}

void Security::set_sasl_authorization(
    std::shared_ptr<const Authorization> authorization) {
    state_->options.sasl_authorization = std::move(authorization);
}

void Security::set_authorize(Authorize authorize) {
    state_->options.authorize = std::move(authorize);
}

Result<void> Security::set_check_password(CheckPassword check) {
    if (!state_->asks(LoginMethod::plain))
        return wrong("nobody is asked for a user's password");
    state_->options.check_password = std::move(check);
    return {};
}

std::shared_ptr<TlsCredentials> Security::tls() const {
    return state_->options.tls;
}

std::shared_ptr<const Authorization> Security::tls_authorization() const {
    return state_->options.tls_authorization;
}

} // namespace qio::vnc
