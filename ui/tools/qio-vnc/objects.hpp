// internal: what --object gives: secrets, credentials and who may come, by name.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/base/error.hpp"

namespace qio::bridge {

/// "TYPE,id=ID,KEY=VALUE…" as it was given; a comma within a value is written twice.
struct Object {
    std::string type;
    std::string id;
    std::map<std::string, std::string, std::less<>> values{};

    /// Empty: it was not given.
    std::string value(std::string_view key) const;
    bool is_on(std::string_view key, bool otherwise) const;
    bool operator==(const Object&) const = default;
};

/// Errors: invalid_argument for types and keys that are not known, values that cannot be
/// right, and what is missing.
Result<Object> parse_object(std::string_view text);

/// Null: there is none of that name.
const Object* find_object(std::span<const Object> objects, std::string_view id);

} // namespace qio::bridge
