// Texts of options, whose parts stand between commas.
#include "ui/vnc/option-text.hpp"

#include <cstddef>

namespace qio::vnc {

std::vector<std::string> split_at_commas(std::string_view text) {
    std::vector<std::string> parts(1);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != ',')
            parts.back() += text[i];
        else if (text.substr(i + 1).starts_with(','))
            parts.back() += text[i++];
        else
            parts.emplace_back();
    }
    if (parts.size() > 1 && parts.back().empty())
        parts.pop_back();
    return parts;
}

std::string with_doubled_commas(std::string_view value) {
    std::string result;
    for (const char c : value)
        result.append(c == ',' ? 2 : 1, c);
    return result;
}

} // namespace qio::vnc
