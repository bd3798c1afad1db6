// internal: finds out before anybody connects why a certificate would be refused.
#pragma once

#include <ctime>
#include <span>
#include <string>
#include <string_view>

#include "io/tls/credentials.hpp"
#include "io/tls/gnutls-handles.hpp"

namespace qio::tls {

/// Who a certificate is to be.
enum class CertificateUse : std::uint8_t { server, client, authority };

/// Checks one certificate by itself: its time, its basic constraints, what its key may be
/// used for. An extension that is not critical, or not there, does not forbid a use.
/// Errors: invalid_argument: PATH, the certificate's subject, what is wrong and what to
/// do. Source: RFC 5280 §4.1.2.5, §4.2.1.3, §4.2.1.9, §4.2.1.12.
Result<void> check_certificate(gnutls_x509_crt_t certificate, CertificateUse use,
                               std::string_view path, std::time_t now);

/// What an endpoint shows, or trusts, and the file it came from.
struct CertificateFile {
    std::string_view path;
    std::span<const CertificateHandle> certificates;
};

/// Checks each certificate of a chain, the leaf first, and that each is issued by the
/// next. Errors: as above.
Result<void> check_chain(const CertificateFile& chain, Endpoint endpoint,
                         std::time_t now);

/// Checks the way from the end of the chain up to a self-signed authority, and then the
/// signatures.
/// Errors: as above.
Result<void> check_issuers(const CertificateFile& chain,
                           const CertificateFile& authorities, std::time_t now);

/// The subject of a certificate for messages, in the order of its parts there:
/// "C=UK,CN=server".
std::string subject_of(gnutls_x509_crt_t certificate);

} // namespace qio::tls
