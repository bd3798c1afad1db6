// The text of a display's options.
#include "ui/vnc/options.hpp"

#include <algorithm>
#include <cctype>
#include <limits>
#include <optional>
#include <utility>

#include "ui/vnc/option-text.hpp"
#include "ui/vnc/options-address.hpp"

namespace qio::vnc {

namespace {

/// What is being put together.
struct Draft {
    DisplayOptions options;
    EndpointTexts texts;
    bool has_password_flag = false;
};

/// KEY or KEY=VALUE.
struct Element {
    std::string key;
    std::optional<std::string> value;
};

using Value = std::optional<std::string>;

// ---- kinds of values

Result<bool> parse_switch(std::string_view key, const Value& value) {
    if (!value || *value == "on")
        return true;
    if (*value == "off")
        return false;
    return option_error(key, *value,
                        "Parameter '" + std::string(key) + "' expects 'on' or 'off'",
                        "give one of them");
}

Result<std::string> parse_name(std::string_view key, const Value& value) {
    if (!value || value->empty())
        return option_error(key, "", "a value is missing",
                            "give " + std::string(key) + "=NAME");
    return *value;
}

Result<unsigned> parse_number(std::string_view key, const Value& value) {
    constexpr unsigned max = std::numeric_limits<int>::max();
    const auto text = value.value_or("");
    const auto number = parse_decimal(text);
    if (!number || *number > max)
        return option_error(key, text,
                            "Parameter '" + std::string(key) + "' expects a number",
                            "give one from 0 to " + std::to_string(max));
    return unsigned(*number);
}

bool is_identifier(std::string_view text) {
    return !text.empty() && std::isalpha(std::uint8_t(text.front())) != 0 &&
           std::ranges::all_of(text, [](char c) {
               return std::isalnum(std::uint8_t(c)) != 0 || c == '-' || c == '.' ||
                      c == '_';
           });
}

// ---- one function for each key that is more than its value

template <bool DisplayOptions::* member>
Result<void> set_switch(Draft& draft, std::string_view key, const Value& value) {
    draft.options.*member = QIO_TRY(parse_switch(key, value));
    return {};
}

template <std::string DisplayOptions::* member>
Result<void> set_name(Draft& draft, std::string_view key, const Value& value) {
    draft.options.*member = QIO_TRY(parse_name(key, value));
    return {};
}

template <std::optional<bool> EndpointTexts::* member>
Result<void> set_family(Draft& draft, std::string_view key, const Value& value) {
    draft.texts.*member = QIO_TRY(parse_switch(key, value));
    return {};
}

Result<void> set_id(Draft& draft, std::string_view key, const Value& value) {
    if (!is_identifier(value.value_or("")))
        return option_error(key, value.value_or(""),
                            "Parameter 'id' expects an identifier",
                            "give a letter, then letters, digits, '-', '.' or '_'");
    draft.options.id = *value;
    return {};
}

Result<void> add_endpoint(Draft& draft, std::string_view, const Value& value) {
    draft.texts.endpoints.push_back(value.value_or(""));
    return {};
}

Result<void> set_to(Draft& draft, std::string_view key, const Value& value) {
    const unsigned number = QIO_TRY(parse_number(key, value));
    // 0 is no range, for the reference's sake.
    draft.texts.to = number != 0 ? std::optional(number) : std::nullopt;
    return {};
}

Result<void> add_websocket(Draft& draft, std::string_view, const Value& value) {
    if (value == "off")
        draft.texts.websockets.clear();
    else
        draft.texts.websockets.push_back(value == "on" ? "" : value.value_or(""));
    return {};
}

Result<void> set_reverse(Draft& draft, std::string_view key, const Value& value) {
    draft.texts.reverse = draft.options.reverse = QIO_TRY(parse_switch(key, value));
    return {};
}

Result<void> set_password(Draft& draft, std::string_view key, const Value& value) {
    draft.has_password_flag = true;
    return set_switch<&DisplayOptions::password>(draft, key, value);
}

Result<void> set_share(Draft& draft, std::string_view key, const Value& value) {
    const auto policy = parse_share_policy(value.value_or(""));
    if (!policy)
        return option_error(key, value.value_or(""), "unknown vnc share= option",
                            std::string("give ").append(share_policy_names));
    draft.options.share = *policy;
    return {};
}

Result<void> set_connections(Draft& draft, std::string_view key, const Value& value) {
    draft.options.connections = QIO_TRY(parse_number(key, value));
    return {};
}

Result<void> set_head(Draft& draft, std::string_view key, const Value& value) {
    draft.options.head = QIO_TRY(parse_number(key, value));
    return {};
}

Result<void> set_key_delay(Draft& draft, std::string_view key, const Value& value) {
    draft.options.key_delay =
        std::chrono::milliseconds(QIO_TRY(parse_number(key, value)));
    return {};
}

struct Key {
    std::string_view name;
    Result<void> (*set)(Draft& draft, std::string_view key, const Value& value);
};

constexpr Key keys[] = {
    {"vnc", add_endpoint},
    {"id", set_id},
    {"to", set_to},
    {"ipv4", set_family<&EndpointTexts::ipv4>},
    {"ipv6", set_family<&EndpointTexts::ipv6>},
    {"websocket", add_websocket},
    {"reverse", set_reverse},
    {"password", set_password},
    {"password-secret", set_name<&DisplayOptions::password_secret>},
    {"tls-creds", set_name<&DisplayOptions::tls_creds>},
    {"tls-authz", set_name<&DisplayOptions::tls_authz>},
    {"sasl", set_switch<&DisplayOptions::sasl>},
    {"sasl-authz", set_name<&DisplayOptions::sasl_authz>},
    {"lossy", set_switch<&DisplayOptions::lossy>},
    {"non-adaptive", set_switch<&DisplayOptions::non_adaptive>},
    {"share", set_share},
    {"connections", set_connections},
    {"display", set_name<&DisplayOptions::display>},
    {"head", set_head},
    {"lock-key-sync", set_switch<&DisplayOptions::lock_key_sync>},
    {"key-delay-ms", set_key_delay},
    {"audiodev", set_name<&DisplayOptions::audiodev>},
    {"power-control", set_switch<&DisplayOptions::power_control>},
};

// ---- the text

bool is_key(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return std::isalnum(std::uint8_t(c)) != 0 || c == '-' || c == '_';
    });
}

