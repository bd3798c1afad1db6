// What a machine writes, as valid UTF-8.
#include "ui/terminal/decoder.hpp"

#include <algorithm>
#include <iterator>

#include <glib.h>

#include "ui/terminal/code-page.hpp"

namespace qio::terminal {

namespace {

constexpr char32_t replacement = 0xFFFD;

void append_utf8(char32_t character, std::string& utf8) {
    char bytes[6];
    utf8.append(bytes, std::size_t(g_unichar_to_utf8(character, bytes)));
}

// Marks to libvterm, but not to GLib.
constexpr char32_t further_marks[] = {0x06DE, 0x1734, 0x302E, 0x302F};

bool is_left_out(char32_t character) {
    const bool is_c1 = character >= 0x80 && character < 0xA0;
    return is_c1 || g_unichar_iszerowidth(character) ||
           std::ranges::find(further_marks, character) != std::end(further_marks);
}

void append_shown(char32_t character, std::string& utf8) {
    if (character < 0x80)
        utf8 += char(character);
    else if (!is_left_out(character))
        append_utf8(character, utf8);
}

} // namespace

void Decoder::set_encoding(Encoding encoding) {
    encoding_ = encoding;
    missing_ = 0;
}

void Decoder::decode(ByteView bytes, std::string& utf8) {
    for (const auto byte : bytes) {
        if (encoding_ == Encoding::cp437)
            append_shown(character_of_cp437(std::uint8_t(byte)), utf8);
        else
            decode_utf8(std::uint8_t(byte), utf8);
    }
}

/// RFC 3629 §4: only the second byte of a character depends on the first.
void Decoder::decode_utf8(std::uint8_t byte, std::string& utf8) {
    if (missing_ > 0 && (byte < lowest_ || byte > highest_)) {
        missing_ = 0;
        append_utf8(replacement, utf8);
    }
    if (missing_ == 0)
        return begin_character(byte, utf8);
    character_ = character_ << 6 | (byte & 0x3F);
    lowest_ = 0x80;
    highest_ = 0xBF;
    if (--missing_ == 0)
        append_shown(character_, utf8);
}

void Decoder::begin_character(std::uint8_t byte, std::string& utf8) {
    if (byte < 0x80)
        return append_shown(byte, utf8);
    if (byte < 0xC2 || byte > 0xF4)
        return append_utf8(replacement, utf8);
    missing_ = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
    character_ = byte & (0x3F >> missing_);
    lowest_ = byte == 0xE0 ? 0xA0 : byte == 0xF0 ? 0x90 : 0x80;
    highest_ = byte == 0xED ? 0x9F : byte == 0xF4 ? 0x8F : 0xBF;
}

std::string encoded(char32_t character, Encoding encoding) {
    if (encoding == Encoding::cp437)
        return {char(cp437_of_character(character).value_or('?'))};
    std::string utf8;
    append_utf8(character, utf8);
    return utf8;
}

} // namespace qio::terminal
