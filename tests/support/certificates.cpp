// Throw-away certificates, keys and revocation lists, made with GnuTLS as a test asks.
#include "tests/support/certificates.hpp"

#include <arpa/inet.h>
#include <gnutls/x509-ext.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <span>

#include "io/base/bytes.hpp"

namespace qio::test {

namespace {

void must(int status) {
    if (status >= 0)
        return;
    std::fprintf(stderr, "certificates: %s\n", gnutls_strerror(status));
    std::abort();
}

/// What GnuTLS has allocated for a text or an extension.
class Datum {
public:
    Datum() = default;
    ~Datum() { gnutls_free(datum_.data); }
    Datum(const Datum&) = delete;
    Datum& operator=(const Datum&) = delete;

    gnutls_datum_t* get() { return &datum_; }
    std::string text() const {
        return {reinterpret_cast<const char*>(datum_.data), datum_.size};
    }

private:
    gnutls_datum_t datum_{};
};

void set_name(gnutls_x509_crt_t certificate, const char* oid, const std::string& value) {
    if (!value.empty())
        must(gnutls_x509_crt_set_dn_by_oid(certificate, oid, 0, value.data(),
                                           unsigned(value.size())));
}

void set_serial(gnutls_x509_crt_t certificate) {
    static std::atomic<std::uint32_t> last;
    std::byte serial[4];
    store_be(serial, ++last);
    must(gnutls_x509_crt_set_serial(certificate, serial, sizeof serial));
}

void set_key_usage(gnutls_x509_crt_t certificate, unsigned usage, bool is_critical) {
    Datum extension;
    must(gnutls_x509_ext_export_key_usage(usage, extension.get()));
    must(gnutls_x509_crt_set_extension_by_oid(certificate, GNUTLS_X509EXT_OID_KEY_USAGE,
                                              extension.get()->data,
                                              extension.get()->size, is_critical));
}

void add_alternative_names(gnutls_x509_crt_t certificate, const CertificateSpec& spec) {
    for (const auto& name : spec.dns_names)
        must(gnutls_x509_crt_set_subject_alt_name(certificate, GNUTLS_SAN_DNSNAME,
                                                  name.data(), unsigned(name.size()),
                                                  GNUTLS_FSAN_APPEND));
    for (const auto& text : spec.ip_addresses) {
        unsigned char address[16];
        const bool is_six = text.find(':') != std::string::npos;
        must(inet_pton(is_six ? AF_INET6 : AF_INET, text.c_str(), address) - 1);
        must(gnutls_x509_crt_set_subject_alt_name(certificate, GNUTLS_SAN_IPADDRESS,
                                                  address, is_six ? 16 : 4,
                                                  GNUTLS_FSAN_APPEND));
    }
}

void set_extensions(gnutls_x509_crt_t certificate, const CertificateSpec& spec) {
    if (spec.is_ca)
        must(gnutls_x509_crt_set_basic_constraints(certificate, *spec.is_ca, -1));
    if (spec.key_usage)
        set_key_usage(certificate, *spec.key_usage, spec.is_key_usage_critical);
    for (const auto& purpose : spec.purposes)
        must(gnutls_x509_crt_set_key_purpose_oid(certificate, purpose.c_str(),
                                                 spec.is_purpose_critical));
    add_alternative_names(certificate, spec);
}

Bytes key_id_of(gnutls_x509_crt_t certificate) {
    Bytes id(64);
    auto size = id.size();
    must(gnutls_x509_crt_get_key_id(certificate, 0,
                                    reinterpret_cast<unsigned char*>(id.data()), &size));
    id.resize(size);
    return id;
}

} // namespace

CertificateSpec ca_spec(std::string name) {
    return {.common_name = std::move(name),
            .is_ca = true,
            .key_usage = GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN};
}

CertificateSpec server_spec(std::string name) {
    return {.common_name = std::move(name),
            .is_ca = false,
            .key_usage = GNUTLS_KEY_DIGITAL_SIGNATURE,
            .purposes = {GNUTLS_KP_TLS_WWW_SERVER},
            .dns_names = {"localhost"},
            .ip_addresses = {"127.0.0.1", "::1"}};
}

CertificateSpec client_spec(std::string name) {
    return {.common_name = std::move(name),
            .is_ca = false,
            .key_usage = GNUTLS_KEY_DIGITAL_SIGNATURE,
            .purposes = {GNUTLS_KP_TLS_WWW_CLIENT}};
}

Certificate::Certificate(const CertificateSpec& spec, const Certificate* issuer) {
    gnutls_x509_privkey_t key = nullptr;
    must(gnutls_x509_privkey_init(&key));
    key_.reset(key);
    must(gnutls_x509_privkey_generate(
        key, GNUTLS_PK_EC, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0));

    gnutls_x509_crt_t certificate = nullptr;
    must(gnutls_x509_crt_init(&certificate));
    certificate_.reset(certificate);
    must(gnutls_x509_crt_set_version(certificate, 3));
    must(gnutls_x509_crt_set_key(certificate, key));
    set_serial(certificate);
    set_name(certificate, GNUTLS_OID_X520_COUNTRY_NAME, spec.country);
    set_name(certificate, GNUTLS_OID_X520_COMMON_NAME, spec.common_name);
    const auto now = std::time(nullptr);
    must(gnutls_x509_crt_set_activation_time(certificate, now + spec.starts_in));
    must(gnutls_x509_crt_set_expiration_time(certificate, now + spec.ends_in));
    set_extensions(certificate, spec);

    const auto& signer = issuer ? *issuer : *this;
    const auto id = key_id_of(certificate), signer_id = key_id_of(signer.get());
    must(gnutls_x509_crt_set_subject_key_id(certificate, id.data(), id.size()));
    must(gnutls_x509_crt_set_authority_key_id(certificate, signer_id.data(),
                                              signer_id.size()));
    must(gnutls_x509_crt_sign2(certificate, signer.get(), signer.key(), GNUTLS_DIG_SHA256,
                               0));
    reread();
}

// GnuTLS looks for names in what it has parsed, not in what it was told to set.
void Certificate::reread() {
    Datum der;
    must(gnutls_x509_crt_export2(get(), GNUTLS_X509_FMT_DER, der.get()));
    gnutls_x509_crt_t certificate = nullptr;
    must(gnutls_x509_crt_init(&certificate));
    certificate_.reset(certificate);
    must(gnutls_x509_crt_import(certificate, der.get(), GNUTLS_X509_FMT_DER));
}

std::string Certificate::pem() const {
    Datum pem;
    must(gnutls_x509_crt_export2(get(), GNUTLS_X509_FMT_PEM, pem.get()));
    return pem.text();
}

std::string Certificate::key_pem(const std::string& password) const {
    Datum pem;
    must(gnutls_x509_privkey_export2_pkcs8(
        key(), GNUTLS_X509_FMT_PEM, password.empty() ? nullptr : password.c_str(),
        password.empty() ? unsigned(GNUTLS_PKCS_PLAIN)
                         : unsigned(GNUTLS_PKCS_PBES2_AES_256),
        pem.get()));
    return pem.text();
}

std::string Certificate::crl_pem(const std::vector<const Certificate*>& revoked) const {
    gnutls_x509_crl_t crl = nullptr;
    must(gnutls_x509_crl_init(&crl));
    const Handle<gnutls_x509_crl_int, &gnutls_x509_crl_deinit> owner(crl);
    const auto now = std::time(nullptr);
    must(gnutls_x509_crl_set_version(crl, 2));
    must(gnutls_x509_crl_set_number(crl, "\1", 1));
    must(gnutls_x509_crl_set_this_update(crl, now - 60));
    must(gnutls_x509_crl_set_next_update(crl, now + 3600));
    for (const auto* one : revoked)
        must(gnutls_x509_crl_set_crt(crl, one->get(), now - 60));
    const auto id = key_id_of(get());
    must(gnutls_x509_crl_set_authority_key_id(crl, id.data(), id.size()));
    must(gnutls_x509_crl_sign2(crl, get(), key(), GNUTLS_DIG_SHA256, 0));
    Datum pem;
    must(gnutls_x509_crl_export2(crl, GNUTLS_X509_FMT_PEM, pem.get()));
    return pem.text();
}

void write_file(const std::string& path, const std::string& text) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

void write_identity(const TemporaryFolder& folder, const std::string& name,
                    const Certificate& certificate,
                    const std::vector<const Certificate*>& chain,
                    const std::string& password) {
    auto certificates = certificate.pem();
    for (const auto* one : chain)
        certificates += one->pem();
    const auto dash = name.find('-');
    const auto role = name.substr(0, dash);
    const auto number = dash == std::string::npos ? "" : name.substr(dash);
    write_file(folder.file(role + "-cert" + number + ".pem"), certificates);
    write_file(folder.file(role + "-key" + number + ".pem"),
               certificate.key_pem(password));
}

void Authority::write_to(const TemporaryFolder& folder) const {
    write_file(folder.file("ca-cert.pem"), ca.pem());
    write_identity(folder, "server", server);
    write_identity(folder, "client", client);
}

} // namespace qio::test
