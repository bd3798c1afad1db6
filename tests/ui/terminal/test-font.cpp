// The letters: all are there, and what is not there is a box.
#include "ui/terminal/font.hpp"

#include <algorithm>

#include "ui/terminal/code-page.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio::terminal;

namespace {

bool has_glyph(char32_t character) {
    return std::ranges::binary_search(font_glyphs(), character, {}, &Glyph::character);
}

void is_sorted_and_as_wide_as_said(void**) {
    const auto glyphs = font_glyphs();
    assert_true(
        std::ranges::is_sorted(glyphs, std::ranges::less_equal{}, &Glyph::character));
    for (const auto& glyph : glyphs)
        for (const auto row : glyph.rows)
            assert_true(row < 1 << glyph_width);
}

void has_what_machines_write(void**) {
    for (char32_t character = ' '; character < 0x7F; ++character)
        assert_true(has_glyph(character));
    for (char32_t character = 0xA0; character < 0x180; ++character)
        assert_true(has_glyph(character));
    for (char32_t character = 0x2500; character < 0x25A0; ++character) // lines, blocks
        assert_true(has_glyph(character));
    for (int byte = 0x80; byte < 0x100; ++byte)
        assert_true(has_glyph(character_of_cp437(std::uint8_t(byte))));
}

void finds_the_pictures(void**) {
    const GlyphRows bar = glyph_of(U'│');
    for (const auto row : bar)
        assert_int_equal(row, 0b000010000);
    const GlyphRows block = glyph_of(U'█');
    for (const auto row : block)
        assert_int_equal(row, 0b111111111);
    const GlyphRows t = {0,           0,           0,           0,           0b011111110,
                         0b000010000, 0b000010000, 0b000010000, 0b000010000, 0b000010000,
                         0b000010000, 0b000010000, 0b000010000, 0b000010000};
    assert_true(glyph_of(U'T') == t);
}

void an_unknown_character_is_a_box(void**) {
    const auto& box = glyph_of(0x10FFFD);
    assert_true(&glyph_of(0) == &box);
    assert_true(&glyph_of(0x0E01) == &box);
    assert_true(box[4] == 0b011111110 && box[5] == 0b010000010);
    assert_true(&glyph_of(U' ') != &box);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(is_sorted_and_as_wide_as_said),
        cmocka_unit_test(has_what_machines_write),
        cmocka_unit_test(finds_the_pictures),
        cmocka_unit_test(an_unknown_character_is_a_box),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
