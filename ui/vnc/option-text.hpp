// internal: texts of options, whose parts stand between commas.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace qio::vnc {

/// The parts between single commas, at least one; a doubled comma stands for itself, and
/// one at the very end separates nothing.
std::vector<std::string> split_at_commas(std::string_view text);

/// A value as a part of such a text.
std::string with_doubled_commas(std::string_view value);

} // namespace qio::vnc
