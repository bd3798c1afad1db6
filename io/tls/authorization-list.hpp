// Decides who may come by a list of rules that can change while it is used.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "io/tls/authorization-rules.hpp"
#include "io/tls/authorization.hpp"

namespace qio {

/// Context: any thread.
class QIO_API AuthorizationList final : public Authorization {
public:
    static std::shared_ptr<AuthorizationList> create(AuthorizationRules rules = {});

    /// The first rule that matches decides, and the policy if none does.
    Result<bool> is_allowed(std::string_view identity) const override;

    /// Adds a rule behind the others, and gives its position.
    std::size_t append(AuthorizationRule rule);
    /// Adds a rule at a position, or behind the others if that is beyond them; gives the
    /// position it has got.
    std::size_t insert(AuthorizationRule rule, std::size_t position);
    /// Takes away the first rule with exactly that text; gives the position it had, empty
    /// if there is none.
    std::optional<std::size_t> remove(std::string_view match);

    AuthorizationRules rules() const;

private:
    explicit AuthorizationList(AuthorizationRules rules) : rules_(std::move(rules)) {}

    mutable std::mutex mutex_;
    AuthorizationRules rules_;
};

} // namespace qio
