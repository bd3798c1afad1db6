// What a viewer's keys mean to a libretro core: tables of X11's keysyms.
#include "keys.hpp"

namespace {

// From keysymdef.h: what is no Latin-1.
enum Keysym : std::uint32_t {
    BackSpace = 0xFF08,
    Tab = 0xFF09,
    Return = 0xFF0D,
    Pause = 0xFF13,
    Scroll_Lock = 0xFF14,
    Escape = 0xFF1B,
    Home = 0xFF50,
    Left = 0xFF51,
    Up = 0xFF52,
    Right = 0xFF53,
    Down = 0xFF54,
    Page_Up = 0xFF55,
    Page_Down = 0xFF56,
    End = 0xFF57,
    Print = 0xFF61,
    Insert = 0xFF63,
    Menu = 0xFF67,
    Num_Lock = 0xFF7F,
    KP_Enter = 0xFF8D,
    KP_Multiply = 0xFFAA,
    KP_Add = 0xFFAB,
    KP_Subtract = 0xFFAD,
    KP_Decimal = 0xFFAE,
    KP_Divide = 0xFFAF,
    KP_0 = 0xFFB0,
    KP_9 = 0xFFB9,
    KP_Equal = 0xFFBD,
    F1 = 0xFFBE,
    F15 = 0xFFCC,
    Shift_L = 0xFFE1,
    Shift_R = 0xFFE2,
    Control_L = 0xFFE3,
    Control_R = 0xFFE4,
    Caps_Lock = 0xFFE5,
    Meta_L = 0xFFE7,
    Meta_R = 0xFFE8,
    Alt_L = 0xFFE9,
    Alt_R = 0xFFEA,
    Super_L = 0xFFEB,
    Super_R = 0xFFEC,
    Delete = 0xFFFF,
};

constexpr struct {
    std::uint32_t keysym;
    unsigned button;
} buttons[] = {
    {Up, RETRO_DEVICE_ID_JOYPAD_UP},          {Down, RETRO_DEVICE_ID_JOYPAD_DOWN},
    {Left, RETRO_DEVICE_ID_JOYPAD_LEFT},      {Right, RETRO_DEVICE_ID_JOYPAD_RIGHT},
    {'z', RETRO_DEVICE_ID_JOYPAD_B},          {'x', RETRO_DEVICE_ID_JOYPAD_A},
    {'a', RETRO_DEVICE_ID_JOYPAD_Y},          {'s', RETRO_DEVICE_ID_JOYPAD_X},
    {'q', RETRO_DEVICE_ID_JOYPAD_L},          {'w', RETRO_DEVICE_ID_JOYPAD_R},
    {Return, RETRO_DEVICE_ID_JOYPAD_START},   {Shift_L, RETRO_DEVICE_ID_JOYPAD_SELECT},
    {Shift_R, RETRO_DEVICE_ID_JOYPAD_SELECT},
};

constexpr struct {
    std::uint32_t keysym;
    retro_key key;
} keys[] = {
    {BackSpace, RETROK_BACKSPACE},
    {Tab, RETROK_TAB},
    {Return, RETROK_RETURN},
    {Pause, RETROK_PAUSE},
    {Scroll_Lock, RETROK_SCROLLOCK},
    {Escape, RETROK_ESCAPE},
    {Home, RETROK_HOME},
    {Left, RETROK_LEFT},
    {Up, RETROK_UP},
    {Right, RETROK_RIGHT},
    {Down, RETROK_DOWN},
    {Page_Up, RETROK_PAGEUP},
    {Page_Down, RETROK_PAGEDOWN},
    {End, RETROK_END},
    {Print, RETROK_PRINT},
    {Insert, RETROK_INSERT},
    {Menu, RETROK_MENU},
    {Num_Lock, RETROK_NUMLOCK},
    {KP_Enter, RETROK_KP_ENTER},
    {KP_Multiply, RETROK_KP_MULTIPLY},
    {KP_Add, RETROK_KP_PLUS},
    {KP_Subtract, RETROK_KP_MINUS},
    {KP_Decimal, RETROK_KP_PERIOD},
    {KP_Divide, RETROK_KP_DIVIDE},
    {KP_Equal, RETROK_KP_EQUALS},
    {Shift_L, RETROK_LSHIFT},
    {Shift_R, RETROK_RSHIFT},
    {Control_L, RETROK_LCTRL},
    {Control_R, RETROK_RCTRL},
    {Caps_Lock, RETROK_CAPSLOCK},
    {Meta_L, RETROK_LMETA},
    {Meta_R, RETROK_RMETA},
    {Alt_L, RETROK_LALT},
    {Alt_R, RETROK_RALT},
    {Super_L, RETROK_LSUPER},
    {Super_R, RETROK_RSUPER},
    {Delete, RETROK_DELETE},
};

std::uint32_t lower_case(std::uint32_t keysym) {
    return keysym >= 'A' && keysym <= 'Z' ? keysym + ('a' - 'A') : keysym;
}

bool is_ascii(std::uint32_t keysym) {
    return keysym >= ' ' && keysym <= '~';
}

} // namespace

std::optional<unsigned> joypad_button(std::uint32_t keysym) {
    for (const auto& entry : buttons)
        if (entry.keysym == lower_case(keysym))
            return entry.button;
    return std::nullopt;
}

retro_key key_of(std::uint32_t keysym) {
    if (is_ascii(keysym)) // libretro numbers these as ASCII does
        return retro_key(lower_case(keysym));
    if (keysym >= KP_0 && keysym <= KP_9)
        return retro_key(RETROK_KP0 + (keysym - KP_0));
    if (keysym >= F1 && keysym <= F15)
        return retro_key(RETROK_F1 + (keysym - F1));
    for (const auto& entry : keys)
        if (entry.keysym == keysym)
            return entry.key;
    return RETROK_UNKNOWN;
}

std::uint16_t modifier_of(std::uint32_t keysym) {
    switch (keysym) {
    case Shift_L:
    case Shift_R:
        return RETROKMOD_SHIFT;
    case Control_L:
    case Control_R:
        return RETROKMOD_CTRL;
    case Alt_L:
    case Alt_R:
        return RETROKMOD_ALT;
    case Meta_L:
    case Meta_R:
    case Super_L:
    case Super_R:
        return RETROKMOD_META;
    default:
        return RETROKMOD_NONE;
    }
}

std::uint32_t character_of(std::uint32_t keysym) {
    if (is_ascii(keysym) || (keysym >= 0xA0 && keysym <= 0xFF))
        return keysym;
    // Above Latin-1, a keysym can be a code point with a mark.
    return keysym >= 0x01000100 && keysym <= 0x0110FFFF ? keysym & 0x00FFFFFF : 0;
}
