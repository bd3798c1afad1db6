// The machine's keyboard, which all clients share.
#include "ui/vnc/keyboard.hpp"

#include <algorithm>

#include "ui/vnc/held-input.hpp"

namespace qio::vnc {

namespace {

/// What a modifier does to the next key.
enum class Effect : std::uint8_t { none, shift, level3, command };

struct Modifier {
    std::uint32_t keysym, xt_keycode;
    Effect effect;
};

// X11 keysyms, and the scan codes of their keys.
constexpr Modifier modifiers[] = {
    {0xFFE1, 0x2A, Effect::shift},   // Shift_L
    {0xFFE2, 0x36, Effect::shift},   // Shift_R
    {0xFE03, 0xB8, Effect::level3},  // ISO_Level3_Shift
    {0xFF7E, 0xB8, Effect::level3},  // Mode_switch
    {0xFFE3, 0x1D, Effect::command}, // Control_L
    {0xFFE4, 0x9D, Effect::command}, // Control_R
    {0xFFE9, 0x38, Effect::command}, // Alt_L
    {0xFFEA, 0xB8, Effect::command}, // Alt_R
    {0xFFE7, 0xDB, Effect::command}, // Meta_L
    {0xFFE8, 0xDC, Effect::command}, // Meta_R
    {0xFFEB, 0xDB, Effect::command}, // Super_L
    {0xFFEC, 0xDC, Effect::command}, // Super_R
};

constexpr ui::KeyEvent shift_key{.keysym = 0xFFE1, .xt_keycode = 0x2A, .down = true};
constexpr ui::KeyEvent level3_key{.keysym = 0xFE03, .xt_keycode = 0xB8, .down = true};
constexpr std::uint32_t caps_lock = 0xFFE5;

/// By the keysym: of one key it can be Alt or AltGr. By the code if that is all there is.
Effect effect_of(const ui::KeyEvent& event) {
    const auto* const modifier =
        event.keysym != 0
            ? std::ranges::find(modifiers, event.keysym, &Modifier::keysym)
            : std::ranges::find(modifiers, event.xt_keycode, &Modifier::xt_keycode);
    return modifier != std::end(modifiers) ? modifier->effect : Effect::none;
}

std::optional<std::uint32_t> modifier_code(std::uint32_t keysym) {
    const auto* const modifier = std::ranges::find(modifiers, keysym, &Modifier::keysym);
    if (modifier == std::end(modifiers))
        return std::nullopt;
    return modifier->xt_keycode;
}

/// Whether the keysym is a character, or half of one, and no blank: a blank is the same
/// with every modifier.
bool is_character(std::uint32_t keysym) {
    const bool is_dead_key = keysym >= 0xFE50 && keysym <= 0xFE93;
    const bool is_unicode = keysym > 0x01000020 && keysym <= 0x0110FFFF;
    return (keysym > 0x20 && keysym < 0x2100 && keysym != 0xA0) || is_dead_key ||
           is_unicode;
}

bool is_ascii_letter(std::uint32_t keysym) {
    return (keysym | 0x20) >= 'a' && (keysym | 0x20) <= 'z';
}

void add_press(std::vector<KeyStep>& steps, const ui::KeyEvent& key) {
    steps.push_back({key});
}
void add_release(std::vector<KeyStep>& steps, ui::KeyEvent key) {
    key.down = false;
    steps.push_back({key});
}

/// Puts around the rest what makes modifiers of this effect as they are wanted.
class Correction {
public:
    Correction(const std::vector<ui::KeyEvent>& held, Effect effect, ui::KeyEvent own,
               std::optional<bool> wanted)
        : own_(own) {
        for (const auto& key : held)
            if (effect_of(key) == effect)
                held_.push_back(key);
        presses_ = wanted == true && held_.empty();
        if (wanted != false)
            held_.clear();
    }
    void begin(std::vector<KeyStep>& steps) const {
        for (auto key : held_) {
            key.down = false;
            steps.push_back({key, false});
        }
        if (presses_)
            add_press(steps, own_);
    }
    void end(std::vector<KeyStep>& steps) const {
        if (presses_)
            add_release(steps, own_);
        for (const auto& key : held_)
            steps.push_back({key, false});
    }

private:
    std::vector<ui::KeyEvent> held_; // to be lifted for a moment
    ui::KeyEvent own_;
    bool presses_ = false;
};

} // namespace

Keyboard::Key Keyboard::identify(const ui::KeyEvent& event) const {
    const bool asks = options_.keymap &&
                      (!event.xt_keycode || options_.scan_codes == ScanCodes::of_keymap);
    if (!asks)
        return {event};
    Key key{event, options_.keymap->find(event.keysym)};
    if (key.stroke)
        key.event.xt_keycode = key.stroke->xt_keycode;
    else if (const auto code = modifier_code(event.keysym))
        key.event.xt_keycode = code;
    return key;
}

/// Empty where Shift may be as it is. Caps Lock turns letters round; which of those that
/// are not of ASCII is the layout's secret, and the client is believed.
std::optional<bool> Keyboard::wanted_shift(const Key& key, bool caps) const {
    if (!caps)
        return key.stroke->shift;
    if (is_ascii_letter(key.event.keysym))
        return !key.stroke->shift;
    return key.event.keysym < 0x80 ? std::optional(key.stroke->shift) : std::nullopt;
}

std::vector<KeyStep> Keyboard::steps(const Key& key, SeesLights lights) const {
    std::vector<KeyStep> steps;
    bool caps = lock_keys_.has_caps();
    const auto tap = options_.lock_key_sync && lights == SeesLights::no
                         ? lock_keys_.key_before(key.event)
                         : std::nullopt;
    if (tap) {
        caps ^= tap->keysym == caps_lock;
        add_press(steps, *tap);
        add_release(steps, *tap);
    }
    const bool is_command = std::ranges::any_of(
        modifiers_, [](auto& held) { return effect_of(held) == Effect::command; });
    if (!key.stroke || !key.event.down || is_command || !is_character(key.event.keysym)) {
        add_press(steps, key.event); // or its release
        return steps;
    }
    const Correction shift(modifiers_, Effect::shift, shift_key, wanted_shift(key, caps));
    const Correction level3(modifiers_, Effect::level3, level3_key, key.stroke->alt_gr);
    shift.begin(steps);
    level3.begin(steps);
    add_press(steps, key.event);
    level3.end(steps);
    shift.end(steps);
    return steps;
}

void Keyboard::passed(const ui::KeyEvent& event) {
    lock_keys_.passed(event);
    // Whatever it is called when it is released.
    std::erase_if(modifiers_, [&](auto& held) { return is_same_key(held, event); });
    if (event.down && effect_of(event) != Effect::none)
        modifiers_.push_back(event);
}

} // namespace qio::vnc
