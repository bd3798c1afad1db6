// Asks the system's PAM whether an account may be used.
#pragma once

#include <memory>
#include <string>

#include "io/tls/authorization.hpp"

namespace qio {

struct PamOptions {
    std::string service; ///< the name of a file in /etc/pam.d
    /// Where that file is, if elsewhere.
    std::string config_directory = {};
};

/// Account management only ("account" lines): the identity has been proved already, and
/// nothing is asked of anybody. Note that PAM takes the service "other" for one that has
/// no file. Context: any thread. is_allowed() blocks for as long as the modules of the
/// service need, which may ask a network: keep such services away from a main loop.
class QIO_API AuthorizationPam final : public Authorization {
public:
    /// Errors: invalid_argument (a service that is empty or no plain name).
    static Result<std::shared_ptr<AuthorizationPam>> create(PamOptions options);

    /// Errors: io, when PAM or a module of it could not decide.
    Result<bool> is_allowed(std::string_view identity) const override;

private:
    explicit AuthorizationPam(PamOptions options);

    const PamOptions options_;
};

} // namespace qio
