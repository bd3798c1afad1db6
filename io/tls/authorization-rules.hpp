// Rules about names: who matches what, and what follows from it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "io/base/api.hpp"

namespace qio {

enum class AuthorizationPolicy : std::uint8_t { deny, allow };

/// How a rule's text is compared with an identity.
enum class MatchFormat : std::uint8_t {
    exact, ///< byte by byte
    glob,  ///< '*' stands for any characters or none, '?' for one
};

/// What happens to the identities that match.
struct AuthorizationRule {
    std::string match;
    AuthorizationPolicy policy = AuthorizationPolicy::allow;
    MatchFormat format = MatchFormat::exact;

    bool operator==(const AuthorizationRule&) const = default;
};

/// Rules in their order, and what holds when none of them matches.
struct AuthorizationRules {
    AuthorizationPolicy policy = AuthorizationPolicy::deny;
    std::vector<AuthorizationRule> rules = {};

    bool operator==(const AuthorizationRules&) const = default;

    /// By the first rule that matches.
    QIO_API bool allow(std::string_view identity) const;
};

} // namespace qio
