// What text and control sequences make of the cells.
#include "ui/terminal/screen.hpp"

#include <string>

#include "ui/terminal/decoder.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::terminal;

namespace {

constexpr std::uint32_t grey = 0xC0C0C0, black = 0;

std::string row_of(const Screen& screen, int row) {
    std::string text;
    for (int column = 0; column < Screen::columns; ++column)
        text += char(screen.cell(column, row).character);
    return text.substr(0, text.find_last_not_of(' ') + 1);
}

void require_row(const Screen& screen, int row, const char* text) {
    assert_string_equal(row_of(screen, row).c_str(), text);
}

void shows_text_where_the_cursor_is(void**) {
    Screen screen;
    screen.write("one\r\ntwo\x1B[5;10Hthree");
    require_row(screen, 0, "one");
    require_row(screen, 1, "two");
    require_row(screen, 4, "         three");
    assert_int_equal(screen.cursor().column, 14);
    assert_int_equal(screen.cursor().row, 4);
}

void wraps_long_lines(void**) {
    Screen screen;
    screen.write(std::string(80, 'x'));
    assert_int_equal(screen.cursor().row, 0);
    screen.write("y");
    require_row(screen, 0, std::string(80, 'x').c_str());
    require_row(screen, 1, "y");
    screen.write("\x1B[?7l\x1B[1;79Habc");
    require_row(screen, 0, (std::string(78, 'x') + "ac").c_str());
    require_row(screen, 1, "y");
}

void scrolls_at_the_end(void**) {
    Screen screen;
    for (int line = 0; line < 30; ++line)
        screen.write("line " + std::to_string(line) + "\r\n");
    require_row(screen, 0, "line 7");
    require_row(screen, 22, "line 29");
    require_row(screen, 23, "");
    screen.write("\x1B[3;5r\x1B[5;1H\n"); // within margins
    require_row(screen, 1, "line 8");
    require_row(screen, 2, "line 10");
    require_row(screen, 4, "");
    require_row(screen, 5, "line 12");
}

void the_alternate_screen_comes_and_goes(void**) {
    Screen screen;
    screen.write("shell\x1B[?1049h\x1B[Heditor");
    require_row(screen, 0, "editor");
    screen.write("\x1B[?1049l");
    require_row(screen, 0, "shell");
    assert_int_equal(screen.cursor().column, 5);
}

void knows_colours(void**) {
    struct Row {
        const char* sequence;
        std::uint32_t foreground, background;
        bool is_underlined = false;
    };
    const Row rows[] = {
        {"\x1B[m", grey, black},
        {"\x1B[31m", 0xE00000, black},
        {"\x1B[42m", grey, 0x00E000},
        {"\x1B[91m", 0xFF4040, black},
        {"\x1B[1m", 0xFFFFFF, black}, // bold is bright
        {"\x1B[1;31m", 0xFF4040, black},
        {"\x1B[7m", black, grey},
        {"\x1B[7;31m", black, 0xE00000},
        {"\x1B[4m", grey, black, true},
        {"\x1B[38;5;196m", 0xFF0000, black},
        {"\x1B[48;5;21m", grey, 0x0000FF},
        {"\x1B[38;2;1;2;3m", 0x010203, black},
        {"\x1B[48;2;255;254;253m", grey, 0xFFFEFD},
        {"\x1B[38;2;300;2;3m", 0x2C0203, black}, // eight bits of it
        {"\x1B[?5h", black, grey},
    };
    for (const auto& row : rows) {
        Screen screen;
        screen.write(std::string(row.sequence) + "x");
        const auto cell = screen.cell(0, 0);
        assert_int_equal(cell.foreground, row.foreground);
        assert_int_equal(cell.background, row.background);
        assert_int_equal(cell.is_underlined, row.is_underlined);
    }
}

void wide_characters_take_two_cells(void**) {
    Screen screen;
    screen.write("a\xE4\xB8\x80z");
    assert_true(screen.cell(0, 0).part == CellPart::whole);
    assert_true(screen.cell(1, 0).part == CellPart::left);
    assert_true(screen.cell(2, 0).part == CellPart::right);
    assert_true(screen.cell(3, 0).character == 'z');
    screen.write("\x1B[1;80H\xE4\xB8\x80"); // does not fit: in the next line
    assert_true(screen.cell(0, 1).part == CellPart::left);
}

void tells_what_may_have_changed(void**) {
    Screen screen;
    assert_true(screen.take_damage() == (ui::Rect{0, 0, 80, 24}));
    assert_true(screen.take_damage().empty());
    screen.write("\x1B[3;4Hab");
    assert_true(screen.take_damage() == (ui::Rect{3, 2, 2, 1}));
    screen.write("a\x1B[5;10Hb");
    assert_true(screen.take_damage() == (ui::Rect{5, 2, 5, 3}));
    screen.write("\x1B[24;1H\n");
    assert_true(screen.take_damage() == (ui::Rect{0, 0, 80, 24}));
}

void the_cursor_can_be_hidden(void**) {
    Screen screen;
    assert_true(screen.cursor().is_visible);
    screen.write("\x1B[?25l");
    assert_false(screen.cursor().is_visible);
    screen.write("\x1B[?25h");
    assert_true(screen.cursor().is_visible);
}

void rings_the_bell(void**) {
    Screen screen;
    assert_false(screen.take_bell());
    screen.write("\a\a");
    assert_true(screen.take_bell());
    assert_false(screen.take_bell());
}

void answers_questions(void**) {
    struct Row {
        const char* question;
        const char* answer;
    };
    const Row rows[] = {
        {"\x1B[5n", "\x1B[0n"},
        {"\x1B[3;7H\x1B[6n", "\x1B[3;7R"},
        {"\x1B[c", "\x1B[?1;2c"},
        {"text", ""},
    };
    for (const auto& row : rows) {
        Screen screen;
        screen.write(row.question);
        assert_string_equal(screen.take_output().c_str(), row.answer);
        assert_true(screen.take_output().empty());
    }
}

void many_answers_are_bounded_and_whole(void**) {
    Screen screen;
    for (int i = 0; i < 10'000; ++i)
        screen.write("\x1B[24;80H\x1B[6n");
    const auto output = screen.take_output();
    const std::string answer = "\x1B[24;80R";
    assert_int_equal(output.size(),
                     Screen::max_output_bytes / answer.size() * answer.size());
    assert_true(output.ends_with(answer));
}

// Otherwise a machine could make it grow: marks of a letter are kept without limit
void no_character_that_is_decoded_is_put_on_another(void**) {
    Screen screen;
    for (char32_t character = 0xA0; character <= 0x10FFFF; ++character) {
        if (character >= 0xD800 && character <= 0xDFFF)
            continue;
        const auto utf8 = encoded(character, Encoding::utf8);
        std::string shown;
        Decoder().decode(as_bytes(utf8), shown);
        if (shown.empty())
            continue;
        screen.write("\x1B[Ha" + shown);
        assert_true(screen.cell(0, 0).character == 'a');
        assert_int_not_equal(screen.cursor().column, 1);
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(shows_text_where_the_cursor_is),
        cmocka_unit_test(wraps_long_lines),
        cmocka_unit_test(scrolls_at_the_end),
        cmocka_unit_test(the_alternate_screen_comes_and_goes),
        cmocka_unit_test(knows_colours),
        cmocka_unit_test(wide_characters_take_two_cells),
        cmocka_unit_test(tells_what_may_have_changed),
        cmocka_unit_test(the_cursor_can_be_hidden),
        cmocka_unit_test(rings_the_bell),
        cmocka_unit_test(answers_questions),
        cmocka_unit_test(many_answers_are_bounded_and_whole),
        cmocka_unit_test(no_character_that_is_decoded_is_put_on_another),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
