// Rules about names: who matches what, and what follows from it.
#include "io/tls/authorization-rules.hpp"

#include <algorithm>

#include "io/tls/glob.hpp"

namespace qio {

bool AuthorizationRules::allow(std::string_view identity) const {
    const auto matches = [&](const AuthorizationRule& rule) {
        return rule.format == MatchFormat::exact
                   ? rule.match == identity
                   : tls::glob_matches(rule.match, identity);
    };
    const auto found = std::ranges::find_if(rules, matches);
    return (found == rules.end() ? policy : found->policy) == AuthorizationPolicy::allow;
}

} // namespace qio
