// Layers in the text of a relay address.
#include "io/tools/relay-layers.hpp"

#include <algorithm>
#include <charconv>
#include <span>
#include <utility>

namespace qio::relay {

namespace {

constexpr unsigned max_ping_seconds = 86400;

bool is_visible(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7F; });
}

bool is_token(std::string_view text) {
    return is_visible(text) && text.find_first_of("\"(),/:;<=>?@[\\]{}") == text.npos;
}

bool is_anything(std::string_view) {
    return true;
}

/// A named member of a layer.
template <class L>
struct Option {
    using Member = std::variant<std::string L::*, std::vector<std::string> L::*,
                                std::optional<std::string> L::*, bool L::*,
                                std::optional<bool> L::*, unsigned L::*>;

    std::string_view form; ///< as shown to people: "NAME", "NAME=WHAT" or "NAME[=WHAT]"
    Member member;
    bool (*is_good)(std::string_view) = is_anything; ///< for texts

    std::string_view name() const { return form.substr(0, form.find_first_of("[=")); }
};

const Option<TlsLayer> tls_options[] = {
    {"dir=FOLDER", &TlsLayer::dir},
    {"psk[=USER]", &TlsLayer::psk},
    {"anon", &TlsLayer::anon},
    {"verify=yes|no", &TlsLayer::verify},
    {"name=HOST", &TlsLayer::name, is_visible},
    {"alpn=PROTOCOL", &TlsLayer::alpn, is_visible},
    {"priority=TEXT", &TlsLayer::priority},
    {"authz-file=FILE", &TlsLayer::authz_file},
    {"password-file=FILE", &TlsLayer::password_file},
};

const Option<WsLayer> ws_options[] = {
    {"path=/PATH", &WsLayer::path, is_path},
    {"protocol=NAME", &WsLayer::protocol, is_token},
    {"origin=ORIGIN", &WsLayer::origin, is_visible},
    {"host=HOST", &WsLayer::host, is_visible},
    {"deflate=on|off", &WsLayer::deflate},
    {"text=on|off", &WsLayer::text},
    {"ping=SECONDS", &WsLayer::ping},
};

std::span<const Option<TlsLayer>> options_of(const TlsLayer&) {
    return tls_options;
}

std::span<const Option<WsLayer>> options_of(const WsLayer&) {
    return ws_options;
}

std::string_view name_of(const TlsLayer&) {
    return "tls";
}

std::string_view name_of(const WsLayer&) {
    return "ws";
}

std::optional<bool> parse_switch(std::string_view form, std::string_view value) {
    const auto [on, off] =
        form.ends_with("=yes|no") ? std::pair("yes", "no") : std::pair("on", "off");
    if (value != on && value != off)
        return std::nullopt;
    return value == on;
}

std::string_view switch_text(std::string_view form, bool value) {
    if (form.ends_with("=yes|no"))
        return value ? "yes" : "no";
    return value ? "on" : "off";
}

// One function for each type of member: sets it, or says that the value is wrong.
template <class L>
class Setter {
public:
    Setter(const Option<L>& option, const Given& given, L& layer)
        : option_(option), value_(given.value), layer_(layer) {}

    bool operator()(std::string L::* member) const {
        return is_good_text() && (layer_.*member = *value_, true);
    }
    bool operator()(std::vector<std::string> L::* member) const {
        return is_good_text() && ((layer_.*member).push_back(*value_), true);
    }
    bool operator()(std::optional<std::string> L::* member) const {
        layer_.*member = value_.value_or("");
        return !value_ || is_good_text();
    }
    bool operator()(bool L::* member) const {
        layer_.*member = true;
        return !value_;
    }
    bool operator()(std::optional<bool> L::* member) const {
        layer_.*member = parse_switch(option_.form, value_.value_or(""));
        return (layer_.*member).has_value();
    }
    bool operator()(unsigned L::* member) const {
        const std::string text = value_.value_or("");
        const char* end = text.data() + text.size();
        const auto [stop, problem] = std::from_chars(text.data(), end, layer_.*member);
        return problem == std::errc{} && stop == end &&
               layer_.*member <= max_ping_seconds;
    }

private:
    bool is_good_text() const {
        return value_ && !value_->empty() && option_.is_good(*value_);
    }

    const Option<L>& option_;
    const std::optional<std::string>& value_;
    L& layer_;
};

template <class L>
const Option<L>* find_option(const L& layer, std::string_view name) {
    const auto options = options_of(layer);
    const auto found = std::ranges::find(options, name, &Option<L>::name);
    return found == options.end() ? nullptr : &*found;
}

