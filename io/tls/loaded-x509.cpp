// One reading of the files of x509 credentials.
#include "io/tls/loaded-x509.hpp"

#include <optional>

#include "io/tls/certificate-files.hpp"
#include "io/tls/credential-file.hpp"
#include "io/tls/dh-parameters.hpp"
#include "io/tls/priority.hpp"
#include "io/tls/sanity-check.hpp"

namespace qio::tls {

namespace {

constexpr int max_numbered_identities = 4;

using CredentialsHandle =
    Handle<gnutls_certificate_credentials_st, &gnutls_certificate_free_credentials>;

/// What a session needs of it all.
struct Parts {
    Endpoint endpoint;
    VerifyPeer verify_peer;
    std::shared_ptr<const TicketKey> tickets;
    PriorityHandle priority;
    DhHandle dh; // the credentials point to it
    CredentialsHandle credentials;
};

class LoadedX509 final : public LoadedCredentials {
public:
    explicit LoadedX509(Parts parts) : parts_(std::move(parts)) {}

    Result<void> attach(gnutls_session_t session) const override;
    bool has_certificates() const override { return true; }

private:
    const Parts parts_;
};

Result<void> LoadedX509::attach(gnutls_session_t session) const {
    auto status = gnutls_priority_set(session, parts_.priority.get());
    if (status >= 0)
        status = gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE,
                                        parts_.credentials.get());
    if (status < 0)
        return gnutls_error(ErrorKind::io, "TLS session with certificates", status);
    if (parts_.endpoint == Endpoint::client)
        return {};
    // Requested, not required: the check after the handshake refuses who showed none, and
    // can say so.
    gnutls_certificate_server_set_request(session, parts_.verify_peer == VerifyPeer::yes
                                                       ? GNUTLS_CERT_REQUEST
                                                       : GNUTLS_CERT_IGNORE);
    return parts_.tickets ? parts_.tickets->enable(session) : Result<void>();
}

/// Fills credentials from the files that the options name. Used once.
class Loader {
public:
    explicit Loader(const X509Options& options) : options_(options) {}

    Result<Parts> load(std::shared_ptr<const TicketKey> tickets);

private:
    bool is_server() const { return options_.endpoint == Endpoint::server; }
    std::string path(const std::string& name) const {
        return path_in(options_.directory, name);
    }

    Result<void> load_authorities();
    Result<void> load_crls();
    Result<void> load_identities();
    Result<bool> add_identity(const std::string& number);
    Result<void> check(const Identity& identity) const;
    Result<DhHandle> load_dh();

