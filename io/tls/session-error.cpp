// What GnuTLS says of a session, as an Error.
#include "io/tls/session-error.hpp"

#include <string>

namespace qio::tls {

namespace {

ErrorKind kind_of_alert(gnutls_alert_description_t alert) {
    switch (alert) {
    case GNUTLS_A_BAD_CERTIFICATE:
    case GNUTLS_A_UNSUPPORTED_CERTIFICATE:
    case GNUTLS_A_CERTIFICATE_REVOKED:
    case GNUTLS_A_CERTIFICATE_EXPIRED:
    case GNUTLS_A_CERTIFICATE_UNKNOWN:
    case GNUTLS_A_UNKNOWN_CA:
    case GNUTLS_A_ACCESS_DENIED:
    case GNUTLS_A_UNKNOWN_PSK_IDENTITY:
    case GNUTLS_A_CERTIFICATE_REQUIRED:
        return ErrorKind::permission_denied;
    default:
        return ErrorKind::protocol;
    }
}

Error error_from_alert(gnutls_alert_description_t alert, std::string_view what) {
    const char* name = gnutls_alert_get_name(alert);
    std::string message(what);
    message += ": the peer ended the session: ";
    message += name != nullptr ? name : "unknown alert";
    return {kind_of_alert(alert), 0, std::move(message)};
}

} // namespace

Error session_error(gnutls_session_t session, int code, std::string_view what) {
    std::string message(what);
    switch (code) {
    case GNUTLS_E_FATAL_ALERT_RECEIVED:
        return error_from_alert(gnutls_alert_get(session), what);
    case GNUTLS_E_PUSH_ERROR: // only when the queue of the session is full
        return {ErrorKind::limit, 0, message + ": too many replies wait to be sent"};
    case GNUTLS_E_MEMORY_ERROR:
        return {ErrorKind::exhausted, 0, message + ": out of memory"};
    case GNUTLS_E_REHANDSHAKE:
        return {ErrorKind::protocol, 0, message + ": the peer asks to renegotiate"};
    default:
        return {ErrorKind::protocol, 0, message + ": " + gnutls_strerror(code)};
    }
}

} // namespace qio::tls
