// What is pressed and lifted around a client's keys.
#include "ui/vnc/keyboard.hpp"

#include <map>
#include <string>

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::vnc;

namespace {

constexpr std::uint32_t shift_l = 0xFFE1, shift_r = 0xFFE2, control_l = 0xFFE3,
                        caps_lock = 0xFFE5, alt_r = 0xFFEA, super_l = 0xFFEB,
                        level3 = 0xFE03, back_tab = 0xFE20, home = 0xFF50, kp_7 = 0xFFB7;

/// A layout in small: German, as far as the tests go.
class SmallKeymap final : public ui::Keymap {
public:
    std::optional<ui::KeyStroke> find(std::uint32_t keysym) const override {
        static const std::map<std::uint32_t, ui::KeyStroke> keys = {
            {'a', {'a', 0x1E}},
            {'A', {'A', 0x1E, true}},
            {'7', {'7', 0x08}},
            {'/', {'/', 0x08, true}},
            {'{', {'{', 0x08, false, true}},
            {0xC4, {0xC4, 0x28, true}},
            {' ', {' ', 0x39}},
            {back_tab, {back_tab, 0x0F, true}},
            {home, {home, 0xC7}},
            {kp_7, {kp_7, 0x47, true}},
            {shift_l, {shift_l, 0x2A}},
            {0xFE52, {0xFE52, 0x29}},
            {0x01000100, {0x01000100, 0x1E, true, true}},
        };
        const auto found = keys.find(keysym);
        return found != keys.end() ? std::optional(found->second) : std::nullopt;
    }
    ui::TypedText type(std::string_view) const override { return {}; }
};

KeyboardOptions with_keymap(ScanCodes codes = ScanCodes::of_clients) {
    return {.keymap = std::make_shared<SmallKeymap>(), .scan_codes = codes};
}

ui::KeyEvent press(std::uint32_t keysym) {
    return {.keysym = keysym, .xt_keycode = {}, .down = true};
}
ui::KeyEvent release(std::uint32_t keysym) {
    return {.keysym = keysym, .xt_keycode = {}, .down = false};
}

/// The steps of a key as text: "+2a" presses, "-2a" lifts, "!" is what the client does
/// not hold; "?" is no scan code.
std::string steps(const Keyboard& keyboard, const ui::KeyEvent& event,
                  SeesLights lights = SeesLights::no) {
    constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (const auto& step : keyboard.steps(keyboard.identify(event), lights)) {
        text += text.empty() ? "" : " ";
        text += step.event.down ? '+' : '-';
        if (const auto code = step.event.xt_keycode)
            text += {digits[*code >> 4], digits[*code & 15]};
        else
            text += '?';
        text += step.is_held ? "" : "!";
    }
    return text;
}

void hold(Keyboard& keyboard, std::uint32_t keysym) {
    for (const auto& step :
         keyboard.steps(keyboard.identify(press(keysym)), SeesLights::no))
        keyboard.passed(step.event);
}

// A client may call a key another name when it lets go of it.
void what_is_released_is_not_held(void**) {
    Keyboard keyboard(with_keymap());
    ui::KeyEvent key{.keysym = shift_l, .xt_keycode = 0x2A, .down = true};
    keyboard.passed(key);
    assert_string_equal(steps(keyboard, press('a')).c_str(), "-2a! +1e +2a!");
    key.keysym = 'x';
    key.down = false;
    keyboard.passed(key);
    assert_string_equal(steps(keyboard, press('a')).c_str(), "+1e");
}

void keysyms_get_the_keys_of_the_layout(void**) {
    struct Row {
        const char* what;
        std::vector<std::uint32_t> held;
        std::uint32_t keysym;
        const char* steps;
    };
    const Row rows[] = {
        {"as it is", {}, 'a', "+1e"},
        {"with Shift held", {shift_l}, 'A', "+1e"},
        {"with the other one held", {shift_r}, 'A', "+1e"},
        {"Shift is missing", {}, '/', "+2a +08 -2a"},
        {"Shift is too much", {shift_l}, '7', "-2a! +08 +2a!"},
        {"both are", {shift_l, shift_r}, '7', "-2a! -36! +08 +2a! +36!"},
        {"AltGr is missing", {}, '{', "+b8 +08 -b8"},
        {"AltGr instead of Shift", {shift_l}, '{', "-2a! +b8 +08 -b8 +2a!"},
        {"AltGr is too much", {level3}, '7', "-b8! +08 +b8!"},
        {"Shift instead of AltGr", {level3}, '/', "+2a -b8! +08 +b8! -2a"},
        {"both are missing", {}, 0x01000100, "+2a +b8 +1e -b8 -2a"},
        {"a dead key", {shift_l}, 0xFE52, "-2a! +29 +2a!"},
        {"a command", {control_l}, '/', "+08"},
        {"a command with Shift", {control_l, shift_l}, '7', "+08"},
        {"a command of the other Alt", {alt_r}, '{', "+08"},
        {"a command of the system", {super_l}, 'A', "+1e"},
        {"a blank", {shift_l}, ' ', "+39"},
        {"no character", {shift_l}, home, "+c7"},
        {"back with the tabulator", {shift_l}, back_tab, "+0f"},
        {"the keypad", {}, kp_7, "+47"},
        {"no key of the layout", {}, 'x', "+?"},
        {"a modifier the layout does not have", {}, level3, "+b8"},
    };
    for (const auto& row : rows) {
        Keyboard keyboard(with_keymap());
        for (const auto keysym : row.held)
            hold(keyboard, keysym);
        const auto done =
            std::string(row.what) + ": " + steps(keyboard, press(row.keysym));
        assert_string_equal(done.c_str(),
                            (std::string(row.what) + ": " + row.steps).c_str());
    }
}

void releases_find_the_same_key(void**) {
    Keyboard keyboard(with_keymap());
    hold(keyboard, shift_l);
    assert_string_equal(steps(keyboard, release('7')).c_str(), "-08");
    assert_string_equal(steps(keyboard, release('A')).c_str(), "-1e");
    keyboard.passed({shift_l, 0x2A, false});
    assert_string_equal(steps(keyboard, press('7')).c_str(), "+08");
}

void clients_scan_codes_count_unless_the_layout_is_to(void**) {
    const ui::KeyEvent event{.keysym = '/', .xt_keycode = 0x35, .down = true};
    assert_string_equal(steps(Keyboard(with_keymap()), event).c_str(), "+35");
    const Keyboard strict(with_keymap(ScanCodes::of_keymap));
    assert_string_equal(steps(strict, event).c_str(), "+2a +08 -2a");
    // What the layout does not have keeps its code.
    assert_string_equal(steps(strict, {0, 0x35, true}).c_str(), "+35");
}

void without_a_layout_keys_stay_as_they_are(void**) {
    Keyboard keyboard({});
    hold(keyboard, shift_l);
    assert_string_equal(steps(keyboard, press('7')).c_str(), "+?");
    assert_string_equal(steps(keyboard, press(shift_l)).c_str(), "+?");
}

void caps_lock_turns_shift_round(void**) {
    Keyboard keyboard(with_keymap());
    keyboard.set_leds(ui::LockLeds{.caps = true});
    assert_string_equal(steps(keyboard, press('A'), SeesLights::yes).c_str(), "+1e");
    assert_string_equal(steps(keyboard, press('a'), SeesLights::yes).c_str(),
                        "+2a +1e -2a");
    assert_string_equal(steps(keyboard, press('/'), SeesLights::yes).c_str(),
                        "+2a +08 -2a");
    // Whether that is a letter only the client knows.
    assert_string_equal(steps(keyboard, press(0xC4), SeesLights::yes).c_str(), "+28");
    // A client that sees no lights has no Caps Lock on when it says this.
    assert_string_equal(steps(keyboard, press('a')).c_str(), "+3a -3a +1e");
    keyboard.passed({caps_lock, 0x3A, true});
    assert_string_equal(steps(keyboard, press('A'), SeesLights::yes).c_str(),
                        "+2a +1e -2a");
}

void lock_keys_are_left_alone_if_they_are_to_be(void**) {
    auto options = with_keymap();
    options.lock_key_sync = false;
    Keyboard keyboard(options);
    keyboard.set_leds(ui::LockLeds{.caps = true});
    assert_string_equal(steps(keyboard, press('A')).c_str(), "+1e");
}

// P-RFB-14: any number may come as a keysym, and as a code
void any_number_is_some_key(void**) {
    Keyboard keyboard(with_keymap(ScanCodes::of_keymap));
    for (const std::uint32_t number :
         {0u, 0x7Fu, 0x01000000u, 0x01000020u, 0x0110FFFFu, 0x01110000u, 0xFFFFFFFFu}) {
        const auto key = keyboard.identify({number, number, true});
        assert_int_equal(keyboard.steps(key, SeesLights::no).size(), 1);
        keyboard.passed(key.event);
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(what_is_released_is_not_held),
        cmocka_unit_test(keysyms_get_the_keys_of_the_layout),
        cmocka_unit_test(releases_find_the_same_key),
        cmocka_unit_test(clients_scan_codes_count_unless_the_layout_is_to),
        cmocka_unit_test(without_a_layout_keys_stay_as_they_are),
        cmocka_unit_test(caps_lock_turns_shift_round),
        cmocka_unit_test(lock_keys_are_left_alone_if_they_are_to_be),
        cmocka_unit_test(any_number_is_some_key),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
