// Who may use a connection, once it is known who is there.
#pragma once

#include <string_view>

#include "io/base/api.hpp"
#include "io/base/error.hpp"

namespace qio {

/// Decides by identity: a certificate's distinguished name, or a user name.
/// Context: any thread.
class QIO_API Authorization {
public:
    virtual ~Authorization() = default;
    Authorization(const Authorization&) = delete;
    Authorization& operator=(const Authorization&) = delete;

    /// Errors: the decision could not be made; the caller then refuses.
    virtual Result<bool> is_allowed(std::string_view identity) const = 0;

protected:
    Authorization() = default;
};

} // namespace qio
