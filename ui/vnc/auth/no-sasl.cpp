// SASL where it was not built in.
#include "ui/vnc/auth/sasl.hpp"

namespace qio::vnc::auth {

bool has_sasl() {
    return false;
}

Result<std::unique_ptr<Authenticator>> make_sasl(const SaslOptions&, const Way&) {
    return Error{ErrorKind::not_supported, 0, "built without SASL (cyrus-sasl)"};
}

} // namespace qio::vnc::auth
