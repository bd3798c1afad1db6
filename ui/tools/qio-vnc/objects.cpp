// The text of --object.
#include "ui/tools/qio-vnc/objects.hpp"

#include <algorithm>
#include <utility>

#include "ui/vnc/option-text.hpp"

namespace qio::bridge {

namespace {

enum class Kind : std::uint8_t { text, on_off, server };

struct Key {
    std::string_view name;
    Kind kind = Kind::text;
};

struct Type {
    std::string_view name;
    std::string_view required; ///< a key
    std::vector<Key> keys;
};

const std::vector<Type>& types() {
    static const std::vector<Type> all{
        {"secret", "", {{"data"}, {"file"}}},
        {"tls-creds-x509",
         "dir",
         {{"dir"},
          {"endpoint", Kind::server},
          {"verify-peer", Kind::on_off},
          {"sanity-check", Kind::on_off},
          {"priority"},
          {"passwordid"}}},
        {"tls-creds-anon", "", {{"dir"}, {"endpoint", Kind::server}, {"priority"}}},
        {"authz-simple", "identity", {{"identity"}}},
        {"authz-list-file", "filename", {{"filename"}, {"refresh", Kind::on_off}}},
        {"authz-pam", "service", {{"service"}}},
    };
    return all;
}

Error wrong(std::string_view what, std::string_view problem) {
    return {ErrorKind::invalid_argument, 0,
            std::string(what).append(": ").append(problem)};
}

std::string names_of(const auto& all) {
    std::string names;
    for (const auto& one : all)
        names.append(names.empty() ? "" : ", ").append(one.name);
    return names;
}

Result<void> check_value(const Key& key, const std::string& value) {
    if (key.kind == Kind::on_off && value != "on" && value != "off")
        return wrong(key.name, "give on or off");
    if (key.kind == Kind::server && value != "server")
        return wrong(key.name, "viewers are the clients; give server, or leave it out");
    if (value.empty())
        return wrong(key.name, "the value is missing");
    return {};
}

Result<void> take_value(Object& object, const Type& type, const std::string& part) {
    const auto equals = std::min(part.find('='), part.size());
    const auto name = part.substr(0, equals);
    const auto value = part.substr(std::min(equals + 1, part.size()));
    if (name == "id") {
        object.id = value;
        return {};
    }
    const auto key = std::ranges::find(type.keys, name, &Key::name);
    if (key == type.keys.end())
        return wrong(name,
                     "no such key; " + object.type + " has id, " + names_of(type.keys));
    QIO_TRY(check_value(*key, value));
    object.values.insert_or_assign(name, value);
    return {};
}

Result<void> check(const Object& object, const Type& type) {
    if (object.id.empty())
        return wrong("id", "the name is missing; add id=NAME");
    if (!type.required.empty() && !object.values.contains(type.required))
        return wrong(type.required,
                     std::string("is missing; add ").append(type.required) + "=VALUE");
    if (object.type == "secret" && object.values.size() != 1)
        return wrong("secret", "give either file=PATH or data=TEXT");
    return {};
}

} // namespace

std::string Object::value(std::string_view key) const {
    const auto found = values.find(key);
    return found == values.end() ? std::string() : found->second;
}

bool Object::is_on(std::string_view key, bool otherwise) const {
    const auto found = values.find(key);
    return found == values.end() ? otherwise : found->second == "on";
}

Result<Object> parse_object(std::string_view text) {
    const auto parts = vnc::split_at_commas(text);
    Object object{parts.front(), {}};
    const auto type = std::ranges::find(types(), object.type, &Type::name);
    if (type == types().end())
        return wrong(object.type,
                     "no such type of object; there are " + names_of(types()));
    for (const auto& part : std::span(parts).subspan(1))
        QIO_TRY(take_value(object, *type, part));
    QIO_TRY(check(object, *type));
    return object;
}

const Object* find_object(std::span<const Object> objects, std::string_view id) {
    const auto found = std::ranges::find(objects, id, &Object::id);
    return found == objects.end() ? nullptr : &*found;
}

} // namespace qio::bridge
