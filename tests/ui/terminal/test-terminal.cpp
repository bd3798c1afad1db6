// A terminal as its display's viewers and its machine know it.
#include "ui/terminal/terminal.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include <xkbcommon/xkbcommon-keysyms.h>

#include "tests/support/loop.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::terminal;
using namespace qio::test;

namespace {

constexpr std::uint32_t grey = 0xC0C0C0, black = 0;

/// A terminal, its machine, and a viewer.
class World final : ui::DisplayListener {
public:
    World() { terminal.display()->add_listener(*this); }
    ~World() { terminal.display()->remove_listener(*this); }

    void receive(std::string_view bytes) { terminal.receive(as_bytes(bytes)); }
    ui::InputSink& input() { return *terminal.display()->input(); }
    void press(std::uint32_t keysym) {
        input().key({.keysym = keysym, .down = true});
        input().key({.keysym = keysym, .down = false});
    }
    void press_with(std::uint32_t modifier, std::uint32_t keysym) {
        input().key({.keysym = modifier, .down = true});
        press(keysym);
        input().key({.keysym = modifier, .down = false});
    }
    std::string take_sent() { return std::exchange(sent, {}); }
    ui::DisplayChanges changes() { return terminal.display()->take_changes(*this); }
    /// Whether the picture at this place is the character's.
    bool shows(int column, int row, char32_t character, std::uint32_t foreground = grey,
               std::uint32_t background = black) {
        return shows_rows(column, row, glyph_of(character), foreground, background);
    }
    bool shows_rows(int column, int row, const GlyphRows& rows, std::uint32_t foreground,
                    std::uint32_t background) {
        const auto surface = changes().surface;
        std::uint32_t scratch[glyph_width];
        for (int y = 0; y < glyph_height; ++y) {
            const auto* pixels = surface->read_row(
                column * glyph_width, row * glyph_height + y, glyph_width, scratch);
            for (int x = 0; x < glyph_width; ++x) {
                const bool is_set =
                    (rows[std::size_t(y)] >> (glyph_width - 1 - x) & 1) != 0;
                if ((pixels[x] & 0xFFFFFF) != (is_set ? foreground : background))
                    return false;
            }
        }
        return true;
    }
    bool comes_to_show(int column, int row, char32_t character) {
        return run_until([&] { return shows(column, row, character); });
    }

