// internal: certificates, keys and revocation lists out of PEM text.
#pragma once

#include <optional>
#include <string>

#include "io/tls/gnutls-handles.hpp"
#include "io/tls/secret.hpp"

namespace qio::tls {

/// Certificates that one file may hold; a system's whole trust store has some 150.
constexpr std::size_t max_certificates = 1000;

/// A chain, the leaf first, with its key: who an endpoint is.
struct Identity {
    std::string certificate_path;
    std::string key_path;
    CertificateList chain;
    KeyHandle key;
};

/// All certificates of the text. Errors name `path`.
/// Errors: invalid_argument (there is none, too); limit.
Result<CertificateList> parse_certificates(ByteView pem, const std::string& path);

/// The private key in the text, decrypted if it has to be.
/// Errors: invalid_argument, which says so when the password is missing or wrong.
Result<KeyHandle> parse_key(ByteView pem, const std::string& password,
                            const std::string& path);

/// All revocation lists of the text.
/// Errors: invalid_argument.
Result<CrlList> parse_crls(ByteView pem, const std::string& path);

/// Reads CERTIFICATE_PATH and KEY_PATH; empty if neither is there.
/// Errors: those of reading and parsing; not_found if there is only one of them.
Result<std::optional<Identity>> load_identity(const std::string& certificate_path,
                                              const std::string& key_path,
                                              const std::string& password);

} // namespace qio::tls
