// Finds out before anybody connects why a certificate would be refused.
#include "io/tls/sanity-check.hpp"

#include <algorithm>
#include <optional>

namespace qio::tls {

namespace {

/// What all checks of one certificate are about.
struct Subject {
    gnutls_x509_crt_t certificate;
    CertificateUse use;
    std::string_view path;

    Error refused(std::string_view reason, std::string_view advice) const {
        std::string message =
            "'" + std::string(path) + "': certificate '" + subject_of(certificate) + "' ";
        message.append(reason).append("; ").append(advice);
        return {ErrorKind::invalid_argument, 0, std::move(message)};
    }

    Error unreadable(std::string_view what, int status) const {
        return refused("has an unreadable extension for its " + std::string(what) + " (" +
                           gnutls_strerror(status) + ")",
                       "make a new one");
    }
};

std::string day_of(std::time_t time) {
    std::tm parts{};
    char text[64];
    if (!gmtime_r(&time, &parts) ||
        strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &parts) == 0)
        return std::to_string(time);
    return text;
}

Result<void> check_time(const Subject& subject, std::time_t now) {
    const auto start = gnutls_x509_crt_get_activation_time(subject.certificate);
    const auto end = gnutls_x509_crt_get_expiration_time(subject.certificate);
    if (start == std::time_t(-1) || end == std::time_t(-1))
        return subject.refused("has no readable time of validity", "make a new one");
    if (end < now)
        return subject.refused("expired on " + day_of(end), "renew it");
    if (start > now)
        return subject.refused("is not valid before " + day_of(start),
                               "set this machine's clock, or make a new one");
    return {};
}

Result<void> check_basic_constraints(const Subject& subject) {
    unsigned critical = 0, is_ca = 0;
    int path_length = 0;
    const bool wants_ca = subject.use == CertificateUse::authority;
    const auto status = gnutls_x509_crt_get_basic_constraints(
        subject.certificate, &critical, &is_ca, &path_length);
    if (status == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE) {
        if (!wants_ca)
            return {};
        return subject.refused("has no basic constraints, which an authority needs",
                               "make the authority's certificate with \"ca\"");
    }
    if (status < 0)
        return subject.unreadable("basic constraints", status);
    if (wants_ca && !is_ca)
        return subject.refused("is not one of an authority, but has issued another",
                               "make the authority's certificate with \"ca\"");
    if (!wants_ca && is_ca)
        return subject.refused("is one of an authority, not of an endpoint",
                               "make one without \"ca\", issued by the authority");
    return {};
}

Result<void> check_key_usage(const Subject& subject) {
    unsigned usage = 0, critical = 0;
    const auto status =
        gnutls_x509_crt_get_key_usage(subject.certificate, &usage, &critical);
    if (status == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
        return {};
    if (status < 0)
        return subject.unreadable("key usage", status);
    if (!critical)
        return {};
    if (subject.use == CertificateUse::authority && !(usage & GNUTLS_KEY_KEY_CERT_SIGN))
        return subject.refused("must not sign certificates, says its key usage",
                               "make a new one with \"cert_signing_key\"");
    if (subject.use != CertificateUse::authority &&
        !(usage & GNUTLS_KEY_DIGITAL_SIGNATURE))
        return subject.refused("must not make digital signatures, says its key usage",
                               "make a new one with \"signing_key\"");
    return {};
}

/// The purpose at a position; empty beyond the last.
Result<std::optional<std::string>> purpose_at(const Subject& subject, unsigned index,
                                              unsigned* critical) {
    char purpose[256];
    std::size_t size = sizeof purpose;
    const auto status = gnutls_x509_crt_get_key_purpose_oid(subject.certificate, index,
                                                            purpose, &size, critical);
    if (status == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
        return std::nullopt;
    if (status == GNUTLS_E_SHORT_MEMORY_BUFFER)
        return std::string("longer than any that is needed here");
    if (status < 0)
        return subject.unreadable("purpose", status);
    return std::string(purpose);
}

Result<void> check_purpose(const Subject& subject) {
    const bool is_server = subject.use == CertificateUse::server;
    const std::string_view wanted =
        is_server ? GNUTLS_KP_TLS_WWW_SERVER : GNUTLS_KP_TLS_WWW_CLIENT;
    unsigned critical = 0;
    bool has_any = false;
    for (unsigned index = 0;; ++index) {
        const auto purpose = QIO_TRY(purpose_at(subject, index, &critical));
        if (!purpose)
            break;
        if (*purpose == wanted || *purpose == GNUTLS_KP_ANY)
            return {};
        has_any = true;
    }
    if (!has_any || !critical)
        return {};
    return subject.refused(is_server ? "must not be a TLS server's, says its purpose"
                                     : "must not be a TLS client's, says its purpose",
                           is_server ? "make a new one with \"tls_www_server\""
                                     : "make a new one with \"tls_www_client\"");
}

bool is_issuer(gnutls_x509_crt_t certificate, gnutls_x509_crt_t issuer) {
    return gnutls_x509_crt_check_issuer(certificate, issuer) != 0;
}

/// The authority that has issued the certificate. Of several with the same name (an old
/// and a renewed one) the first that is in order.
Result<gnutls_x509_crt_t> issuer_of(const Subject& subject,
                                    const CertificateFile& authorities, std::time_t now) {
    std::optional<Error> fault;
    for (const auto& authority : authorities.certificates) {
        if (!is_issuer(subject.certificate, authority.get()))
            continue;
        auto checked = check_certificate(authority.get(), CertificateUse::authority,
                                         authorities.path, now);
        if (checked)
            return authority.get();
        if (!fault)
            fault = std::move(checked).error();
    }
    if (fault)
        return *std::move(fault);
    return subject.refused("is issued by nobody in '" + std::string(authorities.path) +
                               "'",
                           "add the certificate of its authority there");
}

/// Not the times again: those were judged by the caller's clock.
Result<void> check_signatures(const CertificateFile& chain,
                              const CertificateFile& authorities) {
    std::vector<gnutls_x509_crt_t> own, trusted;
    for (const auto& one : chain.certificates)
        own.push_back(one.get());
    for (const auto& one : authorities.certificates)
        trusted.push_back(one.get());
    const Subject leaf{own.front(), CertificateUse::server, chain.path};
    unsigned verdict = 0;
    const auto status = gnutls_x509_crt_list_verify(
        own.data(), int(own.size()), trusted.data(), int(trusted.size()), nullptr, 0,
        GNUTLS_VERIFY_DISABLE_TIME_CHECKS, &verdict);
    if (status < 0)
        return leaf.unreadable("chain", status);
    if (verdict == 0)
        return {};
    const auto where = "'" + std::string(authorities.path) + "'";
    if (verdict & GNUTLS_CERT_SIGNER_NOT_FOUND)
        return leaf.refused("does not lead to an authority in " + where,
                            "add its authority there");
    if (verdict & GNUTLS_CERT_INSECURE_ALGORITHM)
        return leaf.refused("is signed with an algorithm that is no longer trusted",
                            "have it issued again");
    return leaf.refused("has a wrong signature on its way to an authority in " + where,
                        "have it issued again");
}

} // namespace

Result<void> check_certificate(gnutls_x509_crt_t certificate, CertificateUse use,
                               std::string_view path, std::time_t now) {
    const Subject subject{certificate, use, path};
    QIO_TRY(check_time(subject, now));
    QIO_TRY(check_basic_constraints(subject));
    QIO_TRY(check_key_usage(subject));
    if (use != CertificateUse::authority)
        QIO_TRY(check_purpose(subject));
    return {};
}

Result<void> check_chain(const CertificateFile& chain, Endpoint endpoint,
                         std::time_t now) {
    auto use =
        endpoint == Endpoint::server ? CertificateUse::server : CertificateUse::client;
    for (const auto& one : chain.certificates) {
        QIO_TRY(check_certificate(one.get(), use, chain.path, now));
        use = CertificateUse::authority;
    }
    for (std::size_t i = 1; i < chain.certificates.size(); ++i) {
        const Subject subject{chain.certificates[i - 1].get(), use, chain.path};
        const auto next = chain.certificates[i].get();
        if (!is_issuer(subject.certificate, next))
            return subject.refused("is not issued by the next one in the file, '" +
                                       subject_of(next) + "'",
                                   "put each certificate before that of its issuer");
    }
    return {};
}

Result<void> check_issuers(const CertificateFile& chain,
                           const CertificateFile& authorities, std::time_t now) {
    Subject subject{chain.certificates.back().get(), CertificateUse::authority,
                    chain.path};
    // More steps than there are authorities would be a circle.
    for (std::size_t step = 0; !is_issuer(subject.certificate, subject.certificate);
         ++step) {
        const auto issuer = QIO_TRY(issuer_of(subject, authorities, now));
        if (step == authorities.certificates.size())
            return subject.refused("is issued in a circle", "add the root authority");
        subject.certificate = issuer;
        subject.path = authorities.path;
    }
    return check_signatures(chain, authorities);
}

std::string subject_of(gnutls_x509_crt_t certificate) {
    gnutls_datum_t name{};
    if (gnutls_x509_crt_get_dn2(certificate, &name) < 0)
        return "?";
    std::string text(reinterpret_cast<const char*>(name.data), name.size);
    gnutls_free(name.data);
    return text;
}

} // namespace qio::tls