    std::string sent;
    std::size_t largest_piece = 0;
    Terminal terminal{[this](ByteView bytes) {
        sent += as_text(bytes);
        largest_piece = std::max(largest_piece, bytes.size());
    }};

private:
    void display_changed() noexcept override {}
};

void begins_black_with_a_cursor(void**) {
    World world;
    const auto surface = world.changes().surface;
    assert_int_equal(surface->width(), 720);
    assert_int_equal(surface->height(), 432);
    assert_true(world.shows(0, 0, ' ', black, grey)); // the cursor
    assert_true(world.shows(1, 0, ' '));
    assert_true(world.shows(79, 23, ' '));
}

void draws_letters(void**) {
    World world;
    world.receive("Hi \xE2\x94\x82\x1B[2;1H\x1B[1;33;44m\xC3\xA4");
    assert_true(world.comes_to_show(0, 0, 'H'));
    assert_true(world.shows(1, 0, 'i'));
    assert_true(world.shows(3, 0, U'│'));
    assert_true(world.shows(0, 1, U'ä', 0xFFFF40, 0x0000E0));
    assert_true(world.shows(1, 1, ' ', black, grey)); // the cursor
}

void a_character_without_a_picture_is_a_box(void**) {
    World world;
    world.receive("\xE0\xB8\x81\xE4\xB8\x80");
    assert_true(world.comes_to_show(0, 0, 0x10FFFD));
    assert_true(world.shows_rows(1, 0, left_half_of_box(), grey, black));
    assert_true(world.shows_rows(2, 0, right_half_of_box(), grey, black));
}

void underlines(void**) {
    World world;
    world.receive("\x1B[4m_\x1B[m\n");
    auto rows = glyph_of('_');
    rows[16] = 0x1FF;
    assert_true(run_until([&] { return world.shows_rows(0, 0, rows, grey, black); }));
}

void draws_the_cursor_unless_it_is_hidden(void**) {
    World world;
    world.receive("ab\x1B[1;1H");
    assert_true(run_until([&] { return world.shows(0, 0, 'a', black, grey); }));
    assert_true(world.shows(2, 0, ' '));
    world.receive("\x1B[?25l");
    assert_true(world.comes_to_show(0, 0, 'a'));
    world.receive("\x1B[?25h");
    assert_true(run_until([&] { return world.shows(0, 0, 'a', black, grey); }));
}

void damages_only_what_looks_different(void**) {
    World world;
    (void)world.changes();
    world.receive("\x1B[10;20Hx");
    assert_true(world.changes().damage ==
                ui::Region::of(std::array{ui::Rect{0, 0, 9, 18}, // the cursor was
                                          ui::Rect{19 * 9, 9 * 18, 18, 18}})); // and is
}

void what_looks_the_same_is_not_drawn_again(void**) {
    World world;
    world.receive("\x1B[?25labc");
    assert_true(world.comes_to_show(0, 0, 'a'));
    world.receive("\x1B[Habc\x1B[3;3Hz");
    ui::Region damage;
    assert_true(run_until([&] {
        damage.add(world.changes().damage);
        return !damage.empty();
    }));
    assert_true(damage == ui::Region({2 * 9, 2 * 18, 9, 18}));
}

void draws_no_more_than_a_frame_needs(void**) {
    World world;
    (void)world.changes();
    world.receive("a");
    assert_false(world.changes().damage.empty()); // at once
    world.receive("b");
    world.receive("\x1B[1Dc");
    assert_true(world.changes().damage.empty());
    assert_true(world.comes_to_show(1, 0, 'c'));
    drain();
}

void rings(void**) {
    World world;
    (void)world.changes();
    world.receive("\a");
    assert_true(run_until([&] { return world.changes().bell; }));
}

void answers_the_machine_in_bounded_pieces(void**) {
    World world;
    std::string questions;
    for (int i = 0; i < 20'000; ++i)
        questions += "\x1B[6n";
    world.receive("\x1B[5;5H\x1B[6n");
    assert_string_equal(world.take_sent().c_str(), "\x1B[5;5R");
    world.receive(questions);
    assert_true(world.take_sent().size() <= Terminal::max_answer_bytes);
    assert_true(world.largest_piece <= Terminal::max_answer_bytes);
    world.receive("\x1B[5n");
    assert_string_equal(world.take_sent().c_str(), "\x1B[0n");
}

void sends_keys(void**) {
    struct Row {
        const char* mode;
        std::uint32_t modifier, keysym;
        const char* sent;
    };
    const Row rows[] = {
        {"", 0, 'a', "a"},
        {"", XKB_KEY_Shift_L, 'A', "A"},
        {"", 0, XKB_KEY_adiaeresis, "\xC3\xA4"},
        {"", XKB_KEY_Control_L, 'c', "\x03"},
        {"", XKB_KEY_Alt_L, 'x', "\x1Bx"},
        {"", 0, XKB_KEY_Return, "\r"},
        {"", 0, XKB_KEY_KP_Enter, "\r"},
        {"\x1B[20h", 0, XKB_KEY_Return, "\r\n"},
        {"", 0, XKB_KEY_BackSpace, "\x7F"},
        {"", 0, XKB_KEY_Tab, "\t"},
        {"", XKB_KEY_Shift_L, XKB_KEY_ISO_Left_Tab, "\x1B[Z"},
        {"", 0, XKB_KEY_Escape, "\x1B"},
        {"", 0, XKB_KEY_Up, "\x1B[A"},
        {"\x1B[?1h", 0, XKB_KEY_Up, "\x1BOA"},
        {"\x1B[?1h\x1B[?1l", 0, XKB_KEY_Left, "\x1B[D"},
        {"", XKB_KEY_Control_L, XKB_KEY_Right, "\x1B[1;5C"},
        {"", 0, XKB_KEY_Home, "\x1B[H"},
        {"", 0, XKB_KEY_Delete, "\x1B[3~"},
        {"", 0, XKB_KEY_Page_Down, "\x1B[6~"},
        {"", 0, XKB_KEY_F1, "\x1BOP"},
        {"", 0, XKB_KEY_F12, "\x1B[24~"},
        {"", 0, XKB_KEY_KP_7, "7"},
        {"\x1B=", 0, XKB_KEY_KP_7, "7"},
        {"", 0, XKB_KEY_KP_Home, "\x1B[H"},
        {"", 0, XKB_KEY_Pause, ""},
    };
    for (const auto& row : rows) {
        World world;
        world.receive(row.mode);
        if (row.modifier != 0)
            world.press_with(row.modifier, row.keysym);
        else
            world.press(row.keysym);
        assert_string_equal(world.sent.c_str(), row.sent);
    }
    World world;
    world.press_with(XKB_KEY_Control_L, ' ');
    assert_true(world.sent == std::string(1, '\0'));
}

void talks_another_encoding(void**) {
    World world;
    world.terminal.set_encoding(Encoding::cp437);
    world.receive("\xCD\xCD\x84");
    assert_true(world.comes_to_show(2, 0, U'ä'));
    assert_true(world.shows(0, 0, U'═'));
    world.press(XKB_KEY_adiaeresis);
    world.press(XKB_KEY_EuroSign);
    world.input().cut_text("\xC3\x9F\n");
    world.press_with(XKB_KEY_Shift_L, XKB_KEY_Insert);
    assert_string_equal(world.sent.c_str(), "\x84?\xE1\r");
}

void types_a_copied_text_when_asked(void**) {
    World world;
    world.press_with(XKB_KEY_Shift_L, XKB_KEY_Insert);
    world.input().pointer({.buttons = 2});
    world.input().pointer({.buttons = 0});
    assert_string_equal(world.sent.c_str(), "");
    world.input().cut_text("ls\t-l \xC3\xA4\necho\n");
    assert_string_equal(world.sent.c_str(), "");
    world.press_with(XKB_KEY_Shift_L, XKB_KEY_Insert);
    assert_string_equal(world.take_sent().c_str(), "ls\t-l \xC3\xA4\recho\r");
    world.input().pointer({.buttons = 1});
    assert_string_equal(world.sent.c_str(), "");
    world.input().pointer({.buttons = 3});
    world.input().pointer({.x = 5, .buttons = 2}); // it is still down
    assert_string_equal(world.take_sent().c_str(), "ls\t-l \xC3\xA4\recho\r");
    world.press(XKB_KEY_Insert);
    assert_string_equal(world.sent.c_str(), "\x1B[2~");
}

// Otherwise a text could end the marks itself, and go on as if it was typed
void marks_a_copied_text_and_cleans_it(void**) {
    World world;
    world.receive("\x1B[?2004h");
    world.input().cut_text("a\x1B[201~\x03\x7F\xC2\x9B"
                           "b\r\nc");
    world.press_with(XKB_KEY_Shift_R, XKB_KEY_Insert);
    assert_string_equal(world.sent.c_str(), "\x1B[200~a[201~b\rc\x1B[201~");
}

void a_copied_text_is_bounded(void**) {
    World world;
    world.input().cut_text(std::string(Terminal::max_paste_bytes, 'x'));
    world.press_with(XKB_KEY_Shift_L, XKB_KEY_Insert);
    assert_int_equal(world.take_sent().size(), Terminal::max_paste_bytes);
    assert_int_equal(world.largest_piece, Terminal::max_paste_bytes); // all or nothing
    world.input().cut_text(std::string(Terminal::max_paste_bytes + 1, 'x'));
    world.press_with(XKB_KEY_Shift_L, XKB_KEY_Insert);
    assert_true(world.sent.empty());
}

void has_one_size(void**) {
    World world;
    assert_true(world.input().resize_request(800, 600) == ui::ResizeAnswer::prohibited);
}

void a_flood_leaves_the_last_screen(void**) {
    World world;
    (void)world.changes();
    std::string flood;
    while (flood.size() < 1 << 20)
        flood += "0123456789\xFF\x1B]never\x1B[m\x1B[999999m\xCC\x81\r\n";
    world.receive(flood + "end");
    assert_true(world.comes_to_show(0, 23, 'e'));
    assert_true(world.shows(9, 22, '9'));
    assert_true(world.sent.empty());
}

void nobody_has_the_input_when_it_is_gone(void**) {
    std::shared_ptr<ui::Display> display;
    {
        Terminal terminal([](ByteView) {});
        display = terminal.display();
        assert_non_null(display->input());
        terminal.receive(as_bytes("a"));
        terminal.receive(as_bytes("b"));
    }
    assert_null(display->input());
    assert_int_equal(drain(), 0);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(begins_black_with_a_cursor),
        cmocka_unit_test(draws_letters),
        cmocka_unit_test(a_character_without_a_picture_is_a_box),
        cmocka_unit_test(underlines),
        cmocka_unit_test(draws_the_cursor_unless_it_is_hidden),
        cmocka_unit_test(damages_only_what_looks_different),
        cmocka_unit_test(what_looks_the_same_is_not_drawn_again),
        cmocka_unit_test(draws_no_more_than_a_frame_needs),
        cmocka_unit_test(rings),
        cmocka_unit_test(answers_the_machine_in_bounded_pieces),
        cmocka_unit_test(sends_keys),
        cmocka_unit_test(talks_another_encoding),
        cmocka_unit_test(types_a_copied_text_when_asked),
        cmocka_unit_test(marks_a_copied_text_and_cleans_it),
        cmocka_unit_test(a_copied_text_is_bounded),
        cmocka_unit_test(has_one_size),
        cmocka_unit_test(a_flood_leaves_the_last_screen),
        cmocka_unit_test(nobody_has_the_input_when_it_is_gone),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
