// Lets in one identity and nobody else.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "io/tls/authorization.hpp"

namespace qio {

/// Context: any thread.
class QIO_API AuthorizationSimple final : public Authorization {
public:
    static std::shared_ptr<AuthorizationSimple> create(std::string identity);

    Result<bool> is_allowed(std::string_view identity) const override {
        return identity == identity_;
    }

private:
    explicit AuthorizationSimple(std::string identity) : identity_(std::move(identity)) {}

    const std::string identity_;
};

} // namespace qio
