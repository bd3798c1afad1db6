// Keyboard layouts: keysyms and texts as key strokes.
#include "ui/keymap.hpp"

#include <string>
#include <vector>

#include "ui/dead-keys.hpp"
#include "ui/layout-names.hpp"
#include "ui/scan-codes.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::ui;

namespace {

/// Key strokes as text: "^1e" is shift and key 0x1E, "@" stands for AltGr. Anything that
/// is no tidy sequence gives "(untidy)".
std::string strokes(const std::vector<KeyEvent>& events) {
    constexpr char digits[] = "0123456789abcdef";
    std::string text;
    std::vector<std::uint32_t> down;
    for (const auto& event : events) {
        const auto code = event.xt_keycode.value_or(0);
        if (!event.down) {
            if (down.empty() || down.back() != code)
                return "(untidy)";
            down.pop_back();
            continue;
        }
        down.push_back(code);
        if (code == 0x2A)
            text += text.empty() ? "^" : " ^";
        else if (code == 0xB8)
            text += text.empty() || text.back() == '^' ? "@" : " @";
        else {
            if (!text.empty() && text.back() != '^' && text.back() != '@')
                text += ' ';
            text += {digits[code >> 4], digits[code & 15]};
        }
    }
    return down.empty() ? text : "(untidy)";
}

std::string typed(const char* layout, std::string_view text) {
    const auto keymap = Keymap::create(layout);
    if (!keymap)
        return keymap.error().message;
    const auto result = (*keymap)->type(text);
    return strokes(result.events) +
           (result.skipped == 0 ? "" : " skipped " + std::to_string(result.skipped));
}

void types_in_every_layout(void**) {
    struct Row {
        const char* layout;
        const char* text;
        const char* strokes;
    };
    const Row rows[] = {
        {"en-us", "aA1!", "1e ^1e 02 ^02"},
        {"en-us", "a\tb\n", "1e 0f 30 1c"},
        {"en-us", "x\r\ny\rz", "2d 1c 15 1c 2c"},
        {"en-us", "y z", "15 39 2c"},
        {"de", "yzYZ", "2c 15 ^2c ^15"},
        {"de", "@{\xE2\x82\xAC", "@10 @08 @12"},
        {"de", "\xC3\xA4\xC3\x9F", "28 0c"},
        {"de", "<>|", "56 ^56 @56"},
        {"de", "\xC3\xAA^", "29 12 29 39"},
        {"fr", "azAZ1&", "10 11 ^10 ^11 ^02 02"},
        {"fr", "\xC3\xA9\xC3\xAA", "03 1a 12"},
        {"es", "\xC3\xB1\xC3\xA1", "27 28 1e"},
        {"sv", "\xC3\xA5\xC3\xA4\xC3\xB6", "1a 28 27"},
        {"pt-br", "\xC3\xA7", "27"},
        {"us(intl)", "\xC3\xA9'", "@12 @28"},
        {"en-gb", "\xC2\xA3\"@", "^04 ^03 ^28"},
        {"ru", "\xD0\xB0", "21"},
    };
    for (const auto& row : rows)
        assert_string_equal(typed(row.layout, row.text).c_str(), row.strokes);
}

// P-RFB-15: what a keyboard does not have is left out, and told
void skips_what_there_is_no_key_for(void**) {
    assert_string_equal(typed("en-us", "a\xE4\xB8\xAD"
                                       "b\xFF")
                            .c_str(),
                        "1e 30 skipped 2");
    assert_string_equal(typed("en-us", "\xC3\xA9").c_str(), " skipped 1");
    assert_string_equal(typed("en-us", "").c_str(), "");
}

void finds_keys_by_keysym(void**) {
    const auto keymap = *Keymap::create("de");
    assert_true(keymap->find('a') == (KeyStroke{'a', 0x1E}));
    assert_true(keymap->find('A') == (KeyStroke{'A', 0x1E, true}));
    assert_true(keymap->find(0x20AC)->alt_gr);
    // The euro and an umlaut by their numbers in Unicode
    assert_true(keymap->find(0x010020AC)->alt_gr);
    assert_int_equal(keymap->find(0x010000E4)->xt_keycode, 0x28);
    assert_int_equal(keymap->find(0xFF0D)->xt_keycode, 0x1C); // Return, not Enter
    assert_int_equal(keymap->find(0xFF8D)->xt_keycode, 0x9C);
    assert_int_equal(keymap->find(0xFF51)->xt_keycode, 0xCB); // Left
    assert_int_equal(keymap->find(0xFFE5)->xt_keycode, 0x3A); // Caps Lock
    assert_int_equal(keymap->find(0xFFC9)->xt_keycode, 0x58); // F12
    const auto back_tab = keymap->find(0xFE20);
    assert_true(back_tab && back_tab->xt_keycode == 0x0F && back_tab->shift);
    const auto seven = keymap->find(0xFFB7);
    assert_true(seven && seven->xt_keycode == 0x47 && (seven->num_lock != seven->shift));
}

// P-RFB-14: any number may come as a keysym
void knows_no_key_for_what_is_no_keysym(void**) {
    const auto keymap = *Keymap::create("en-us");
    for (const std::uint32_t keysym : {0u, 0x01000000u, 0x0110FFFFu, 0x01110000u,
                                       0x7FFFFFFFu, 0xFFFFFFFFu, 0x01004E2Du})
        assert_false(keymap->find(keysym).has_value());
}

void refuses_unknown_layouts(void**) {
    for (const char* layout : {"", "xx", "de(nothing)", "../etc", "()", "us("})
        assert_true(Keymap::create(layout).error().kind == ErrorKind::not_found);
}

void emulators_names_are_known(void**) {
    for (const char* name :
         {"ar", "bepo",  "cz", "da", "de",    "de-ch", "en-gb", "en-us", "es",
          "et", "fi",    "fo", "fr", "fr-be", "fr-ca", "fr-ch", "hr",    "hu",
          "is", "it",    "ja", "lt", "lv",    "mk",    "nl",    "no",    "pl",
          "pt", "pt-br", "ru", "sl", "sv",    "th",    "tr"})
        assert_true(Keymap::create(name).has_value());
    assert_true(layout_name("fr-ch") == (LayoutName{"ch", "fr"}));
    assert_true(layout_name("us(intl)") == (LayoutName{"us", "intl"}));
    assert_true(layout_name("us") == (LayoutName{"us", ""}));
}

void accents_are_taken_apart(void**) {
    assert_true(dead_key_for(U'\u00E9') == (DeadKey{0xFE51, U'e'}));
    assert_true(dead_key_for(U'\u00C5') == (DeadKey{0xFE58, U'A'}));
    assert_true(dead_key_for(U'~') == (DeadKey{0xFE53, U' '}));
    assert_false(dead_key_for(U'e').has_value());
    assert_false(dead_key_for(U'\u00DF').has_value());
    assert_false(dead_key_for(char32_t(0xFFFFFFFF)).has_value());
}

void scan_codes_have_seven_bits_and_a_prefix(void**) {
    assert_int_equal(xt_from_evdev(30), 0x1E);
    assert_int_equal(xt_from_evdev(86), 0x56);
    assert_int_equal(xt_from_evdev(88), 0x58);
    assert_int_equal(xt_from_evdev(103), 0xC8);
    assert_int_equal(xt_from_evdev(127), 0xDD);
    for (const std::uint32_t none : {0u, 84u, 85u, 101u, 112u, 128u, 0xFFFFFFFFu})
        assert_int_equal(xt_from_evdev(none), 0);
    std::vector<bool> seen(256);
    for (std::uint32_t code = 0; code < 1000; ++code)
        if (const auto xt = xt_from_evdev(code)) {
            assert_true(xt < 256 && !seen[xt]);
            seen[xt] = true;
        }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(types_in_every_layout),
        cmocka_unit_test(skips_what_there_is_no_key_for),
        cmocka_unit_test(finds_keys_by_keysym),
        cmocka_unit_test(knows_no_key_for_what_is_no_keysym),
        cmocka_unit_test(refuses_unknown_layouts),
        cmocka_unit_test(emulators_names_are_known),
        cmocka_unit_test(accents_are_taken_apart),
        cmocka_unit_test(scan_codes_have_seven_bits_and_a_prefix),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
