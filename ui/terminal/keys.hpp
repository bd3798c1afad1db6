// internal: what the keys of a terminal mean.
#pragma once

#include <cstdint>

#include <vterm_keycodes.h>

namespace qio::terminal {

/// The keys that change what others mean, by which of them are down.
class Modifiers {
public:
    /// Whether it was one of these keys.
    bool take(std::uint32_t keysym, bool down);

    bool has_shift() const { return (held_ & shift_keys) != 0; }
    bool has_control() const { return (held_ & control_keys) != 0; }
    /// Alt or Meta.
    bool has_alt() const { return (held_ & alt_keys) != 0; }

private:
    // Bit 0 is Shift_L; the others follow in the order of their keysyms.
    static constexpr unsigned shift_keys = 0b11, control_keys = 0b1100,
                              alt_keys = 0b11'1100'0000;

    unsigned held_ = 0;
};

/// A key that the terminal has, or a character; otherwise there is nothing to be sent.
struct KeyMeaning {
    VTermKey key = VTERM_KEY_NONE;
    VTermModifier modifiers = VTERM_MOD_NONE; ///< of `key`
    bool is_character = false;
    bool has_escape = false; ///< ESC is to be put in front of the character
    char32_t character = 0;  ///< may be a control character, NUL among them

    bool operator==(const KeyMeaning&) const = default;
};

/// What is typed with this key. Num Lock turns the keypad into characters, whatever mode
/// a program has asked for: that is what whoever switched it on wants.
KeyMeaning meaning_of(std::uint32_t keysym, const Modifiers& modifiers);

} // namespace qio::terminal
