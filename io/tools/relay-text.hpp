// internal: the text of a relay address: places in it, and lists of options in braces.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/base/error.hpp"

namespace qio::relay {

/// A place in the text of an address.
struct Cursor {
    std::string_view text;
    std::size_t at = 0;

    std::string_view rest() const { return text.substr(at); }

    /// Goes behind `expected` if that is what comes next.
    bool accept(std::string_view expected);

    /// The error (invalid_argument) that says what is wrong at `position` (from 0).
    Error wrong(std::size_t position, std::string_view problem) const;
};

/// `text` fit for a message: at most 200 bytes, none of them a control character.
std::string shown(std::string_view text);

/// One option as it was given, without its escapes.
struct Given {
    std::string name;
    std::optional<std::string> value{}; ///< what stands behind "="
    std::size_t at = 0;                 ///< where the name starts
};

/// Reads "{NAME=VALUE,...}", if a brace comes next. The names are not empty.
/// Errors: invalid_argument: braces that are empty or do not end, an unknown escape.
Result<std::vector<Given>> parse_options(Cursor& cursor);

/// The value as parse_options() reads it back.
std::string escaped(std::string_view value);

} // namespace qio::relay
