// internal: the parts of a text.
#pragma once

#include <string_view>
#include <vector>

namespace qio {

/// The parts between separators, at least one; each may be empty.
/// Lifetime: they are views of `text`.
inline std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (std::size_t end = 0; end != text.npos;) {
        end = text.find(separator);
        parts.push_back(text.substr(0, end));
        text.remove_prefix(end == text.npos ? 0 : end + 1);
    }
    return parts;
}

} // namespace qio
