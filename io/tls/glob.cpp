// Patterns with '*' and '?', as rules about names use them.
#include "io/tls/glob.hpp"

#include <algorithm>

namespace qio::tls {

namespace {

/// Bytes of the character that this byte begins.
std::size_t character_size(char lead) {
    const auto byte = static_cast<unsigned char>(lead);
    return byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
}

/// Where the character at `at` ends: behind the bytes that continue it.
std::size_t next_character(std::string_view text, std::size_t at) {
    const auto end = std::min(text.size(), at + character_size(text[at]));
    for (++at; at < end && (text[at] & 0xC0) == 0x80;)
        ++at;
    return at;
}

} // namespace

// Only the last '*' ever has to be tried again: what an earlier one left over, a later
// one may take just as well.
bool glob_matches(std::string_view pattern, std::string_view text) {
    std::size_t in_pattern = 0, in_text = 0;
    std::size_t behind_star = pattern.npos, retry_at = 0;
    while (in_text < text.size()) {
        const bool has_more = in_pattern < pattern.size();
        if (has_more && pattern[in_pattern] == '*') {
            behind_star = ++in_pattern;
            retry_at = in_text;
        } else if (has_more && pattern[in_pattern] == '?') {
            ++in_pattern;
            in_text = next_character(text, in_text);
        } else if (has_more && pattern[in_pattern] == text[in_text]) {
            ++in_pattern;
            ++in_text;
        } else if (behind_star != pattern.npos) {
            in_pattern = behind_star;
            in_text = retry_at = next_character(text, retry_at);
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', in_pattern) == pattern.npos;
}

} // namespace qio::tls
