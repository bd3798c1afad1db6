// Whether the peer is who it should be, once the handshake is complete.
#include "io/tls/peer-check.hpp"

#include <gnutls/x509.h>

#include <array>

#include "io/base/handle.hpp"

namespace qio::tls {

namespace {

struct Fault {
    unsigned bit;
    const char* words;
    gnutls_alert_description_t alert;
};

// The first one that is set decides on the alert; all of them are told to our side.
constexpr Fault faults[] = {
    {GNUTLS_CERT_REVOKED, "is revoked", GNUTLS_A_CERTIFICATE_REVOKED},
    {GNUTLS_CERT_INSECURE_ALGORITHM, "uses an insecure algorithm",
     GNUTLS_A_BAD_CERTIFICATE},
    {GNUTLS_CERT_SIGNER_NOT_FOUND, "has an unknown issuer", GNUTLS_A_UNKNOWN_CA},
    {GNUTLS_CERT_SIGNER_NOT_CA, "has an issuer that is no authority",
     GNUTLS_A_UNKNOWN_CA},
    {GNUTLS_CERT_SIGNER_CONSTRAINTS_FAILURE, "breaks the constraints of its issuer",
     GNUTLS_A_BAD_CERTIFICATE},
    {GNUTLS_CERT_SIGNATURE_FAILURE, "has a bad signature", GNUTLS_A_BAD_CERTIFICATE},
    {GNUTLS_CERT_EXPIRED, "has expired", GNUTLS_A_CERTIFICATE_EXPIRED},
    {GNUTLS_CERT_NOT_ACTIVATED, "is not valid yet", GNUTLS_A_CERTIFICATE_EXPIRED},
    {GNUTLS_CERT_PURPOSE_MISMATCH, "is made for another purpose",
     GNUTLS_A_UNSUPPORTED_CERTIFICATE},
    {GNUTLS_CERT_UNEXPECTED_OWNER, "does not have the expected name",
     GNUTLS_A_BAD_CERTIFICATE},
    {GNUTLS_CERT_REVOCATION_DATA_SUPERSEDED, "has outdated revocation data",
     GNUTLS_A_BAD_CERTIFICATE},
    {GNUTLS_CERT_REVOCATION_DATA_ISSUED_IN_FUTURE, "has revocation data of the future",
     GNUTLS_A_BAD_CERTIFICATE},
    {GNUTLS_CERT_MISSING_OCSP_STATUS, "lacks the status it must bring",
     GNUTLS_A_BAD_CERTIFICATE},
    {GNUTLS_CERT_INVALID_OCSP_STATUS, "brings an invalid status",
     GNUTLS_A_BAD_CERTIFICATE},
    {GNUTLS_CERT_UNKNOWN_CRIT_EXTENSIONS, "has an unknown critical extension",
     GNUTLS_A_UNSUPPORTED_CERTIFICATE},
};

std::unexpected<Refusal> refuse(std::string message, gnutls_alert_description_t alert) {
    return std::unexpected(
        Refusal{{ErrorKind::permission_denied, 0, std::move(message)}, alert});
}

std::unexpected<Refusal> refuse_status(unsigned status, const std::string& name) {
    std::string message;
    auto alert = GNUTLS_A_BAD_CERTIFICATE;
    for (auto& fault : faults) {
        if ((status & fault.bit) == 0)
            continue;
        if (message.empty())
            alert = fault.alert;
        message += (message.empty() ? "" : ", ") + std::string(fault.words);
        if (fault.bit == GNUTLS_CERT_UNEXPECTED_OWNER)
            message += " '" + name + "'";
    }
    return refuse("TLS: the peer's certificate " +
                      (message.empty() ? "is not trusted" : message),
                  alert);
}

/// The verdict on the presented chain: 0 = all is well.
int verify(gnutls_session_t session, Endpoint endpoint, const std::string& name,
           unsigned& status) {
    const auto text = [](const char* value) {
        return reinterpret_cast<unsigned char*>(const_cast<char*>(value));
    };
    const char* purpose = endpoint == Endpoint::client ? GNUTLS_KP_TLS_WWW_SERVER
                                                       : GNUTLS_KP_TLS_WWW_CLIENT;
    std::array<gnutls_typed_vdata_st, 2> data{{
        {GNUTLS_DT_KEY_PURPOSE_OID, text(purpose), 0},
        // An IP address in text is compared with the addresses of the certificate.
        {GNUTLS_DT_DNS_HOSTNAME, text(name.c_str()), 0},
    }};
    return gnutls_certificate_verify_peers(session, data.data(), name.empty() ? 1 : 2,
                                           &status);
}

/// The whole name of the peer's own certificate, in the order it is written there.
std::string distinguished_name(gnutls_session_t session) {
    unsigned count = 0;
    const auto* list = gnutls_certificate_get_peers(session, &count);
    gnutls_x509_crt_t raw = nullptr;
    if (list == nullptr || count == 0 || gnutls_x509_crt_init(&raw) < 0)
        return {};
    const Handle<gnutls_x509_crt_int, &gnutls_x509_crt_deinit> certificate(raw);
    gnutls_datum_t name{};
    if (gnutls_x509_crt_import(raw, &list[0], GNUTLS_X509_FMT_DER) < 0 ||
        gnutls_x509_crt_get_dn2(raw, &name) < 0)
        return {};
    std::string text(reinterpret_cast<const char*>(name.data), name.size);
    gnutls_free(name.data);
    return text;
}

} // namespace

std::expected<std::string, Refusal>
check_peer(gnutls_session_t session, Endpoint endpoint, const PeerPolicy& policy) {
    if (policy.verify == VerifyPeer::no)
        return {};
    unsigned status = 0;
    const int code = verify(session, endpoint, policy.name, status);
    if (code == GNUTLS_E_NO_CERTIFICATE_FOUND)
        return refuse("TLS: the peer has shown no certificate",
                      GNUTLS_A_CERTIFICATE_REQUIRED);
    if (code < 0)
        return refuse(std::string("TLS: the peer's certificate cannot be checked: ") +
                          gnutls_strerror(code),
                      GNUTLS_A_BAD_CERTIFICATE);
    if (status != 0)
        return refuse_status(status, policy.name);
    std::string name = distinguished_name(session);
    if (!policy.authorization)
        return name;
    const auto allowed = policy.authorization->is_allowed(name);
    if (!allowed)
        return refuse("TLS: nobody can say whether '" + name +
                          "' is allowed: " + allowed.error().message,
                      GNUTLS_A_ACCESS_DENIED);
    if (!*allowed)
        return refuse("TLS: '" + name + "' is not allowed", GNUTLS_A_ACCESS_DENIED);
    return name;
}

} // namespace qio::tls
