// The demo's text: names of keys, the typed line, the typeface.
#include "ui/tools/demo/font.hpp"

#include <algorithm>

#include "ui/tools/demo/label.hpp"
#include "ui/tools/demo/typed-text.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::demo;

namespace {

void keys_have_names(void**) {
    const struct {
        std::uint32_t keysym;
        const char* text;
    } table[] = {
        {'a', "a"},
        {' ', " "},
        {'~', "~"},
        {0xFF0D, "<Return>"},
        {0xFF1B, "<Escape>"},
        {0xFFFF, "<Delete>"},
        {0xFF51, "<Left>"},
        {0xFFBE, "<F1>"},
        {0xFFC9, "<F12>"},
        {0xFFE1, ""},
        {0xFFEC, ""},
        {0xFE03, ""},
        {0xFFB7, "7"},
        {0xFFAB, "+"},
        {0xFF8D, "<Enter>"},
        {0xE9, "<U+00E9>"},
        {0x1000394, "<U+0394>"},
        {0x7E1, "<0x07E1>"},
        {0, "<0x0000>"},
        {0xFFFFFFFF, "<0xFFFFFFFF>"},
    };
    for (const auto& row : table)
        assert_string_equal(key_text(row.keysym).c_str(), row.text);
}

void backspace_takes_back_one_key(void**) {
    TypedText typed;
    typed.press(0xFF08);
    for (const std::uint32_t key : {0xFFE1U, unsigned('A'), unsigned('b'), 0xFF0DU})
        typed.press(key);
    assert_string_equal(typed.text().c_str(), "Ab<Return>");
    typed.press(0xFF08);
    assert_string_equal(typed.text().c_str(), "Ab");
    typed.press(0xFF08);
    assert_string_equal(typed.text().c_str(), "A");
}

void keeps_the_last_forty_characters(void**) {
    TypedText typed;
    for (int i = 0; i < 100; ++i)
        typed.press(std::uint32_t('0' + i % 10));
    assert_string_equal(typed.text().c_str(), "0123456789012345678901234567890123456789");
    typed.press(0xFF0D);
    assert_string_equal(typed.text().c_str(), "89012345678901234567890123456789<Return>");
}

bool lies_inside(const std::vector<Stroke>& strokes, float width, float cap_height) {
    for (const auto& stroke : strokes)
        for (const auto& point : {stroke.from, stroke.to})
            if (point.x < 0 || point.x > width || point.y < 0 ||
                point.y > cap_height + descent(cap_height))
                return false;
    return true;
}

void every_character_is_drawn_within_its_width(void**) {
    for (char c = '!'; c <= '~'; ++c) {
        const std::string text(1, c);
        const auto strokes = text_strokes(text, {0, 0}, 12);
        assert_false(strokes.empty());
        assert_true(lies_inside(strokes, text_width(text, 12), 12));
    }
    assert_true(text_strokes(" ", {0, 0}, 12).empty());
}

// Catches a typeface whose characters are in another order than those of ASCII.
void the_right_characters_reach_below_the_line(void**) {
    for (char c = '!'; c <= '~'; ++c) {
        bool reaches_below = false;
        for (const auto& stroke : text_strokes(std::string(1, c), {0, 0}, 6))
            reaches_below |= std::max(stroke.from.y, stroke.to.y) > 6;
        const std::string_view low = ",;_gjpqy|";
        assert_true(reaches_below == (low.find(c) != low.npos));
    }
}

void digits_have_one_width(void**) {
    for (char c = '1'; c <= '9'; ++c)
        assert_true(text_width(std::string(1, c), 30) == text_width("0", 30));
}

void odd_characters_are_question_marks(void**) {
    assert_int_equal(text_strokes("\x01\x7F\xFF", {0, 0}, 6).size(),
                     3 * text_strokes("?", {0, 0}, 6).size());
}

void only_the_changed_part_of_a_label_is_damaged(void**) {
    Label label;
    label.set_style({{10, 10}, 12, 0xFFFFFF});
    const auto all = label.set_text("12:34:56");
    const auto part = label.set_text("12:34:57");
    assert_true(all.contains(part));
    assert_true(part.width < all.width / 3);
    assert_true(label.set_text("12:34:57").empty());
}

void a_long_text_shows_its_end(void**) {
    Label label;
    label.set_style({{10, 10}, 12, 0xFFFFFF, 100});
    const auto damage = label.set_text("a text that is much longer than its field");
    assert_true(damage.width < 110);
    assert_string_equal(label.text().c_str(),
                        "a text that is much longer than its field");
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(keys_have_names),
        cmocka_unit_test(backspace_takes_back_one_key),
        cmocka_unit_test(keeps_the_last_forty_characters),
        cmocka_unit_test(every_character_is_drawn_within_its_width),
        cmocka_unit_test(the_right_characters_reach_below_the_line),
        cmocka_unit_test(digits_have_one_width),
        cmocka_unit_test(odd_characters_are_question_marks),
        cmocka_unit_test(only_the_changed_part_of_a_label_is_damaged),
        cmocka_unit_test(a_long_text_shows_its_end),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
