// internal: rules about names as a JSON text.
#pragma once

#include <string_view>

#include "io/base/error.hpp"
#include "io/tls/authorization-rules.hpp"

namespace qio::tls {

/// Bytes of a text of rules.
constexpr std::size_t max_rules_file = 1 << 20;
/// Objects and lists in it, which bounds how deep they nest and how many rules there are.
constexpr std::size_t max_rules_brackets = 2000;

/// {"policy": "deny", "rules": [{"match": "CN=*", "policy": "allow", "format": "glob"}]}
/// "policy" above is "deny" unless said otherwise, "format" is "exact"; "match" and
/// "policy" of a rule are required. A member of any other name is refused, since a
/// misspelt rule would not hold. Errors: invalid_argument, limit.
Result<AuthorizationRules> parse_rules(std::string_view json);

} // namespace qio::tls
