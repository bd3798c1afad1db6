// One reading of the file of pre-shared keys.
#include "io/tls/loaded-psk.hpp"

#include <gnutls/crypto.h>

#include <cstring>

#include "io/tls/credential-file.hpp"
#include "io/tls/dh-parameters.hpp"
#include "io/tls/priority.hpp"
#include "io/tls/psk-keys.hpp"

namespace qio::tls {

namespace {

// In place of all others: a server would choose the certificates that it does not have.
constexpr std::string_view exchanges = "-KX-ALL:+ECDHE-PSK:+DHE-PSK:+PSK";

Result<PskKeys> load_keys(const std::string& directory) {
    const auto path = path_in(directory, "keys.psk");
    const auto contents = QIO_TRY(read_required_file(path, max_psk_file));
    auto keys = PskKeys::parse(contents.text());
    if (!keys)
        return std::move(keys).error().with_context("'" + path + "'");
    return keys;
}

class PskClient final : public LoadedCredentials {
public:
    Result<void> load(const PskOptions& options);
    Result<void> attach(gnutls_session_t session) const override;
    bool has_certificates() const override { return false; }

private:
    PriorityHandle priority_;
    Handle<gnutls_psk_client_credentials_st, &gnutls_psk_free_client_credentials>
        credentials_;
};

class PskServer final : public LoadedCredentials {
public:
    Result<void> load(const PskOptions& options);
    Result<void> attach(gnutls_session_t session) const override;
    bool has_certificates() const override { return false; }

private:
    static int find_key(gnutls_session_t session, const gnutls_datum_t* user,
                        gnutls_datum_t* key) noexcept;
    int give_key(std::string_view user, gnutls_datum_t* key) const;

    PriorityHandle priority_;
    PskKeys keys_;
    DhHandle dh_; // the credentials point to it
    Handle<gnutls_psk_server_credentials_st, &gnutls_psk_free_server_credentials>
        credentials_;
};

Result<void> attach_to(gnutls_session_t session, gnutls_priority_t priority,
                       void* credentials) {
    auto status = gnutls_priority_set(session, priority);
    if (status >= 0)
        status = gnutls_credentials_set(session, GNUTLS_CRD_PSK, credentials);
    if (status < 0)
        return gnutls_error(ErrorKind::io, "TLS session with shared keys", status);
    return {};
}

Result<void> PskClient::load(const PskOptions& options) {
    priority_ = QIO_TRY(make_priority(options.priority, exchanges));
    const auto keys = QIO_TRY(load_keys(options.directory));
    const auto key = keys.find(options.username);
    if (!key)
        return Error{ErrorKind::not_found, 0,
                     "'" + path_in(options.directory, "keys.psk") + "' has no key for '" +
                         options.username + "'"};
    gnutls_psk_client_credentials_t credentials = nullptr;
    auto status = gnutls_psk_allocate_client_credentials(&credentials);
    if (status < 0)
        return gnutls_error(ErrorKind::exhausted, "PSK credentials", status);
    credentials_.reset(credentials);
    const auto user_datum = datum_of(as_bytes(options.username));
    const auto key_datum = datum_of(*key);
    status = gnutls_psk_set_client_credentials2(credentials, &user_datum, &key_datum,
                                                GNUTLS_PSK_KEY_RAW);
    if (status < 0)
        return gnutls_error(ErrorKind::invalid_argument, "PSK credentials", status);
    return {};
}

Result<void> PskClient::attach(gnutls_session_t session) const {
    return attach_to(session, priority_.get(), credentials_.get());
}

Result<void> PskServer::load(const PskOptions& options) {
    priority_ = QIO_TRY(make_priority(options.priority, exchanges));
    keys_ = QIO_TRY(load_keys(options.directory));
    dh_ = QIO_TRY(load_dh_parameters(options.directory));
    gnutls_psk_server_credentials_t credentials = nullptr;
    const auto status = gnutls_psk_allocate_server_credentials(&credentials);
    if (status < 0)
        return gnutls_error(ErrorKind::exhausted, "PSK credentials", status);
    credentials_.reset(credentials);
    gnutls_psk_set_server_credentials_function2(credentials, &find_key);
    if (dh_)
        gnutls_psk_set_server_dh_params(credentials, dh_.get());
    else
        gnutls_psk_set_server_known_dh_params(credentials, GNUTLS_SEC_PARAM_MEDIUM);
    return {};
}

// The callback has no pointer of its own, and the session's belongs to the session. The
// one of its cache is free, since there is no cache: resuming goes by tickets. Shared
// keys get no tickets: a user who is struck from the file could go on with one.
Result<void> PskServer::attach(gnutls_session_t session) const {
    gnutls_db_set_ptr(session, const_cast<PskServer*>(this));
    return attach_to(session, priority_.get(), credentials_.get());
}

int PskServer::find_key(gnutls_session_t session, const gnutls_datum_t* user,
                        gnutls_datum_t* key) noexcept {
    const auto* self = static_cast<const PskServer*>(gnutls_db_get_ptr(session));
    if (!self)
        return -1;
    return self->give_key({reinterpret_cast<const char*>(user->data), user->size}, key);
}

// Whoever is not known gets a key that nobody has, and fails where a wrong key fails: a
// stranger cannot find out who is known.
int PskServer::give_key(std::string_view user, gnutls_datum_t* key) const {
    constexpr std::size_t random_size = 32;
    const auto found = keys_.find(user);
    const auto size = found ? found->size() : random_size;
    key->data = static_cast<unsigned char*>(gnutls_malloc(size));
    if (!key->data)
        return -1;
    key->size = unsigned(size);
    if (!found)
        return gnutls_rnd(GNUTLS_RND_KEY, key->data, size);
    std::memcpy(key->data, found->data(), size);
    return 0;
}

template <class Loaded>
Result<std::shared_ptr<const LoadedCredentials>> load(const PskOptions& options) {
    auto loaded = std::make_shared<Loaded>();
    QIO_TRY(loaded->load(options));
    return std::shared_ptr<const LoadedCredentials>(std::move(loaded));
}

} // namespace

Result<std::shared_ptr<const LoadedCredentials>> load_psk(const PskOptions& options) {
    QIO_TRY(check_directory(options.directory));
    return options.endpoint == Endpoint::server ? load<PskServer>(options)
                                                : load<PskClient>(options);
}

} // namespace qio::tls
