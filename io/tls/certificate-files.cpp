// Certificates, keys and revocation lists out of PEM text.
#include "io/tls/certificate-files.hpp"

#include <span>

#include "io/tls/credential-file.hpp"

namespace qio::tls {

namespace {

Error in_file(const std::string& path, int status) {
    return gnutls_error(ErrorKind::invalid_argument, "'" + path + "'", status);
}

/// Takes over a list that GnuTLS has allocated.
template <class Owner, class T>
std::vector<Owner> adopt(T* list, unsigned size) {
    std::vector<Owner> owners;
    for (T one : std::span(list, size))
        owners.emplace_back(one);
    gnutls_free(list);
    return owners;
}

Error key_error(const std::string& path, const std::string& password, int status) {
    const bool is_encrypted =
        status == GNUTLS_E_DECRYPTION_FAILED || status == GNUTLS_E_PK_INVALID_PUBKEY;
    if (!is_encrypted)
        return in_file(path, status);
    return {ErrorKind::invalid_argument, 0,
            "'" + path +
                (password.empty() ? "' is encrypted, and there is no password for it"
                                  : "' is not decrypted by the password")};
}

} // namespace

Result<CertificateList> parse_certificates(ByteView pem, const std::string& path) {
    gnutls_x509_crt_t* list = nullptr;
    unsigned size = 0;
    const auto text = datum_of(pem);
    const auto status =
        gnutls_x509_crt_list_import2(&list, &size, &text, GNUTLS_X509_FMT_PEM, 0);
    if (status < 0)
        return in_file(path, status);
    auto certificates = adopt<CertificateHandle>(list, size);
    if (certificates.size() > max_certificates)
        return Error{ErrorKind::limit, 0,
                     "'" + path + "' has more than " + std::to_string(max_certificates) +
                         " certificates"};
    return certificates;
}

Result<KeyHandle> parse_key(ByteView pem, const std::string& password,
                            const std::string& path) {
    gnutls_x509_privkey_t key = nullptr;
    auto status = gnutls_x509_privkey_init(&key);
    if (status < 0)
        return gnutls_error(ErrorKind::exhausted, path, status);
    KeyHandle owner(key);
    const auto text = datum_of(pem);
    status =
        gnutls_x509_privkey_import2(key, &text, GNUTLS_X509_FMT_PEM,
                                    password.empty() ? nullptr : password.c_str(), 0);
    if (status < 0)
        return key_error(path, password, status);
    return owner;
}

Result<CrlList> parse_crls(ByteView pem, const std::string& path) {
    gnutls_x509_crl_t* list = nullptr;
    unsigned size = 0;
    const auto text = datum_of(pem);
    const auto status =
        gnutls_x509_crl_list_import2(&list, &size, &text, GNUTLS_X509_FMT_PEM, 0);
    if (status < 0)
        return in_file(path, status);
    return adopt<CrlHandle>(list, size);
}

Result<std::optional<Identity>> load_identity(const std::string& certificate_path,
                                              const std::string& key_path,
                                              const std::string& password) {
    const auto certificate = QIO_TRY(read_file(certificate_path, max_pem_file));
    const auto key = QIO_TRY(read_file(key_path, max_pem_file));
    if (!certificate && !key)
        return std::nullopt;
    if (!certificate || !key)
        return Error{ErrorKind::not_found, 0,
                     "'" + (key ? key_path : certificate_path) + "' is there without '" +
                         (key ? certificate_path : key_path) + "'"};
    Identity identity{.certificate_path = certificate_path,
                      .key_path = key_path,
                      .chain = {},
                      .key = {}};
    identity.chain =
        QIO_TRY(parse_certificates(certificate->bytes.view(), certificate_path));
    identity.key = QIO_TRY(parse_key(key->bytes.view(), password, key_path));
    return identity;
}

} // namespace qio::tls
