// Rules about names as a JSON text.
#include "io/tls/authorization-file.hpp"

#include <json-glib/json-glib.h>

#include <algorithm>
#include <initializer_list>
#include <optional>

#include "io/base/handle.hpp"

namespace qio::tls {

namespace {

Error bad(std::string message) {
    return {ErrorKind::invalid_argument, 0, std::move(message)};
}

Result<void> check_members(JsonObject* object,
                           std::initializer_list<std::string_view> known) {
    const Handle<GList, &g_list_free> members(json_object_get_members(object));
    for (auto* one = members.get(); one; one = one->next) {
        const auto* name = static_cast<const char*>(one->data);
        if (std::ranges::find(known, std::string_view(name)) == known.end())
            return bad("an unknown member '" + std::string(name) + "'");
    }
    return {};
}

/// A member that is a text; empty if there is none of that name.
Result<std::optional<std::string>> text_member(JsonObject* object, const char* name) {
    auto* node = json_object_get_member(object, name);
    if (!node)
        return std::nullopt;
    if (!JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_STRING)
        return bad("'" + std::string(name) + "' is no string");
    return json_node_get_string(node);
}

Result<AuthorizationPolicy> parse_policy(const std::optional<std::string>& text) {
    if (text == "allow")
        return AuthorizationPolicy::allow;
    if (text == "deny")
        return AuthorizationPolicy::deny;
    return bad("'policy' is neither \"allow\" nor \"deny\"");
}

Result<MatchFormat> parse_format(const std::string& text) {
    if (text == "exact")
        return MatchFormat::exact;
    if (text == "glob")
        return MatchFormat::glob;
    return bad("'format' is neither \"exact\" nor \"glob\"");
}

Result<AuthorizationRule> parse_rule(JsonNode* node) {
    if (!JSON_NODE_HOLDS_OBJECT(node))
        return bad("it is no object");
    auto* object = json_node_get_object(node);
    QIO_TRY(check_members(object, {"match", "policy", "format"}));
    auto match = QIO_TRY(text_member(object, "match"));
    if (!match)
        return bad("it has no 'match'");
    const auto policy = QIO_TRY(text_member(object, "policy"));
    if (!policy)
        return bad("it has no 'policy'");
    const auto format = QIO_TRY(text_member(object, "format"));
    AuthorizationRule rule{.match = *std::move(match)};
    rule.policy = QIO_TRY(parse_policy(policy));
    rule.format = QIO_TRY(parse_format(format.value_or("exact")));
    return rule;
}

Result<std::vector<AuthorizationRule>> parse_list(JsonNode* node) {
    std::vector<AuthorizationRule> rules;
    if (!node)
        return rules;
    if (!JSON_NODE_HOLDS_ARRAY(node))
        return bad("'rules' is no list");
    auto* list = json_node_get_array(node);
    for (guint i = 0; i < json_array_get_length(list); ++i) {
        auto rule = parse_rule(json_array_get_element(list, i));
        if (!rule)
            return std::move(rule).error().with_context("rule " + std::to_string(i + 1));
        rules.push_back(*std::move(rule));
    }
    return rules;
}

Result<AuthorizationRules> parse_root(JsonNode* root) {
    if (!root || !JSON_NODE_HOLDS_OBJECT(root))
        return bad("no object");
    auto* object = json_node_get_object(root);
    QIO_TRY(check_members(object, {"policy", "rules"}));
    const auto policy = QIO_TRY(text_member(object, "policy"));
    AuthorizationRules rules;
    if (policy)
        rules.policy = QIO_TRY(parse_policy(policy));
    rules.rules = QIO_TRY(parse_list(json_object_get_member(object, "rules")));
    return rules;
}

/// What the JSON parser does not look after: it is recursive, and its texts end at a NUL.
Result<void> check_text(std::string_view json) {
    const auto brackets = std::ranges::count(json, '{') + std::ranges::count(json, '[');
    if (json.size() > max_rules_file || std::size_t(brackets) > max_rules_brackets)
        return Error{ErrorKind::limit, 0, "too many rules"};
    if (json.find('\0') != json.npos || json.find("\\u0000") != json.npos)
        return bad("a NUL");
    return {};
}

} // namespace

Result<AuthorizationRules> parse_rules(std::string_view json) {
    QIO_TRY(check_text(json));
    if (json.empty())
        return bad("no object");
    const Handle<JsonParser, &g_object_unref> parser(json_parser_new());
    GError* error = nullptr;
    if (!json_parser_load_from_data(parser.get(), json.data(), gssize(json.size()),
                                    &error)) {
        const Handle<GError, &g_error_free> owner(error);
        return bad(error->message);
    }
    return parse_root(json_parser_get_root(parser.get()));
}

} // namespace qio::tls
