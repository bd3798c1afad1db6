// Refuses an authorization that nobody would ever ask.
#include "io/tls/authorization-check.hpp"

#include "io/tls/loaded-credentials.hpp"

namespace qio::tls {

Result<void> check_authorization_usable(const TlsCredentials& credentials,
                                        const Authorization* authorization) {
    if (!authorization)
        return {};
    if (!credentials.loaded()->has_certificates())
        return Error{ErrorKind::invalid_argument, 0,
                     "an authorization needs x509 credentials: others show no name"};
    if (credentials.verify_peer() == VerifyPeer::no)
        return Error{ErrorKind::invalid_argument, 0,
                     "an authorization needs credentials that verify the peer: a name "
                     "that nobody has checked proves nothing"};
    return {};
}

} // namespace qio::tls
