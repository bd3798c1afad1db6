// Fuzzes what is parsed of files around TLS: shared keys, rules about names, patterns.
//
// The first byte of the input chooses which; the rest is the file, or pattern, line feed
// and text.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "io/tls/authorization-file.hpp"
#include "io/tls/glob.hpp"
#include "io/tls/psk-keys.hpp"
#include "tests/fuzz/require.hpp"

using namespace qio;
using namespace qio::tls;
using fuzz::require;

namespace {

std::string hex_of(ByteView bytes) {
    std::string text;
    for (const auto byte : bytes) {
        text += "0123456789abcdef"[unsigned(byte) / 16];
        text += "0123456789abcdef"[unsigned(byte) % 16];
    }
    return text;
}

std::string in_lower_case(std::string text) {
    for (auto& c : text)
        if (c >= 'A' && c <= 'F')
            c = char(c + 32);
    return text;
}

/// Each line of a file that was taken says what the table says.
void check_keys(const std::string& text) {
    const auto keys = PskKeys::parse(text);
    if (!keys) {
        require(!keys.error().message.empty(), "a refusal has a reason");
        return;
    }
    std::size_t count = 0;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        auto line = text.substr(at, end - at);
        at = end + 1;
        if (!line.empty() && line.back() == '\r')
            line.pop_back();
        if (line.empty() || line[0] == '#')
            continue;
        ++count;
        const auto colon = line.find(':');
        require(colon != line.npos && colon > 0, "a line has a user");
        require(line.find('\0') == line.npos, "no line has a NUL");
        const auto key = keys->find(line.substr(0, colon));
        require(key && !key->empty(), "a user has a key");
        require(hex_of(*key) == in_lower_case(line.substr(colon + 1)),
                "the key is the one in the line");
    }
    require(keys->size() == count, "nobody else has a key");
}

void check_rules(const std::string& text) {
    const auto rules = parse_rules(text);
    if (!rules) {
        require(!rules.error().message.empty(), "a refusal has a reason");
        return;
    }
    require(rules->rules.size() < max_rules_brackets, "rules are limited");
    for (const auto& rule : rules->rules)
        rules->allow(rule.match);
    require(*parse_rules(text) == *rules, "the same text has the same rules");
}

/// By a table of what fits up to where, one column for each byte of the text.
bool reference(std::string_view pattern, std::string_view text) {
    std::vector<bool> fits(text.size() + 1);
    fits[0] = true;
    for (const char c : pattern) {
        std::vector<bool> next(text.size() + 1);
        for (std::size_t i = 0; i <= text.size(); ++i)
            next[i] = c == '*' ? fits[i] || (i && next[i - 1])
                               : i && fits[i - 1] && (c == '?' || c == text[i - 1]);
        fits = next;
    }
    return fits.back();
}

void check_pattern(const std::string& input) {
    const auto end = input.find('\n');
    if (end == input.npos)
        return;
    const auto pattern = input.substr(0, end), text = input.substr(end + 1);
    const bool matches = glob_matches(pattern, text);
    bool is_ascii = true;
    for (const char c : text)
        is_ascii = is_ascii && (c & 0x80) == 0;
    // A '?' takes whole characters of UTF-8, which the table does not know.
    require(!is_ascii || matches == reference(pattern, text), "the table agrees");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0 || size > 4096)
        return 0;
    const std::string input(reinterpret_cast<const char*>(data) + 1, size - 1);
    switch (data[0] % 3) {
    case 0:
        check_keys(input);
        break;
    case 1:
        check_rules(input);
        break;
    default:
        check_pattern(input);
    }
    return 0;
}
