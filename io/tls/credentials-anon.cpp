// TLS that hides what is said and proves nothing about who says it.
#include "io/tls/credentials-anon.hpp"

#include "io/tls/credential-file.hpp"
#include "io/tls/dh-parameters.hpp"
#include "io/tls/loaded-credentials.hpp"
#include "io/tls/priority.hpp"

namespace qio {

using namespace tls;

namespace {

// In place of all others: a server would choose the certificates that it does not have.
constexpr std::string_view exchanges = "-KX-ALL:+ANON-ECDH:+ANON-DH";

class LoadedAnon final : public LoadedCredentials {
public:
    Result<void> load(const AnonOptions& options) {
        priority_ = QIO_TRY(make_priority(options.priority, exchanges));
        if (!options.directory.empty())
            QIO_TRY(check_directory(options.directory));
        return options.endpoint == Endpoint::server ? load_server(options.directory)
                                                    : load_client();
    }

    Result<void> attach(gnutls_session_t session) const override {
        void* credentials = server_ ? static_cast<void*>(server_.get()) : client_.get();
        auto status = gnutls_priority_set(session, priority_.get());
        if (status >= 0)
            status = gnutls_credentials_set(session, GNUTLS_CRD_ANON, credentials);
        if (status < 0)
            return gnutls_error(ErrorKind::io, "anonymous TLS session", status);
        return {};
    }

    bool has_certificates() const override { return false; }

private:
    Result<void> load_server(const std::string& directory) {
        dh_ = QIO_TRY(load_dh_parameters(directory));
        gnutls_anon_server_credentials_t credentials = nullptr;
        const auto status = gnutls_anon_allocate_server_credentials(&credentials);
        if (status < 0)
            return gnutls_error(ErrorKind::exhausted, "anonymous credentials", status);
        server_.reset(credentials);
        if (dh_)
            gnutls_anon_set_server_dh_params(credentials, dh_.get());
        else
            gnutls_anon_set_server_known_dh_params(credentials, GNUTLS_SEC_PARAM_MEDIUM);
        return {};
    }

    Result<void> load_client() {
        gnutls_anon_client_credentials_t credentials = nullptr;
        const auto status = gnutls_anon_allocate_client_credentials(&credentials);
        if (status < 0)
            return gnutls_error(ErrorKind::exhausted, "anonymous credentials", status);
        client_.reset(credentials);
        return {};
    }

    PriorityHandle priority_;
    DhHandle dh_; // the server's credentials point to it
    Handle<gnutls_anon_server_credentials_st, &gnutls_anon_free_server_credentials>
        server_;
    Handle<gnutls_anon_client_credentials_st, &gnutls_anon_free_client_credentials>
        client_;
};

} // namespace

Result<std::shared_ptr<TlsCredentialsAnon>>
TlsCredentialsAnon::create(AnonOptions options) {
    auto loaded = std::make_shared<LoadedAnon>();
    QIO_TRY(loaded->load(options));
    return std::shared_ptr<TlsCredentialsAnon>(
        new TlsCredentialsAnon(options.endpoint, std::move(loaded)));
}

TlsCredentialsAnon::TlsCredentialsAnon(Endpoint endpoint,
                                       std::shared_ptr<const LoadedCredentials> loaded)
    : endpoint_(endpoint), loaded_(std::move(loaded)) {}

TlsCredentialsAnon::~TlsCredentialsAnon() = default;

Result<void> TlsCredentialsAnon::reload() {
    return Error{ErrorKind::not_supported, 0,
                 "anonymous credentials have nothing to "
                 "reload"};
}

std::shared_ptr<const LoadedCredentials> TlsCredentialsAnon::loaded() const {
    return loaded_;
}

} // namespace qio
