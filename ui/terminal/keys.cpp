// What the keys of a terminal mean. Keysyms are those of X11's keysymdef.h.
#include "ui/terminal/keys.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>

#include <glib.h>
#include <xkbcommon/xkbcommon-keysyms.h>
#include <xkbcommon/xkbcommon.h>

namespace qio::terminal {

namespace {

/// Which modifiers a key goes out with. What is no function key has a byte of its own,
/// and programs on a serial line do not know the sequences that newer terminals have for
/// it together with others.
enum class Sends : std::uint8_t { all, shift_and_alt, alt };

struct NamedKey {
    std::uint32_t keysym;
    VTermKey key;
    Sends sends = Sends::all;
};

constexpr NamedKey named_keys[] = {
    {XKB_KEY_BackSpace, VTERM_KEY_BACKSPACE, Sends::alt},
    {XKB_KEY_Tab, VTERM_KEY_TAB, Sends::shift_and_alt},
    {XKB_KEY_ISO_Left_Tab, VTERM_KEY_TAB, Sends::shift_and_alt},
    {XKB_KEY_KP_Tab, VTERM_KEY_TAB, Sends::shift_and_alt},
    {XKB_KEY_Return, VTERM_KEY_ENTER, Sends::alt},
    {XKB_KEY_KP_Enter, VTERM_KEY_ENTER, Sends::alt},
    {XKB_KEY_Escape, VTERM_KEY_ESCAPE, Sends::alt},
    {XKB_KEY_Up, VTERM_KEY_UP},
    {XKB_KEY_KP_Up, VTERM_KEY_UP},
    {XKB_KEY_Down, VTERM_KEY_DOWN},
    {XKB_KEY_KP_Down, VTERM_KEY_DOWN},
    {XKB_KEY_Left, VTERM_KEY_LEFT},
    {XKB_KEY_KP_Left, VTERM_KEY_LEFT},
    {XKB_KEY_Right, VTERM_KEY_RIGHT},
    {XKB_KEY_KP_Right, VTERM_KEY_RIGHT},
    {XKB_KEY_Insert, VTERM_KEY_INS},
    {XKB_KEY_KP_Insert, VTERM_KEY_INS},
    {XKB_KEY_Delete, VTERM_KEY_DEL},
    {XKB_KEY_KP_Delete, VTERM_KEY_DEL},
    {XKB_KEY_Home, VTERM_KEY_HOME},
    {XKB_KEY_KP_Home, VTERM_KEY_HOME},
    {XKB_KEY_End, VTERM_KEY_END},
    {XKB_KEY_KP_End, VTERM_KEY_END},
    {XKB_KEY_Page_Up, VTERM_KEY_PAGEUP},
    {XKB_KEY_KP_Page_Up, VTERM_KEY_PAGEUP},
    {XKB_KEY_Page_Down, VTERM_KEY_PAGEDOWN},
    {XKB_KEY_KP_Page_Down, VTERM_KEY_PAGEDOWN},
};

VTermModifier modifiers_for(Sends sends, const Modifiers& held) {
    int sent = VTERM_MOD_NONE;
    if (held.has_alt())
        sent |= VTERM_MOD_ALT;
    if (held.has_shift() && sends != Sends::alt)
        sent |= VTERM_MOD_SHIFT;
    if (held.has_control() && sends == Sends::all)
        sent |= VTERM_MOD_CTRL;
    return VTermModifier(sent);
}

KeyMeaning meaning_of_key(std::uint32_t keysym, const Modifiers& held) {
    if (keysym >= XKB_KEY_F1 && keysym <= XKB_KEY_F12)
        return {.key = VTermKey(VTERM_KEY_FUNCTION(int(keysym - XKB_KEY_F1 + 1))),
                .modifiers = modifiers_for(Sends::all, held)};
    const auto* const named = std::ranges::find(named_keys, keysym, &NamedKey::keysym);
    if (named == std::end(named_keys))
        return {};
    return {.key = named->key, .modifiers = modifiers_for(named->sends, held)};
}

/// As a VT220 does it: letters and what is beside them in ASCII, and digits for those
/// that some keyboards have no key for.
char32_t with_control(char32_t character) {
    using namespace std::literals;
    constexpr auto digits = U"2345678"sv, meant = U"\x00\x1B\x1C\x1D\x1E\x1F\x7F"sv;
    static_assert(digits.size() == meant.size());
    if (character >= '@' && character <= '~')
        return character & 0x1F;
    if (const auto at = digits.find(character); at != digits.npos)
        return meant[at];
    if (character == ' ')
        return 0;
    if (character == '/')
        return 0x1F;
    return character == '?' ? 0x7F : character;
}

} // namespace

bool Modifiers::take(std::uint32_t keysym, bool down) {
    // Caps Lock and Shift Lock are between Control and Meta.
    const bool is_modifier = keysym >= XKB_KEY_Shift_L && keysym <= XKB_KEY_Alt_R &&
                             keysym != XKB_KEY_Caps_Lock && keysym != XKB_KEY_Shift_Lock;
    if (!is_modifier)
        return false;
    const unsigned key = 1u << (keysym - XKB_KEY_Shift_L);
    held_ = down ? held_ | key : held_ & ~key;
    return true;
}

KeyMeaning meaning_of(std::uint32_t keysym, const Modifiers& modifiers) {
    if (const auto key = meaning_of_key(keysym, modifiers); key.key != VTERM_KEY_NONE)
        return key;
    const char32_t character = xkb_keysym_to_utf32(keysym);
    if (character < 0x20 || character == 0x7F || !g_unichar_validate(character))
        return {};
    return {.is_character = true,
            .has_escape = modifiers.has_alt(),
            .character = modifiers.has_control() ? with_control(character) : character};
}

} // namespace qio::terminal
