// What keys mean, with the modifiers that are held.
#include "ui/terminal/keys.hpp"

#include <initializer_list>

#include <xkbcommon/xkbcommon-keysyms.h>

#include "tests/support/cmocka.hpp"

using namespace qio::terminal;

namespace {

constexpr unsigned none = 0, shift = XKB_KEY_Shift_L, control = XKB_KEY_Control_R,
                   alt = XKB_KEY_Alt_L, meta = XKB_KEY_Meta_R;

KeyMeaning meaning_with(std::uint32_t keysym, std::uint32_t modifier) {
    Modifiers modifiers;
    if (modifier != none)
        assert_true(modifiers.take(modifier, true));
    return meaning_of(keysym, modifiers);
}

void characters_are_typed(void**) {
    struct Row {
        std::uint32_t keysym;
        std::uint32_t modifier;
        char32_t character;
        bool has_escape = false;
    };
    const Row rows[] = {
        {'a', none, 'a'},
        {'A', shift, 'A'},
        {' ', none, ' '},
        {'~', none, '~'},
        {XKB_KEY_adiaeresis, none, 0xE4},
        {XKB_KEY_EuroSign, none, 0x20AC},
        {XKB_KEY_Cyrillic_a, none, 0x430},
        {0x01000430, none, 0x430},
        {0x0101F600, none, 0x1F600},
        {XKB_KEY_KP_5, none, '5'},
        {XKB_KEY_KP_Add, none, '+'},
        {XKB_KEY_KP_Decimal, none, '.'},
        {'a', alt, 'a', true},
        {'a', meta, 'a', true},
        {XKB_KEY_adiaeresis, alt, 0xE4, true},
        {'a', control, 0x01},
        {'A', control, 0x01},
        {'i', control, 0x09},
        {'m', control, 0x0D},
        {'z', control, 0x1A},
        {'[', control, 0x1B},
        {'\\', control, 0x1C},
        {']', control, 0x1D},
        {'^', control, 0x1E},
        {'_', control, 0x1F},
        {'@', control, 0x00},
        {' ', control, 0x00},
        {'2', control, 0x00},
        {'3', control, 0x1B},
        {'7', control, 0x1F},
        {'8', control, 0x7F},
        {'?', control, 0x7F},
        {'/', control, 0x1F},
        {'1', control, '1'},
        {'9', control, '9'},
        {XKB_KEY_adiaeresis, control, 0xE4},
    };
    for (const auto& row : rows) {
        const KeyMeaning expected{.is_character = true,
                                  .has_escape = row.has_escape,
                                  .character = row.character};
        assert_true(meaning_with(row.keysym, row.modifier) == expected);
    }
}

void keys_without_a_character_are_the_terminals(void**) {
    struct Row {
        std::uint32_t keysym;
        std::uint32_t modifier;
        VTermKey key;
        VTermModifier sent = VTERM_MOD_NONE;
    };
    const Row rows[] = {
        {XKB_KEY_Return, none, VTERM_KEY_ENTER},
        {XKB_KEY_KP_Enter, none, VTERM_KEY_ENTER},
        {XKB_KEY_Return, shift, VTERM_KEY_ENTER},
        {XKB_KEY_Return, control, VTERM_KEY_ENTER},
        {XKB_KEY_Return, alt, VTERM_KEY_ENTER, VTERM_MOD_ALT},
        {XKB_KEY_BackSpace, none, VTERM_KEY_BACKSPACE},
        {XKB_KEY_BackSpace, shift, VTERM_KEY_BACKSPACE},
        {XKB_KEY_Escape, none, VTERM_KEY_ESCAPE},
        {XKB_KEY_Tab, none, VTERM_KEY_TAB},
        {XKB_KEY_Tab, control, VTERM_KEY_TAB},
        {XKB_KEY_ISO_Left_Tab, shift, VTERM_KEY_TAB, VTERM_MOD_SHIFT},
        {XKB_KEY_Up, none, VTERM_KEY_UP},
        {XKB_KEY_KP_Up, none, VTERM_KEY_UP},
        {XKB_KEY_Left, control, VTERM_KEY_LEFT, VTERM_MOD_CTRL},
        {XKB_KEY_Right, shift, VTERM_KEY_RIGHT, VTERM_MOD_SHIFT},
        {XKB_KEY_Down, alt, VTERM_KEY_DOWN, VTERM_MOD_ALT},
        {XKB_KEY_Delete, none, VTERM_KEY_DEL},
        {XKB_KEY_Page_Up, none, VTERM_KEY_PAGEUP},
        {XKB_KEY_F1, none, VTermKey(VTERM_KEY_FUNCTION(1))},
        {XKB_KEY_F12, shift, VTermKey(VTERM_KEY_FUNCTION(12)), VTERM_MOD_SHIFT},
    };
    for (const auto& row : rows) {
        const KeyMeaning expected{.key = row.key, .modifiers = row.sent};
        assert_true(meaning_with(row.keysym, row.modifier) == expected);
    }
}

void other_keys_mean_nothing(void**) {
    const std::uint32_t keysyms[] = {
        0,
        XKB_KEY_F13,
        XKB_KEY_Pause,
        XKB_KEY_Print,
        XKB_KEY_Num_Lock,
        XKB_KEY_Super_L,
        XKB_KEY_ISO_Level3_Shift,
        XKB_KEY_dead_acute,
        XKB_KEY_XF86AudioMute,
        0x01000007, // a control character
        0x0100D800, // a surrogate
        0x01110000, // beyond all characters
        0xFFFFFFFF,
    };
    for (const auto keysym : keysyms)
        assert_true(meaning_with(keysym, none) == KeyMeaning{});
}

void modifiers_are_held_until_they_are_lifted(void**) {
    struct Row {
        std::uint32_t left, right;
        bool (Modifiers::*is_held)() const;
    };
    const Row rows[] = {
        {XKB_KEY_Shift_L, XKB_KEY_Shift_R, &Modifiers::has_shift},
        {XKB_KEY_Control_L, XKB_KEY_Control_R, &Modifiers::has_control},
        {XKB_KEY_Alt_L, XKB_KEY_Alt_R, &Modifiers::has_alt},
        {XKB_KEY_Meta_L, XKB_KEY_Meta_R, &Modifiers::has_alt},
    };
    for (const auto& row : rows) {
        Modifiers modifiers;
        assert_true(modifiers.take(row.left, true));
        assert_true(modifiers.take(row.right, true));
        assert_int_equal(
            modifiers.has_shift() + modifiers.has_control() + modifiers.has_alt(), 1);
        assert_true((modifiers.*row.is_held)());
        assert_true(modifiers.take(row.left, false));
        assert_true((modifiers.*row.is_held)());
        assert_true(modifiers.take(row.right, false));
        assert_false((modifiers.*row.is_held)());
    }
    Modifiers modifiers;
    for (const std::uint32_t other :
         {XKB_KEY_Caps_Lock, XKB_KEY_Shift_Lock, XKB_KEY_Super_L, XKB_KEY_a})
        assert_false(modifiers.take(other, true));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(characters_are_typed),
        cmocka_unit_test(keys_without_a_character_are_the_terminals),
        cmocka_unit_test(other_keys_mean_nothing),
        cmocka_unit_test(modifiers_are_held_until_they_are_lifted),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
