// Lets in one identity and nobody else.
#include "io/tls/authorization-simple.hpp"

namespace qio {

std::shared_ptr<AuthorizationSimple> AuthorizationSimple::create(std::string identity) {
    return std::shared_ptr<AuthorizationSimple>(
        new AuthorizationSimple(std::move(identity)));
}

} // namespace qio
