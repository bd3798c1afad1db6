// Throw-away certificates, keys and revocation lists, made with GnuTLS as a test asks.
#pragma once

#include <gnutls/x509.h>

#include <ctime>
#include <optional>
#include <string>
#include <vector>

#include "io/base/handle.hpp"
#include "tests/support/temporary-folder.hpp"

namespace qio::test {

/// What a certificate says. As it stands: a leaf without any extension but key ids, valid
/// from an hour ago for two hours.
struct CertificateSpec {
    std::string common_name = "somebody";
    std::string country = {}; ///< before the common name; empty = none

    std::optional<bool> is_ca = {}; ///< basic constraints; none = no such extension

    std::optional<unsigned> key_usage = {}; ///< GNUTLS_KEY_…
    bool is_key_usage_critical = true;

    std::vector<std::string> purposes = {}; ///< GNUTLS_KP_…
    bool is_purpose_critical = false;

    std::vector<std::string> dns_names = {};
    std::vector<std::string> ip_addresses = {};

    std::time_t starts_in = -3600; ///< seconds from now
    std::time_t ends_in = 3600;    ///< seconds from now
};

CertificateSpec ca_spec(std::string name);
/// For the names "localhost" and 127.0.0.1, ::1.
CertificateSpec server_spec(std::string name);
CertificateSpec client_spec(std::string name);

/// A certificate and its key (EC, P-256).
class Certificate {
public:
    /// Self-signed. Whatever fails here ends the program: it is the test's own mistake.
    explicit Certificate(const CertificateSpec& spec) : Certificate(spec, nullptr) {}
    /// Signed by `issuer`, whatever that one may be.
    Certificate(const CertificateSpec& spec, const Certificate& issuer)
        : Certificate(spec, &issuer) {}

    gnutls_x509_crt_t get() const { return certificate_.get(); }
    gnutls_x509_privkey_t key() const { return key_.get(); }

    std::string pem() const;
    /// PKCS#8, encrypted if there is a password.
    std::string key_pem(const std::string& password = "") const;
    /// The list of what this one, as an authority, has revoked.
    std::string crl_pem(const std::vector<const Certificate*>& revoked) const;

private:
    Certificate(const CertificateSpec& spec, const Certificate* issuer);
    void reread();

    Handle<gnutls_x509_crt_int, &gnutls_x509_crt_deinit> certificate_;
    Handle<gnutls_x509_privkey_int, &gnutls_x509_privkey_deinit> key_;
};

/// Writes a file, anew if it is there.
void write_file(const std::string& path, const std::string& text);

/// Writes the certificate, then those of `chain`, and the key. "server" goes into
/// server-cert.pem and server-key.pem, "server-0" into server-cert-0.pem and so on.
void write_identity(const TemporaryFolder& folder, const std::string& name,
                    const Certificate& certificate,
                    const std::vector<const Certificate*>& chain = {},
                    const std::string& password = "");

/// An authority, and a server and a client it has certified.
struct Authority {
    Certificate ca{ca_spec("Test Authority")};
    Certificate server{server_spec("server"), ca};
    Certificate client{client_spec("client"), ca};

    /// Writes ca-cert.pem and what both endpoints need, as TlsCredentialsX509 wants it.
    void write_to(const TemporaryFolder& folder) const;
};

} // namespace qio::test
