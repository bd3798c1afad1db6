// What a client is told besides pixels: once, the latest, and only what it knows.
#include "ui/vnc/pseudo-rectangles.hpp"

#include <memory>
#include <string>

#include "tests/ui/vnc/rfb/written.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::vnc;

namespace {

ui::DisplayChanges state() {
    ui::DisplayChanges changes;
    changes.surface = *ui::Surface::create(64, 48);
    changes.name = "n";
    return changes;
}

std::shared_ptr<const ui::Cursor> pixel(std::uint32_t argb) {
    return std::make_shared<const ui::Cursor>(*ui::Cursor::make(1, 1, 0, 0, {argb}));
}

/// All that is told now, as hexadecimal text.
std::string told(PseudoRectangles& rectangles) {
    Bytes out;
    const bool any = rectangles.any();
    const auto count = rectangles.append_to(out, 64, 48);
    if (any != (count > 0) || rectangles.any())
        return "(wrong)";
    return test::hex(out);
}

#define assert_told(text, rectangles) assert_string_equal(told(rectangles).c_str(), text)

// P-RFB-10: once for each list, in whatever number it is listed
void acknowledgements_are_told_once_per_list(void**) {
    PseudoRectangles rectangles(state());
    assert_told("", rectangles);
    const ClientFeatures all{
        .extended_keys = true, .extended_mouse_buttons = true, .audio = true};
    for (int i = 0; i < 3; ++i) {
        rectangles.set_features(all);
        rectangles.set_features(all);
        assert_told("0000000000400030fffffefd"
                    "0000000000400030fffffefe"
                    "0000000000000000fffffec4",
                    rectangles);
        assert_told("", rectangles);
    }
}

// V-32: what a client may send follows what it was told
void nine_buttons_count_once_they_are_acknowledged(void**) {
    PseudoRectangles rectangles(state());
    rectangles.set_features({.extended_mouse_buttons = true});
    assert_false(rectangles.extended_mouse_buttons());
    told(rectangles);
    assert_true(rectangles.extended_mouse_buttons());
    rectangles.set_features({});
    assert_true(rectangles.extended_mouse_buttons());
}

void the_pointer_mode_is_that_which_was_told(void**) {
    auto display = state();
    PseudoRectangles rectangles(display);
    rectangles.set_features({.pointer_motion = true});
    assert_told("0001000000400030fffffeff", rectangles);
    display.pointer_mode = ui::PointerMode::relative;
    rectangles.display_changed(display);
    assert_false(rectangles.client_sends_motion());
    assert_told("0000000000400030fffffeff", rectangles);
    assert_true(rectangles.client_sends_motion());
    rectangles.display_changed(display);
    assert_told("", rectangles);
    // Without the extension positions are all there is.
    rectangles.set_features({});
    assert_false(rectangles.client_sends_motion());
}

void lights_are_told_in_one_way(void**) {
    auto display = state();
    PseudoRectangles rectangles(display);
    rectangles.set_features({.led_state = true, .vmware_led_state = true});
    assert_told("", rectangles);
    display.leds = ui::LockLeds{.scroll = true};
    display.leds_changed = true;
    rectangles.display_changed(display);
    assert_told("0000000000010001fffffefb01", rectangles);
    rectangles.set_features({.vmware_led_state = true});
    assert_told("0000000000000000574d566800000001", rectangles);
}

void a_hidden_pointer_has_an_empty_picture(void**) {
    auto display = state();
    display.cursor = pixel(0xFF010203);
    PseudoRectangles rectangles(display);
    rectangles.set_features({.cursor = CursorKind::alpha});
    assert_told("0000000000010001fffffec600000000"
                "010203ff",
                rectangles);
    display.pointer_visible = false;
    rectangles.display_changed(display);
    assert_told("0000000000000000fffffec600000000", rectangles);
    display.cursor = pixel(0xFF040506);
    display.cursor_changed = true;
    display.pointer_visible = true;
    rectangles.display_changed(display);
    assert_told("0000000000010001fffffec600000000"
                "040506ff",
                rectangles);
}

// Who knows VMware's pointer gets one that inverts so, also if it likes others better.
void a_pointer_that_inverts_has_masks_for_who_knows_them(void**) {
    auto display = state();
    display.cursor = std::make_shared<const ui::Cursor>(
        *ui::Cursor::make_masked(1, 1, 0, 0, {0xFFFFFF}, {0xFFFFFF}));
    PseudoRectangles rectangles(display);
    rectangles.set_pixel_format({8, 8, false, true, 7, 7, 3, 0, 3, 6});
    rectangles.set_features({.cursor = CursorKind::alpha, .vmware_cursor = true});
    assert_told("0000000000010001574d56640000ffff", rectangles);
    rectangles.set_features({.cursor = CursorKind::alpha});
    assert_told("0000000000010001fffffec600000000"
                "000000ff",
                rectangles);
    display.cursor = pixel(0xFF010203);
    display.cursor_changed = true;
    rectangles.display_changed(display);
    rectangles.set_features({.cursor = CursorKind::alpha, .vmware_cursor = true});
    assert_told("0000000000010001fffffec600000000"
                "010203ff",
                rectangles);
}

void a_picture_that_was_taken_back_becomes_a_dot(void**) {
    auto display = state();
    PseudoRectangles rectangles(display);
    rectangles.set_features({.cursor = CursorKind::vmware});
    assert_told("", rectangles);
    display.cursor = pixel(0xFF010203);
    display.cursor_changed = true;
    rectangles.display_changed(display);
    told(rectangles);
    display.cursor = nullptr;
    rectangles.display_changed(display);
    assert_true(told(rectangles).starts_with("0002000200050005574d5664"));
}

// P-RFB-13: a pointer that was put outside is told inside
void the_latest_place_is_told_once(void**) {
    auto display = state();
    PseudoRectangles rectangles(display);
    display.pointer_moved = ui::Point{1, 2};
    rectangles.display_changed(display);
    assert_told("", rectangles);
    rectangles.set_features({.pointer_position = true});
    assert_told("", rectangles);
    rectangles.display_changed(display);
    display.pointer_moved = ui::Point{-5, 48};
    rectangles.display_changed(display);
    assert_told("0000002f00000000ffffff18", rectangles);
    rectangles.set_features({.vmware_cursor_position = true, .pointer_position = true});
    rectangles.display_changed(display);
    assert_told("0000002f00000000574d5666", rectangles);
}

void a_name_is_told_to_who_wants_to_know(void**) {
    auto display = state();
    PseudoRectangles rectangles(display);
    rectangles.set_features({.desktop_name = true});
    assert_told("0000000000000000fffffecd000000016e", rectangles);
    rectangles.set_features({.desktop_name = true});
    assert_told("", rectangles);
    display.name = "m";
    display.name_changed = true;
    rectangles.display_changed(display);
    assert_told("0000000000000000fffffecd000000016d", rectangles);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(acknowledgements_are_told_once_per_list),
        cmocka_unit_test(nine_buttons_count_once_they_are_acknowledged),
        cmocka_unit_test(the_pointer_mode_is_that_which_was_told),
        cmocka_unit_test(lights_are_told_in_one_way),
        cmocka_unit_test(a_hidden_pointer_has_an_empty_picture),
        cmocka_unit_test(a_pointer_that_inverts_has_masks_for_who_knows_them),
        cmocka_unit_test(a_picture_that_was_taken_back_becomes_a_dot),
        cmocka_unit_test(the_latest_place_is_told_once),
        cmocka_unit_test(a_name_is_told_to_who_wants_to_know),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
