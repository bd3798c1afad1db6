// When a lock key has to be tapped for a client's next key.
#include "ui/vnc/lock-keys.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::vnc;

namespace {

constexpr std::uint32_t shift_l = 0xFFE1, shift_r = 0xFFE2, caps_lock = 0xFFE5,
                        num_lock = 0xFF7F;
constexpr std::uint32_t kp_home = 0xFF95, kp_delete = 0xFF9F, kp_separator = 0xFFAC,
                        kp_decimal = 0xFFAE, kp_0 = 0xFFB0, kp_9 = 0xFFB9;

constexpr ui::KeyEvent press(std::uint32_t keysym) {
    return {.keysym = keysym, .xt_keycode = {}, .down = true};
}
constexpr ui::KeyEvent release(std::uint32_t keysym) {
    return {.keysym = keysym, .xt_keycode = {}, .down = false};
}

/// The keysym to tap before this key is pressed; 0 = none.
std::uint32_t before(const LockKeys& keys, std::uint32_t keysym) {
    const auto event = keys.key_before(press(keysym));
    return event ? event->keysym : 0;
}

void letters_agree_with_caps_lock_and_shift(void**) {
    struct Row {
        bool caps, shift;
        std::uint32_t keysym;
        bool tap;
    };
    const Row rows[] = {
        {false, false, 'a', false}, {false, false, 'A', true},  {false, true, 'A', false},
        {false, true, 'a', true},   {true, false, 'A', false},  {true, false, 'a', true},
        {true, true, 'a', false},   {true, true, 'A', true},    {true, false, '1', false},
        {true, true, '!', false},   {false, false, 'Z', true},  {false, true, 'z', true},
        {true, false, 0xE9, false}, {false, false, '[', false},
    };
    for (const auto& row : rows)
        for (const auto shift : {shift_l, shift_r}) {
            LockKeys keys;
            keys.set_leds(ui::LockLeds{.caps = row.caps});
            if (row.shift)
                keys.passed(press(shift));
            assert_int_equal(before(keys, row.keysym), row.tap ? caps_lock : 0);
        }
}

void the_keypad_agrees_with_num_lock(void**) {
    LockKeys keys;
    keys.set_leds(ui::LockLeds{});
    for (const auto keysym : {kp_0, kp_9, kp_separator, kp_decimal})
        assert_int_equal(before(keys, keysym), num_lock);
    for (const auto keysym : {kp_home, kp_delete})
        assert_int_equal(before(keys, keysym), 0);
    keys.set_leds(ui::LockLeds{.num = true});
    for (const auto keysym : {kp_0, kp_9, kp_separator, kp_decimal})
        assert_int_equal(before(keys, keysym), 0);
    for (const auto keysym : {kp_home, kp_delete})
        assert_int_equal(before(keys, keysym), num_lock);
    keys.passed(press(shift_l));
    assert_int_equal(before(keys, kp_home), 0);
}

void nothing_is_done_while_nothing_is_known(void**) {
    LockKeys keys;
    keys.passed(press(caps_lock));
    for (const std::uint32_t keysym :
         {std::uint32_t('a'), std::uint32_t('A'), kp_0, kp_home})
        assert_int_equal(before(keys, keysym), 0);
    keys.set_leds(ui::LockLeds{});
    assert_int_equal(before(keys, 'A'), caps_lock);
    keys.set_leds(std::nullopt);
    assert_int_equal(before(keys, 'A'), 0);
}

// Until the machine tells its lights again, what was pressed counts.
void a_tap_is_not_repeated(void**) {
    LockKeys keys;
    keys.set_leds(ui::LockLeds{});
    const auto tap = keys.key_before(press('A'));
    assert_true(tap && tap->down && tap->xt_keycode == 0x3A);
    keys.passed(*tap);
    keys.passed(release(caps_lock));
    assert_int_equal(before(keys, 'A'), 0);
    keys.passed(press(num_lock));
    assert_int_equal(before(keys, kp_0), 0);
    keys.set_leds(ui::LockLeds{.num = true, .caps = true});
    assert_int_equal(before(keys, 'A'), 0);
    keys.passed(press(caps_lock));
    assert_int_equal(before(keys, 'A'), caps_lock);
}

void releases_need_no_tap(void**) {
    LockKeys keys;
    keys.set_leds(ui::LockLeds{});
    assert_false(keys.key_before(release('A')).has_value());
    keys.passed(press(shift_l));
    keys.passed(release(shift_l));
    assert_int_equal(before(keys, 'a'), 0);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(letters_agree_with_caps_lock_and_shift),
        cmocka_unit_test(the_keypad_agrees_with_num_lock),
        cmocka_unit_test(nothing_is_done_while_nothing_is_known),
        cmocka_unit_test(a_tap_is_not_repeated),
        cmocka_unit_test(releases_need_no_tap),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
