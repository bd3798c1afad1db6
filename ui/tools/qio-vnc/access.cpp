// What viewers of qio-vnc have to show.
#include "ui/tools/qio-vnc/access.hpp"

#include <unistd.h>

#include <cstdlib>
#include <utility>

#include "io/tls/authorization-list-file.hpp"
#include "io/tls/authorization-pam.hpp"
#include "io/tls/authorization-simple.hpp"
#include "io/tls/credentials-anon.hpp"
#include "io/tls/credentials-x509.hpp"
#include "io/tools/password-file.hpp"

namespace qio::bridge {

namespace {

using Credentials = std::shared_ptr<TlsCredentials>;
using AuthorizationRef = std::shared_ptr<const Authorization>;

Result<std::string> secret_of(const Object& object) {
    if (const auto data = object.value("data"); !data.empty())
        return data;
    return read_password_file(object.value("file"));
}

Result<Credentials> make_x509(const Options& options, const Object& object) {
    tls::X509Options wanted{.endpoint = tls::Endpoint::server,
                            .directory = object.value("dir"),
                            .priority = object.value("priority")};
    if (!object.is_on("verify-peer", true))
        wanted.verify_peer = tls::VerifyPeer::no;
    if (!object.is_on("sanity-check", true))
        wanted.sanity_check = tls::SanityCheck::no;
    if (const auto id = object.value("passwordid"); !id.empty()) {
        const auto* const secret = options.object(id);
        if (secret == nullptr || secret->type != "secret")
            return Error{ErrorKind::invalid_argument, 0,
                         "passwordid " + id +
                             ": no such secret; add --object secret,id=" + id +
                             ",file=PATH"};
        wanted.key_password = QIO_TRY(secret_of(*secret));
    }
    return Credentials(QIO_TRY(TlsCredentialsX509::create(std::move(wanted))));
}

Result<Credentials> make_credentials(const Options& options, const Object& object) {
    if (object.type == "tls-creds-x509")
        return make_x509(options, object);
    return Credentials(
        QIO_TRY(TlsCredentialsAnon::create({.endpoint = tls::Endpoint::server,
                                            .directory = object.value("dir"),
                                            .priority = object.value("priority")})));
}

Result<AuthorizationRef> make_authorization(const Object& object) {
    if (object.type == "authz-simple")
        return AuthorizationRef(AuthorizationSimple::create(object.value("identity")));
    if (object.type == "authz-pam")
        return AuthorizationRef(
            QIO_TRY(AuthorizationPam::create({.service = object.value("service")})));
    return AuthorizationRef(QIO_TRY(AuthorizationListFile::create(
        object.value("filename"),
        object.is_on("refresh", true) ? Refresh::yes : Refresh::no)));
}

/// Null for an empty id.
Result<AuthorizationRef> find_authorization(const Options& options,
                                            const std::string& id) {
    if (id.empty())
        return AuthorizationRef();
    auto made = make_authorization(*options.object(id));
    if (!made)
        return std::move(made).error().with_context("--object …,id=" + id);
    return made;
}

/// The password that the service manager hands over; empty: it has none.
std::string credential_file() {
    const char* const folder = std::getenv("CREDENTIALS_DIRECTORY");
    if (folder == nullptr)
        return {};
    const auto path = std::string(folder) + "/vnc-password";
    return access(path.c_str(), F_OK) == 0 ? path : std::string();
}

} // namespace

Result<std::unique_ptr<Access>> Access::create(const Options& options) {
    std::unique_ptr<Access> access(new Access(options));
    QIO_TRY(access->load_tls());
    QIO_TRY(access->load_security());
    if (options.token_key_file.empty())
        return access;
    auto tokens = vnc::TokenAdmission::from_file(options.token_key_file);
    if (!tokens)
        return std::move(tokens).error().with_context("--token-key-file " +
                                                      options.token_key_file);
    access->tokens_ = *std::move(tokens);
    return access;
}

/// The folder of --tls-creds is one of certificates. Clients have to show theirs if
/// somebody is to decide about them.
Result<void> Access::load_tls() {
    const auto& display = options_.display;
    tls_authorization_ = QIO_TRY(find_authorization(options_, display.tls_authz));
    if (options_.tls_folder.empty() && display.tls_creds.empty())
        return {};
    Object folder{"tls-creds-x509", {}, {{"dir", options_.tls_folder}}};
    folder.values["verify-peer"] = tls_authorization_ ? "on" : "off";
    const bool is_folder = display.tls_creds.empty();
    auto made = make_credentials(
        options_, is_folder ? folder : *options_.object(display.tls_creds));
    if (!made)
        return std::move(made).error().with_context(
            is_folder ? "--tls-creds " + options_.tls_folder
                      : "--object …,id=" + display.tls_creds);
    credentials_ = *std::move(made);
    return {};
}

Result<std::optional<std::string>> Access::read_password() const {
    const auto& display = options_.display;
    if (!display.password_secret.empty()) {
        auto secret = secret_of(*options_.object(display.password_secret));
        if (!secret)
            return std::move(secret).error().with_context("password-secret " +
                                                          display.password_secret);
        return *std::move(secret);
    }
    if (password_file_.empty())
        return std::nullopt;
    auto password = read_password_file(password_file_);
    if (!password)
        return std::move(password).error().with_context("password");
    return *std::move(password);
}

Result<void> Access::load_security() {
    const auto& display = options_.display;
    password_file_ = options_.password_file;
    if (password_file_.empty() && !display.sasl)
        password_file_ = credential_file();
    auto password = QIO_TRY(read_password());
    vnc::SecurityOptions wanted{.tls = credentials_,
                                .tls_authorization = tls_authorization_};
    has_password_ = display.password || password;
    if (has_password_)
        wanted.methods.push_back(vnc::LoginMethod::password);
    if (display.sasl)
        wanted.methods.push_back(vnc::LoginMethod::sasl);
    wanted.sasl_authorization = QIO_TRY(find_authorization(options_, display.sasl_authz));
    security_ = QIO_TRY(vnc::Security::create(std::move(wanted)));
    if (password)
        QIO_TRY(security_->set_password(*std::move(password)));
    return {};
}

std::string Access::login() const {
    if (has_password_)
        return "vnc";
    return options_.display.sasl ? "sasl" : "none";
}

std::string Access::auth() const {
    return credentials_ ? "vencrypt" : login();
}

std::string Access::vencrypt_sub_auth() const {
    if (!credentials_)
        return {};
    const auto* const object = options_.object(options_.display.tls_creds);
    const bool is_anonymous = object != nullptr && object->type == "tls-creds-anon";
    return (is_anonymous ? "tls-" : "x509-") + login();
}

Result<void> Access::reload_certificates() {
    if (!credentials_)
        return Error{ErrorKind::not_supported, 0, "there are no certificates"};
    return credentials_->reload();
}

/// What may fail comes first: the certificates are the last of it.
Result<void> Access::reload() {
    auto password = QIO_TRY(read_password());
    if (credentials_)
        if (auto done = credentials_->reload();
            !done && done.error().kind != ErrorKind::not_supported)
            return done;
    if (password)
        QIO_TRY(security_->set_password(*std::move(password)));
    return {};
}

} // namespace qio::bridge
