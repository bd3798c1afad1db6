// TLS with certificates, from files of fixed names in one directory.
#include "io/tls/credentials-x509.hpp"

#include <string.h>

#include "io/tls/current-credentials.hpp"
#include "io/tls/loaded-x509.hpp"

namespace qio {

using namespace tls;

struct TlsCredentialsX509::State {
    X509Options options;
    std::shared_ptr<const TicketKey> tickets;
    CurrentCredentials current;

    ~State() { explicit_bzero(options.key_password.data(), options.key_password.size()); }
};

namespace {

Result<void> check_options(const X509Options& options) {
    if (options.trust_anchors == TrustAnchors::system) {
        if (options.endpoint == Endpoint::server)
            return Error{ErrorKind::invalid_argument, 0,
                         "x509 credentials of a server cannot trust the system's "
                         "authorities: they certify no clients"};
    } else if (options.directory.empty()) {
        return Error{ErrorKind::invalid_argument, 0, "x509 credentials need a directory"};
    }
    return {};
}

} // namespace

Result<std::shared_ptr<TlsCredentialsX509>>
TlsCredentialsX509::create(X509Options options) {
    QIO_TRY(check_options(options));
    auto state = std::make_unique<State>();
    state->options = std::move(options);
    if (state->options.endpoint == Endpoint::server)
        state->tickets = QIO_TRY(TicketKey::create());
    std::shared_ptr<TlsCredentialsX509> credentials(
        new TlsCredentialsX509(std::move(state)));
    QIO_TRY(credentials->reload());
    return credentials;
}

TlsCredentialsX509::TlsCredentialsX509(std::unique_ptr<State> state)
    : state_(std::move(state)) {}

TlsCredentialsX509::~TlsCredentialsX509() = default;

Endpoint TlsCredentialsX509::endpoint() const {
    return state_->options.endpoint;
}

VerifyPeer TlsCredentialsX509::verify_peer() const {
    return state_->options.verify_peer;
}

Result<void> TlsCredentialsX509::reload() {
    return state_->current.renew(
        [this] { return load_x509(state_->options, state_->tickets); });
}

std::shared_ptr<const LoadedCredentials> TlsCredentialsX509::loaded() const {
    return state_->current.get();
}

} // namespace qio
