// Keeps the machine's lock keys in step with a client's.
#include "ui/vnc/lock-keys.hpp"

namespace qio::vnc {

namespace {

// X11 keysyms.
constexpr std::uint32_t num_lock = 0xFF7F;
constexpr std::uint32_t shift_l = 0xFFE1;
constexpr std::uint32_t shift_r = 0xFFE2;
constexpr std::uint32_t caps_lock = 0xFFE5;

// Scan codes of the lock keys.
constexpr std::uint32_t caps_lock_code = 0x3A;
constexpr std::uint32_t num_lock_code = 0x45;

bool is_upper_case(std::uint32_t keysym) {
    return keysym >= 'A' && keysym <= 'Z';
}
bool is_lower_case(std::uint32_t keysym) {
    return keysym >= 'a' && keysym <= 'z';
}

/// KP_Separator, KP_Decimal, KP_0 to KP_9.
bool is_keypad_digit(std::uint32_t keysym) {
    return keysym == 0xFFAC || keysym == 0xFFAE || (keysym >= 0xFFB0 && keysym <= 0xFFB9);
}
/// What the same keys are without Num Lock: KP_Home to KP_Delete.
bool is_keypad_move(std::uint32_t keysym) {
    return keysym >= 0xFF95 && keysym <= 0xFF9F;
}

} // namespace

bool LockKeys::caps_disagrees(std::uint32_t keysym) const {
    if (!is_upper_case(keysym) && !is_lower_case(keysym))
        return false;
    const bool shift = left_shift_ || right_shift_;
    return is_upper_case(keysym) != (shift != leds_->caps);
}

// Shift turns the keypad round as well.
bool LockKeys::num_disagrees(std::uint32_t keysym) const {
    if (left_shift_ || right_shift_)
        return false;
    return leds_->num ? is_keypad_move(keysym) : is_keypad_digit(keysym);
}

std::optional<ui::KeyEvent> LockKeys::key_before(const ui::KeyEvent& event) const {
    if (!leds_ || !event.down)
        return std::nullopt;
    if (caps_disagrees(event.keysym))
        return ui::KeyEvent{caps_lock, caps_lock_code, true};
    if (num_disagrees(event.keysym))
        return ui::KeyEvent{num_lock, num_lock_code, true};
    return std::nullopt;
}

void LockKeys::passed(const ui::KeyEvent& event) {
    if (event.keysym == shift_l)
        left_shift_ = event.down;
    else if (event.keysym == shift_r)
        right_shift_ = event.down;
    else if (leds_ && event.down && event.keysym == caps_lock)
        leds_->caps = !leds_->caps;
    else if (leds_ && event.down && event.keysym == num_lock)
        leds_->num = !leds_->num;
}

} // namespace qio::vnc
