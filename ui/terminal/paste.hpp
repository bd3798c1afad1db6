// internal: a text of a viewer as it is typed on a terminal.
#pragma once

#include <string>
#include <string_view>

#include "ui/terminal/encoding.hpp"

namespace qio::terminal {

/// The bytes for the machine: lines end in CR, as with the key Enter. Control characters
/// other than those and tabs are left out, ESC among them: a text could otherwise end the
/// marks that programs want around it, and go on as if it was typed.
/// Requires: valid UTF-8.
std::string typed(std::string_view utf8, Encoding encoding);

} // namespace qio::terminal
