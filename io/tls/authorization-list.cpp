// Decides who may come by a list of rules that can change while it is used.
#include "io/tls/authorization-list.hpp"

#include <algorithm>

namespace qio {

std::shared_ptr<AuthorizationList> AuthorizationList::create(AuthorizationRules rules) {
    return std::shared_ptr<AuthorizationList>(new AuthorizationList(std::move(rules)));
}

Result<bool> AuthorizationList::is_allowed(std::string_view identity) const {
    const std::lock_guard lock(mutex_);
    return rules_.allow(identity);
}

std::size_t AuthorizationList::append(AuthorizationRule rule) {
    return insert(std::move(rule), SIZE_MAX);
}

std::size_t AuthorizationList::insert(AuthorizationRule rule, std::size_t position) {
    const std::lock_guard lock(mutex_);
    auto& rules = rules_.rules;
    position = std::min(position, rules.size());
    rules.insert(rules.begin() + std::ptrdiff_t(position), std::move(rule));
    return position;
}

std::optional<std::size_t> AuthorizationList::remove(std::string_view match) {
    const std::lock_guard lock(mutex_);
    auto& rules = rules_.rules;
    const auto found = std::ranges::find(rules, match, &AuthorizationRule::match);
    if (found == rules.end())
        return std::nullopt;
    const auto position = std::size_t(found - rules.begin());
    rules.erase(found);
    return position;
}

AuthorizationRules AuthorizationList::rules() const {
    const std::lock_guard lock(mutex_);
    return rules_;
}

} // namespace qio
