// Conversions between UTF-8 and what viewers' text is in. Source: RFC 3629.
#include "ui/text.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace qio::ui {

namespace {

struct Character {
    char32_t code;
    std::size_t bytes;
};

/// How many bytes a character starting with this one has; 0 if none starts with it.
std::size_t sequence_length(std::uint8_t lead) {
    if (lead < 0x80)
        return 1;
    if (lead < 0xC2)
        return 0;
    if (lead < 0xE0)
        return 2;
    if (lead < 0xF0)
        return 3;
    return lead < 0xF5 ? 4 : 0;
}

/// The first character of a text that is not empty; empty if it is no valid UTF-8.
std::optional<Character> first_character(std::string_view text) {
    const auto lead = std::uint8_t(text[0]);
    const auto bytes = sequence_length(lead);
    if (bytes == 0 || bytes > text.size())
        return std::nullopt;
    if (bytes == 1)
        return Character{lead, 1};
    char32_t code = lead & (0x7Fu >> bytes);
    for (const char next : text.substr(1, bytes - 1)) {
        if ((std::uint8_t(next) & 0xC0) != 0x80)
            return std::nullopt;
        code = code << 6 | (std::uint8_t(next) & 0x3Fu);
    }
    const bool overlong = (bytes == 3 && code < 0x800) || (bytes == 4 && code < 0x10000);
    const bool surrogate = code >= 0xD800 && code < 0xE000;
    if (overlong || surrogate || code > 0x10FFFF)
        return std::nullopt;
    return Character{code, bytes};
}

} // namespace

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const auto character = first_character(text);
        if (!character)
            return false;
        text.remove_prefix(character->bytes);
    }
    return true;
}

std::string utf8_from_latin1(ByteView latin1) {
    std::string utf8;
    utf8.reserve(latin1.size());
    for (const std::byte byte : latin1) {
        const auto code = std::to_integer<unsigned>(byte);
        if (code < 0x80) {
            utf8.push_back(char(code));
        } else {
            utf8.push_back(char(0xC0 | code >> 6));
            utf8.push_back(char(0x80 | (code & 0x3F)));
        }
    }
    return utf8;
}

Bytes latin1_from_utf8(std::string_view utf8) {
    Bytes latin1;
    latin1.reserve(utf8.size());
    while (!utf8.empty()) {
        const auto character = first_character(utf8).value_or(Character{0x100, 1});
        latin1.push_back(std::byte(character.code < 0x100 ? character.code : U'?'));
        utf8.remove_prefix(character.bytes);
    }
    return latin1;
}

std::string valid_utf8(std::string_view text) {
    std::string valid;
    valid.reserve(text.size());
    while (!text.empty()) {
        const auto character = first_character(text);
        const std::size_t bytes = character ? character->bytes : 1;
        valid += character ? text.substr(0, bytes) : "\xEF\xBF\xBD";
        text.remove_prefix(bytes);
    }
    return valid;
}

std::u32string utf32_from_utf8(std::string_view text) {
    std::u32string characters;
    while (!text.empty()) {
        const auto character = first_character(text).value_or(Character{0xFFFD, 1});
        characters.push_back(character.code);
        text.remove_prefix(character.bytes);
    }
    return characters;
}

std::string one_line(std::string text) {
    std::ranges::replace_if(
        text, [](char c) { return std::uint8_t(c) < 0x20 || c == 0x7F; }, '?');
    return text;
}

std::string with_lf(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\r')
            result += text[i];
        else if (i + 1 == text.size() || text[i + 1] != '\n')
            result += '\n';
    }
    return result;
}

std::string with_crlf(std::string_view text) {
    std::string result;
    result.reserve(text.size() + text.size() / 16);
    char previous = 0;
    for (const char next : text) {
        if (next == '\n' && previous != '\r')
            result += '\r';
        result += previous = next;
    }
    return result;
}

} // namespace qio::ui