    const X509Options& options_;
    CredentialsHandle credentials_;
    CertificateList authorities_; // those of the directory
};

Result<Parts> Loader::load(std::shared_ptr<const TicketKey> tickets) {
    auto priority = QIO_TRY(make_priority(options_.priority, ""));
    if (!options_.directory.empty())
        QIO_TRY(check_directory(options_.directory));
    gnutls_certificate_credentials_t credentials = nullptr;
    const auto status = gnutls_certificate_allocate_credentials(&credentials);
    if (status < 0)
        return gnutls_error(ErrorKind::exhausted, "x509 credentials", status);
    credentials_.reset(credentials);
    QIO_TRY(load_authorities());
    if (!options_.directory.empty())
        QIO_TRY(load_identities());
    auto dh = QIO_TRY(load_dh());
    return Parts{options_.endpoint,   options_.verify_peer, std::move(tickets),
                 std::move(priority), std::move(dh),        std::move(credentials_)};
}

Result<void> Loader::load_authorities() {
    if (options_.trust_anchors == TrustAnchors::system) {
        const auto count = gnutls_certificate_set_x509_system_trust(credentials_.get());
        if (count <= 0)
            return Error{ErrorKind::not_found, 0,
                         "this system has no authorities that it trusts"};
        return {};
    }
    const auto file = path("ca-cert.pem");
    const auto pem = QIO_TRY(read_required_file(file, max_pem_file));
    authorities_ = QIO_TRY(parse_certificates(pem.view(), file));
    auto pointers = pointers_of(authorities_);
    const auto status = gnutls_certificate_set_x509_trust(
        credentials_.get(), pointers.data(), int(pointers.size()));
    if (status < 0)
        return gnutls_error(ErrorKind::invalid_argument, "'" + file + "'", status);
    return load_crls();
}

// A list that no authority here has signed would revoke nothing, without a word.
Result<void> Loader::load_crls() {
    const auto file = path("ca-crl.pem");
    const auto contents = QIO_TRY(read_file(file, max_pem_file));
    if (!contents)
        return {};
    const auto crls = QIO_TRY(parse_crls(contents->bytes.view(), file));
    const auto issuers = pointers_of(authorities_);
    for (const auto& crl : crls) {
        unsigned verdict = 0;
        const auto status =
            gnutls_x509_crl_verify(crl.get(), issuers.data(), int(issuers.size()),
                                   GNUTLS_VERIFY_DISABLE_TIME_CHECKS, &verdict);
        if (status < 0 || verdict != 0)
            return Error{ErrorKind::invalid_argument, 0,
                         "'" + file + "' has a list that no authority in '" +
                             path("ca-cert.pem") + "' has signed"};
    }
    auto pointers = pointers_of(crls);
    const auto status = gnutls_certificate_set_x509_crl(
        credentials_.get(), pointers.data(), int(pointers.size()));
    if (status < 0)
        return gnutls_error(ErrorKind::invalid_argument, "'" + file + "'", status);
    return {};
}

Result<void> Loader::load_identities() {
    bool has_any = QIO_TRY(add_identity(""));
    for (int number = 0; number < max_numbered_identities; ++number) {
        const bool is_there = QIO_TRY(add_identity("-" + std::to_string(number)));
        if (!is_there)
            break;
        has_any = true;
    }
    if (is_server() && !has_any)
        return Error{ErrorKind::not_found, 0,
                     "a server needs a certificate, and there is no '" +
                         path("server-cert.pem") + "'"};
    return {};
}

/// Whether there was one with that number.
Result<bool> Loader::add_identity(const std::string& number) {
    const std::string role = is_server() ? "server" : "client";
    const auto identity = QIO_TRY(load_identity(path(role + "-cert" + number + ".pem"),
                                                path(role + "-key" + number + ".pem"),
                                                options_.key_password));
    if (!identity)
        return false;
    if (options_.sanity_check == SanityCheck::yes)
        QIO_TRY(check(*identity));
    auto chain = pointers_of(identity->chain);
    const auto status = gnutls_certificate_set_x509_key(
        credentials_.get(), chain.data(), int(chain.size()), identity->key.get());
    if (status == GNUTLS_E_CERTIFICATE_KEY_MISMATCH)
        return Error{ErrorKind::invalid_argument, 0,
                     "'" + identity->key_path + "' is not the key of '" +
                         identity->certificate_path + "'"};
    if (status < 0)
        return gnutls_error(ErrorKind::invalid_argument,
                            "'" + identity->certificate_path + "'", status);
    return true;
}

// Who trusts the system's authorities may still be certified by another one, which the
// server knows.
Result<void> Loader::check(const Identity& identity) const {
    const auto now = std::time(nullptr);
    const CertificateFile chain{identity.certificate_path, identity.chain};
    QIO_TRY(check_chain(chain, options_.endpoint, now));
    if (options_.trust_anchors == TrustAnchors::system)
        return {};
    const auto file = path("ca-cert.pem");
    return check_issuers(chain, {file, authorities_}, now);
}

Result<DhHandle> Loader::load_dh() {
    if (!is_server())
        return DhHandle();
    auto dh = QIO_TRY(load_dh_parameters(options_.directory));
    if (dh)
        gnutls_certificate_set_dh_params(credentials_.get(), dh.get());
    else
        gnutls_certificate_set_known_dh_params(credentials_.get(),
                                               GNUTLS_SEC_PARAM_MEDIUM);
    return dh;
}

} // namespace

Result<std::shared_ptr<const LoadedCredentials>>
load_x509(const X509Options& options, std::shared_ptr<const TicketKey> tickets) {
    auto parts = QIO_TRY(Loader(options).load(std::move(tickets)));
    return std::make_shared<const LoadedX509>(std::move(parts));
}

} // namespace qio::tls