/// The first part is an endpoint, unless it is clearly KEY=VALUE: a path may hold '='.
Element element_of(const std::string& part, bool is_first) {
    const auto equals = part.find('=');
    if (is_first && (equals == part.npos || !is_key(part.substr(0, equals))))
        return {"vnc", part};
    if (equals == part.npos)
        return {part, std::nullopt};
    return {part.substr(0, equals), part.substr(equals + 1)};
}

Error unknown_key(const Element& element) {
    std::string names;
    for (const auto& key : keys)
        names.append(names.empty() ? "" : ", ").append(key.name);
    const bool is_acl = element.key == "acl";
    return option_error(element.key, element.value.value_or(""),
                        "Invalid parameter '" + element.key + "'",
                        is_acl ? "name who may come with tls-authz= or sasl-authz="
                               : "the options are " + names);
}

Result<void> apply(Draft& draft, const Element& element) {
    const auto* const key = std::ranges::find(keys, element.key, &Key::name);
    if (key == std::end(keys))
        return unknown_key(element);
    return key->set(draft, key->name, element.value);
}

Result<void> check(const Draft& draft) {
    const auto& options = draft.options;
    if (draft.has_password_flag && !options.password_secret.empty())
        return option_error("password-secret", options.password_secret,
                            "'password' flag is redundant with 'password-secret'",
                            "leave password out");
    if (!options.tls_authz.empty() && options.tls_creds.empty())
        return option_error("tls-authz", options.tls_authz,
                            "'tls-authz' provided but TLS is not enabled",
                            "name the credentials with tls-creds=");
    if (!options.sasl_authz.empty() && !options.sasl)
        return option_error("sasl-authz", options.sasl_authz,
                            "'sasl-authz' provided but SASL auth is not enabled",
                            "add sasl=on");
    return {};
}

} // namespace

Result<DisplayOptions> parse_options(std::string_view text) {
    if (text.contains('\0'))
        return option_error("vnc", "", "there is a NUL in the text", "leave it out");
    Draft draft;
    bool is_first = true;
    for (const auto& part : split_at_commas(text))
        QIO_TRY(apply(draft, element_of(part, std::exchange(is_first, false))));
    QIO_TRY(check(draft));
    auto endpoints = QIO_TRY(make_endpoints(draft.texts));
    draft.options.addresses = std::move(endpoints.addresses);
    draft.options.websocket_addresses = std::move(endpoints.websocket_addresses);
    draft.options.has_port_range = draft.texts.to.has_value();
    draft.options.password |= !draft.options.password_secret.empty();
    return std::move(draft.options);
}

Result<void> assign_display_ids(std::span<DisplayOptions> displays) {
    const auto count = [&](const std::string& id) {
        return std::ranges::count(displays, id, &DisplayOptions::id);
    };
    for (const auto& display : displays)
        if (!display.id.empty() && count(display.id) > 1)
            return option_error("id", display.id,
                                "Duplicate ID '" + display.id + "' for vnc",
                                "give each display an id of its own");
    unsigned next = 2;
    for (auto& display : displays)
        if (display.id.empty()) {
            std::string id = "default";
            while (count(id) > 0)
                id = "vnc" + std::to_string(next++);
            display.id = std::move(id);
        }
    return {};
}

} // namespace qio::vnc
