// internal: layers in the text of a relay address: their names and options.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "io/base/error.hpp"
#include "io/tools/relay-address.hpp"
#include "io/tools/relay-text.hpp"

namespace qio::relay {

/// The name of a layer at the front, with a colon, a brace or the end behind it; empty if
/// there is none.
std::string_view layer_name(std::string_view text);

/// Reads the name of a layer and its options: one layer, or two for wss.
/// Requires: layer_name(cursor.rest()) is not empty.
/// Errors: invalid_argument: those of parse_options(); an option that is unknown,
/// doubled, without its value or with a wrong one; options that exclude each other.
Result<std::vector<Layer>> parse_layer(Cursor& cursor);

/// The layer's name and its options, those left at their defaults excepted.
std::string to_string(const Layer& layer);

/// Whether `text` may be the path of a request: "/", and whatever is visible but "#".
bool is_path(std::string_view text);

} // namespace qio::relay
