// Diffie-Hellman parameters in a file that no server would choose by itself.
#pragma once

#include <gnutls/gnutls.h>

#include <string>

namespace qio::test {

constexpr unsigned dh_bits = 3072;

/// The 3072-bit group of RFC 7919 as PKCS #3.
inline std::string dh_parameters_pem() {
    gnutls_dh_params_t parameters = nullptr;
    gnutls_datum_t pem{};
    gnutls_dh_params_init(&parameters);
    gnutls_dh_params_import_raw(parameters, &gnutls_ffdhe_3072_group_prime,
                                &gnutls_ffdhe_3072_group_generator);
    gnutls_dh_params_export2_pkcs3(parameters, GNUTLS_X509_FMT_PEM, &pem);
    gnutls_dh_params_deinit(parameters);
    std::string text(reinterpret_cast<const char*>(pem.data), pem.size);
    gnutls_free(pem.data);
    return text;
}

/// For a client that makes a server take its own parameters: TLS 1.2, one exchange, and
/// no groups of RFC 7919 to choose from.
inline std::string dh_priority(const char* exchange) {
    return std::string("NORMAL:-VERS-ALL:+VERS-TLS1.2:-GROUP-DH-ALL:-KX-ALL:") + exchange;
}

} // namespace qio::test