template <class L>
std::string option_list(const L& layer) {
    std::string list;
    for (auto& option : options_of(layer))
        list.append(list.empty() ? "" : ", ").append(option.form);
    return list;
}

bool is_list(const auto& option) {
    return option.member.index() == 1;
}

/// Gives the option to the layer that knows it. False if this one does not.
template <class L>
Result<bool> apply(const Cursor& cursor, std::span<const Given> options,
                   const Given& given, L& layer) {
    const auto* option = find_option(layer, given.name);
    if (!option)
        return false;
    const auto is_same = [&](const Given& other) { return other.name == given.name; };
    if (!is_list(*option) && &*std::ranges::find_if(options, is_same) != &given)
        return cursor.wrong(given.at, "'" + given.name + "' is given twice");
    if (!std::visit(Setter<L>(*option, given, layer), option->member))
        return cursor.wrong(given.at, "write " + std::string(option->form));
    return true;
}

Result<void> apply_all(const Cursor& cursor, std::span<const Given> options,
                       std::vector<Layer>& layers) {
    for (auto& given : options) {
        bool is_known = false;
        std::string known;
        for (auto& layer : layers) {
            const auto use = [&](auto& each) {
                known.append(known.empty() ? "" : ", ").append(option_list(each));
                return apply(cursor, options, given, each);
            };
            is_known = is_known || QIO_TRY(std::visit(use, layer));
        }
        if (!is_known)
            return cursor.wrong(given.at, "no option '" + shown(given.name) +
                                              "'; there are " + known);
    }
    return {};
}

// One function for each type of member: the values that differ from the default.
template <class L>
class Getter {
public:
    Getter(const Option<L>& option, const L& layer) : option_(option), layer_(layer) {}

    using Texts = std::vector<std::string>;

    Texts operator()(std::string L::* member) const {
        auto& value = layer_.*member;
        return value.empty() ? Texts{} : Texts{"=" + escaped(value)};
    }
    Texts operator()(std::vector<std::string> L::* member) const {
        Texts texts;
        for (auto& value : layer_.*member)
            texts.push_back("=" + escaped(value));
        return texts;
    }
    Texts operator()(std::optional<std::string> L::* member) const {
        auto& value = layer_.*member;
        if (!value)
            return {};
        return {value->empty() ? "" : "=" + escaped(*value)};
    }
    Texts operator()(bool L::* member) const {
        return layer_.*member ? Texts{""} : Texts{};
    }
    Texts operator()(std::optional<bool> L::* member) const {
        auto& value = layer_.*member;
        return value ? Texts{"=" + std::string(switch_text(option_.form, *value))}
                     : Texts{};
    }
    Texts operator()(unsigned L::* member) const {
        return layer_.*member ? Texts{"=" + std::to_string(layer_.*member)} : Texts{};
    }

private:
    const Option<L>& option_;
    const L& layer_;
};

Result<void> check(const Cursor& cursor, std::size_t at, const Layer& layer) {
    const auto* tls = std::get_if<TlsLayer>(&layer);
    if (tls && tls->anon && tls->psk)
        return cursor.wrong(at, "anon and psk exclude each other; give one of them");
    return {};
}

} // namespace

bool is_path(std::string_view text) {
    return text.starts_with('/') && is_visible(text) && !text.contains('#');
}

std::string_view layer_name(std::string_view text) {
    const auto name = text.substr(0, text.find_first_of(":{"));
    const bool is_layer = name == "tls" || name == "ws" || name == "wss";
    return is_layer ? name : std::string_view();
}

Result<std::vector<Layer>> parse_layer(Cursor& cursor) {
    const auto start = cursor.at;
    const auto name = layer_name(cursor.rest());
    std::vector<Layer> layers;
    if (name != "tls")
        layers.push_back(WsLayer());
    if (name != "ws")
        layers.push_back(TlsLayer());
    cursor.at += name.size();
    const auto options = QIO_TRY(parse_options(cursor));
    QIO_TRY(apply_all(cursor, options, layers));
    QIO_TRY(check(cursor, start, layers.back()));
    return layers;
}

std::string to_string(const Layer& layer) {
    const auto write = [](auto& each) {
        std::string text;
        for (auto& option : options_of(each))
            for (auto& value : std::visit(Getter(option, each), option.member))
                text.append(text.empty() ? "" : ",").append(option.name()).append(value);
        return std::string(name_of(each)) + (text.empty() ? "" : "{" + text + "}");
    };
    return std::visit(write, layer);
}

} // namespace qio::relay
