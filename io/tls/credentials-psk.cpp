// TLS with a key that both sides know already.
#include "io/tls/credentials-psk.hpp"

#include "io/tls/current-credentials.hpp"
#include "io/tls/loaded-psk.hpp"

namespace qio {

using namespace tls;

struct TlsCredentialsPsk::State {
    PskOptions options;
    CurrentCredentials current;
};

namespace {

Result<void> check_options(const PskOptions& options) {
    if (options.directory.empty())
        return Error{ErrorKind::invalid_argument, 0, "PSK credentials need a directory"};
    if (options.endpoint == Endpoint::server && !options.username.empty())
        return Error{ErrorKind::invalid_argument, 0,
                     "PSK credentials of a server take no username: its users are in "
                     "keys.psk"};
    return {};
}

} // namespace

Result<std::shared_ptr<TlsCredentialsPsk>> TlsCredentialsPsk::create(PskOptions options) {
    QIO_TRY(check_options(options));
    if (options.endpoint == Endpoint::client && options.username.empty())
        options.username = "qemu";
    auto state = std::make_unique<State>();
    state->options = std::move(options);
    std::shared_ptr<TlsCredentialsPsk> credentials(
        new TlsCredentialsPsk(std::move(state)));
    QIO_TRY(credentials->reload());
    return credentials;
}

TlsCredentialsPsk::TlsCredentialsPsk(std::unique_ptr<State> state)
    : state_(std::move(state)) {}

TlsCredentialsPsk::~TlsCredentialsPsk() = default;

Endpoint TlsCredentialsPsk::endpoint() const {
    return state_->options.endpoint;
}

Result<void> TlsCredentialsPsk::reload() {
    return state_->current.renew([this] { return load_psk(state_->options); });
}

std::shared_ptr<const LoadedCredentials> TlsCredentialsPsk::loaded() const {
    return state_->current.get();
}

} // namespace qio
