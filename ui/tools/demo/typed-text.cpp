// The keys typed last, as text. Keysyms are those of X11's keysymdef.h.
#include "ui/tools/demo/typed-text.hpp"

#include <algorithm>
#include <cstdio>
#include <string_view>

namespace qio::demo {

namespace {

constexpr std::uint32_t backspace = 0xFF08;
constexpr std::uint32_t first_function_key = 0xFFBE, last_function_key = 0xFFE0;
constexpr std::uint32_t unicode = 0x01000000; // keysyms above it are U+0000 and so on

struct Name {
    std::uint32_t keysym;
    std::string_view name;
};

constexpr Name names[] = {
    {0xFE03, ""}, // ISO_Level3_Shift (AltGr)
    {0xFF09, "Tab"},      {0xFF0D, "Return"}, {0xFF13, "Pause"},  {0xFF14, "ScrollLock"},
    {0xFF15, "SysRq"},    {0xFF1B, "Escape"}, {0xFF50, "Home"},   {0xFF51, "Left"},
    {0xFF52, "Up"},       {0xFF53, "Right"},  {0xFF54, "Down"},   {0xFF55, "PageUp"},
    {0xFF56, "PageDown"}, {0xFF57, "End"},    {0xFF61, "Print"},  {0xFF63, "Insert"},
    {0xFF67, "Menu"},     {0xFF7E, ""}, // Mode_switch
    {0xFF7F, "NumLock"},  {0xFF8D, "Enter"},  {0xFFFF, "Delete"},
};

constexpr bool is_modifier(std::uint32_t keysym) {
    return keysym >= 0xFFE1 && keysym <= 0xFFEE;
}

// Keypad keys whose low seven bits are the character: * + , - . / 0 … 9 =
constexpr bool is_keypad_character(std::uint32_t keysym) {
    return (keysym >= 0xFFAA && keysym <= 0xFFB9) || keysym == 0xFFBD;
}

std::string in_hex(const char* prefix, std::uint32_t value) {
    char digits[9];
    std::snprintf(digits, sizeof digits, "%04X", value);
    return std::string("<").append(prefix).append(digits).append(">");
}

} // namespace

std::string key_text(std::uint32_t keysym) {
    if (keysym >= ' ' && keysym <= '~')
        return std::string(1, char(keysym));
    if (is_keypad_character(keysym))
        return std::string(1, char(keysym & 0x7F));
    if (is_modifier(keysym))
        return {};
    if (keysym >= first_function_key && keysym <= last_function_key)
        return "<F" + std::to_string(keysym - first_function_key + 1) + ">";
    const auto* named = std::ranges::find(names, keysym, &Name::keysym);
    if (named != std::end(names))
        return named->name.empty() ? "" : "<" + std::string(named->name) + ">";
    if (keysym >= 0xA0 && keysym <= 0xFF)
        return in_hex("U+", keysym);
    if (keysym > unicode && keysym <= unicode + 0x10FFFF)
        return in_hex("U+", keysym - unicode);
    return in_hex("0x", keysym);
}

void TypedText::press(std::uint32_t keysym) {
    if (keysym == backspace) {
        if (!keys_.empty()) {
            characters_ -= keys_.back().size();
            keys_.pop_back();
        }
        return;
    }
    keys_.push_back(key_text(keysym));
    characters_ += keys_.back().size();
    if (keys_.back().empty())
        keys_.pop_back();
    while (characters_ > max_characters) {
        characters_ -= keys_.front().size();
        keys_.pop_front();
    }
}

std::string TypedText::text() const {
    std::string text;
    for (const auto& key : keys_)
        text += key;
    return text;
}

} // namespace qio::demo
