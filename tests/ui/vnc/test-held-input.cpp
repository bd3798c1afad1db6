// What a client holds down, and how it is lifted.
#include "ui/vnc/held-input.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::vnc;

namespace {

constexpr ui::KeyEvent by_name(std::uint32_t keysym, bool down) {
    return {.keysym = keysym, .xt_keycode = {}, .down = down};
}
constexpr ui::KeyEvent by_code(std::uint32_t keysym, std::uint32_t code, bool down) {
    return {.keysym = keysym, .xt_keycode = code, .down = down};
}

std::size_t held_keys(HeldInput& held) {
    std::size_t count = 0;
    while (held.release_key())
        ++count;
    return count;
}

// V-31: everything is lifted, what was pressed last first, and once
void lifts_what_is_held_in_reverse_order(void**) {
    HeldInput held;
    assert_true(held.key(by_name('a', true)));
    assert_true(held.key(by_code('B', 0x30, true)));
    assert_true(held.key(by_name('c', true)));
    assert_true(held.release_key() == by_name('c', false));
    assert_true(held.release_key() == by_code('B', 0x30, false));
    assert_true(held.release_key() == by_name('a', false));
    assert_false(held.release_key().has_value());
}

void a_lifted_key_is_not_lifted_again(void**) {
    HeldInput held;
    held.key(by_name('a', true));
    assert_true(held.key(by_name('a', false)));
    assert_false(held.release_key().has_value());
    assert_false(held.key(by_name('a', false)));
}

void repeats_pass_and_count_once(void**) {
    HeldInput held;
    for (int i = 0; i < 5; ++i)
        assert_true(held.key(by_name('a', true)));
    assert_int_equal(held_keys(held), 1);
}

// P-RFB-14: the release of a key that was not pressed goes nowhere
void releases_without_a_press_are_dropped(void**) {
    HeldInput held;
    assert_false(held.key(by_name('a', false)));
    held.key(by_code('a', 0x1E, true));
    assert_false(held.key(by_name('a', false)));
    assert_false(held.key(by_code('a', 0x1F, false)));
    assert_int_equal(held_keys(held), 1);
}

// Shift may go up before the letter: the keysym changes, the scan code does not.
void the_scan_code_tells_keys_apart(void**) {
    HeldInput held;
    held.key(by_code('A', 0x1E, true));
    held.key(by_code('A', 0x9E, true));
    assert_true(held.key(by_code('a', 0x1E, false)));
    assert_true(held.release_key() == by_code('A', 0x9E, false));
    assert_false(held.release_key().has_value());
}

// P-RFB-14, CVE-09: the state is bounded; a release whose press passed always passes
void more_keys_than_fit_are_dropped(void**) {
    HeldInput held;
    for (std::uint32_t i = 0; i < 100000; ++i)
        assert_int_equal(held.key(by_name(i, true)), i < HeldInput::max_keys);
    assert_false(held.key(by_name(HeldInput::max_keys, false)));
    for (std::uint32_t i = 0; i < HeldInput::max_keys; ++i) {
        assert_true(held.key(by_name(i, true)));
        assert_true(held.key(by_name(i, false)));
    }
    assert_false(held.release_key().has_value());
    assert_true(held.key(by_name(1, true)));
}

// P-RFB-13: the pointer stays in the framebuffer
void positions_are_moved_into_the_framebuffer(void**) {
    struct Row {
        int x, y;
        ui::Rect area;
        int seen_x, seen_y;
    };
    const Row rows[] = {
        {0, 0, {0, 0, 640, 480}, 0, 0},
        {639, 479, {0, 0, 640, 480}, 639, 479},
        {640, 480, {0, 0, 640, 480}, 639, 479},
        {65535, 65535, {0, 0, 640, 480}, 639, 479},
        {65535, 3, {0, 0, 1, 1}, 0, 0},
        {7, 7, {0, 0, 0, 0}, 0, 0},
    };
    HeldInput held;
    for (const auto& row : rows) {
        const auto seen = held.pointer({row.x, row.y, 5}, row.area);
        assert_true(seen == (ui::PointerEvent{row.seen_x, row.seen_y, 5}));
    }
}

// V-31: buttons are lifted where the pointer is
void buttons_are_lifted_where_the_pointer_is(void**) {
    HeldInput held;
    assert_false(held.release_buttons().has_value());
    held.pointer({10, 20, 0x1FF}, {0, 0, 100, 100});
    assert_true(held.release_buttons() == (ui::PointerEvent{10, 20, 0}));
    assert_false(held.release_buttons().has_value());
    held.pointer({10, 20, 1}, {0, 0, 100, 100});
    held.pointer({11, 21, 0}, {0, 0, 100, 100});
    assert_false(held.release_buttons().has_value());
}

// P-RFB-13: motion moves the position, which stays in the framebuffer
void motion_and_positions_follow_from_each_other(void**) {
    constexpr ui::Rect area{0, 0, 100, 50};
    HeldInput held;
    assert_true(held.motion_to({.x = 7, .y = 8}) == PointerMotion{});
    held.pointer({.x = 10, .y = 20}, area);
    assert_true(held.motion_to({.x = 7, .y = 28}) == (PointerMotion{-3, 8}));
    assert_true(held.pointer_moved({5, -5}, 0x101, area) ==
                (ui::PointerEvent{15, 15, 0x101}));
    assert_true(held.pointer_moved({0x8000, 0x8000}, 0x100, area) ==
                (ui::PointerEvent{99, 49, 0x100}));
    assert_true(held.pointer_moved({-0x7FFF, -0x7FFF}, 0x100, area) ==
                (ui::PointerEvent{0, 0, 0x100}));
    // V-31: the ninth button is lifted as well.
    assert_true(held.release_buttons() == (ui::PointerEvent{0, 0, 0}));
    // Where it has been since then nobody knows.
    assert_true(held.motion_to({.x = 7, .y = 8}) == PointerMotion{});
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(lifts_what_is_held_in_reverse_order),
        cmocka_unit_test(a_lifted_key_is_not_lifted_again),
        cmocka_unit_test(repeats_pass_and_count_once),
        cmocka_unit_test(releases_without_a_press_are_dropped),
        cmocka_unit_test(the_scan_code_tells_keys_apart),
        cmocka_unit_test(more_keys_than_fit_are_dropped),
        cmocka_unit_test(positions_are_moved_into_the_framebuffer),
        cmocka_unit_test(buttons_are_lifted_where_the_pointer_is),
        cmocka_unit_test(motion_and_positions_follow_from_each_other),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
