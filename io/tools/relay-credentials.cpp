// The credentials that the TLS layers of relay addresses ask for.
#include "io/tools/relay-credentials.hpp"

#include <utility>

#include "io/tls/authorization-list-file.hpp"
#include "io/tls/credentials-anon.hpp"
#include "io/tls/credentials-psk.hpp"
#include "io/tls/credentials-x509.hpp"
#include "io/tools/password-file.hpp"
#include "io/tools/relay-layers.hpp"

namespace qio::relay {

namespace {

using tls::Endpoint;
using CredentialsResult = Result<std::shared_ptr<TlsCredentials>>;

Error wrong(std::string message) {
    return {ErrorKind::invalid_argument, 0, std::move(message)};
}

/// Empty for no file.
Result<std::string> read_password(const std::string& path) {
    if (path.empty())
        return std::string();
    auto password = read_password_file(path);
    if (!password)
        return std::move(password).error().with_context("password-file");
    return password;
}

template <class T>
CredentialsResult as_credentials(Result<std::shared_ptr<T>> made) {
    if (!made)
        return std::move(made).error();
    return std::shared_ptr<TlsCredentials>(*std::move(made));
}

CredentialsResult make_x509(const TlsLayer& layer, Endpoint endpoint) {
    const bool is_client = endpoint == Endpoint::client;
    if (!is_client && layer.dir.empty())
        return wrong("a TLS server needs its certificate; write tls{dir=FOLDER}, or "
                     "tls{anon}");
    const bool verifies = layer.verify.value_or(is_client || !layer.authz_file.empty());
    tls::X509Options options{.endpoint = endpoint, .directory = layer.dir};
    options.trust_anchors =
        layer.dir.empty() ? tls::TrustAnchors::system : tls::TrustAnchors::directory;
    options.verify_peer = verifies ? tls::VerifyPeer::yes : tls::VerifyPeer::no;
    options.priority = layer.priority;
    options.key_password = QIO_TRY(read_password(layer.password_file));
    return as_credentials(TlsCredentialsX509::create(std::move(options)));
}

CredentialsResult make_credentials(const TlsLayer& layer, Endpoint endpoint) {
    if (layer.anon)
        return as_credentials(TlsCredentialsAnon::create(
            {.endpoint = endpoint, .directory = layer.dir, .priority = layer.priority}));
    if (!layer.psk)
        return make_x509(layer, endpoint);
    if (layer.dir.empty())
        return wrong("psk needs the folder with keys.psk; write tls{psk,dir=FOLDER}");
    return as_credentials(TlsCredentialsPsk::create({.endpoint = endpoint,
                                                     .directory = layer.dir,
                                                     .priority = layer.priority,
                                                     .username = *layer.psk}));
}

Result<TlsParts> make_parts(const TlsLayer& layer, Endpoint endpoint) {
    TlsParts parts{QIO_TRY(make_credentials(layer, endpoint)), nullptr};
    if (layer.authz_file.empty())
        return parts;
    if (parts.credentials->verify_peer() == tls::VerifyPeer::no)
        return wrong("authz-file needs peers that prove who they are; leave out "
                     "verify=no, anon and psk");
    parts.authorization = QIO_TRY(AuthorizationListFile::create(layer.authz_file));
    return parts;
}

} // namespace

Result<TlsParts> CredentialStore::get(const TlsLayer& layer, Endpoint endpoint) {
    const std::pair key(endpoint, to_string(Layer(layer)));
    if (const auto known = parts_.find(key); known != parts_.end())
        return known->second;
    auto parts = make_parts(layer, endpoint);
    if (!parts)
        return std::move(parts).error().with_context(key.second);
    return parts_.emplace(key, *std::move(parts)).first->second;
}

std::vector<Error> CredentialStore::reload() {
    std::vector<Error> errors;
    for (const auto& [key, parts] : parts_)
        if (auto done = parts.credentials->reload();
            !done && done.error().kind != ErrorKind::not_supported)
            errors.push_back(std::move(done).error().with_context(key.second));
    return errors;
}

} // namespace qio::relay
