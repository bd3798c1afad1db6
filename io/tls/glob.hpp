// internal: patterns with '*' and '?', as rules about names use them.
#pragma once

#include <string_view>

namespace qio::tls {

/// Whether the whole text fits the pattern: '*' stands for any characters or none, '?'
/// for one character of UTF-8 (or one byte that is not), everything else for itself.
/// Units/limits: at most as many steps as pattern and text have bytes, multiplied.
bool glob_matches(std::string_view pattern, std::string_view text);

} // namespace qio::tls
