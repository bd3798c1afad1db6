// UTF-8 and Latin-1, both ways, and everything that is neither.
#include "ui/text.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::ui;
using namespace std::string_view_literals;

namespace {

void knows_valid_utf8(void**) {
    struct Row {
        std::string_view text;
        bool valid;
    };
    const Row rows[] = {
        {""sv, true},
        {"plain\n"sv, true},
        {"a\0b"sv, true},
        {"\xC2\x80"sv, true},
        {"\xDF\xBF"sv, true},
        {"\xE0\xA0\x80"sv, true},
        {"\xED\x9F\xBF"sv, true},
        {"\xEE\x80\x80"sv, true},
        {"\xF0\x90\x80\x80"sv, true},
        {"\xF4\x8F\xBF\xBF"sv, true},
        {"\x80"sv, false},
        {"\xC2"sv, false},
        {"\xC0\x80"sv, false},
        {"\xC1\xBF"sv, false},
        {"\xE0\x9F\xBF"sv, false},
        {"\xED\xA0\x80"sv, false},
        {"\xED\xBF\xBF"sv, false},
        {"\xF0\x8F\xBF\xBF"sv, false},
        {"\xF4\x90\x80\x80"sv, false},
        {"\xF5\x80\x80\x80"sv, false},
        {"\xE2\x82"sv, false},
        {"\xE2\x82\x41"sv, false},
        {"ok\xFF"sv, false},
    };
    for (const auto& row : rows)
        assert_int_equal(is_utf8(row.text), row.valid);
}

void every_latin1_byte_survives_the_round_trip(void**) {
    Bytes all;
    for (int i = 0; i < 256; ++i)
        all.push_back(std::byte(i));
    const auto utf8 = utf8_from_latin1(all);
    assert_true(is_utf8(utf8));
    assert_int_equal(utf8.size(), 128 + 2 * 128);
    assert_true(latin1_from_utf8(utf8) == all);
}

// P-RFB-15: characters beyond Latin-1, broken UTF-8 and NULs
void replaces_what_latin1_lacks(void**) {
    const auto converted = [](std::string_view text) {
        return std::string(as_text(latin1_from_utf8(text)));
    };
    assert_true(converted("5 \xE2\x82\xAC") == "5 ?");
    assert_true(converted("\xC3\xA9") == "\xE9");
    assert_true(converted("\xF0\x9F\x98\x80!") == "?!");
    assert_true(converted("a\0b"sv) == "a\0b"sv);
    assert_true(converted("\xE2\x82") == "??");
    assert_true(converted("\xFFz") == "?z");
    assert_true(converted("") == "");
}

void repairs_what_is_no_utf8(void**) {
    struct Row {
        std::string_view text, valid;
    };
    const Row rows[] = {
        {""sv, ""sv},
        {"a\0\xC3\xA9"sv, "a\0\xC3\xA9"sv},
        {"\xFF"sv, "\xEF\xBF\xBD"sv},
        {"\xC3"sv, "\xEF\xBF\xBD"sv},
        {"a\xE2\x82z"sv, "a\xEF\xBF\xBD\xEF\xBF\xBDz"sv},
        {"\xED\xA0\x80"sv, "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"sv},
    };
    for (const auto& row : rows) {
        assert_true(valid_utf8(row.text) == row.valid);
        assert_true(is_utf8(valid_utf8(row.text)));
    }
}

void takes_text_apart(void**) {
    assert_true(utf32_from_utf8("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\xFF"sv) ==
                U"a\u00E9\u20AC\U0001F600\uFFFD");
    assert_true(utf32_from_utf8("").empty());
}

// O-25: a text that ends in a carriage return ends there
void line_ends_both_ways(void**) {
    struct Row {
        std::string_view text, lf, crlf;
    };
    const Row rows[] = {
        {"", "", ""},
        {"a", "a", "a"},
        {"\n", "\n", "\r\n"},
        {"\r\n", "\n", "\r\n"},
        {"\r", "\n", "\r"},
        {"a\r\rb", "a\n\nb", "a\r\rb"},
        {"a\n\nb", "a\n\nb", "a\r\n\r\nb"},
        {"a\r\n\nb\r", "a\n\nb\n", "a\r\n\r\nb\r"},
    };
    for (const auto& row : rows) {
        assert_true(with_lf(row.text) == row.lf);
        assert_true(with_crlf(row.text) == row.crlf);
    }
}

void makes_one_line(void**) {
    assert_true(one_line("a\nSTOPPING=1\r\x1B[2J\x7F grüß") == "a?STOPPING=1??[2J? grüß");
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(knows_valid_utf8),
        cmocka_unit_test(every_latin1_byte_survives_the_round_trip),
        cmocka_unit_test(replaces_what_latin1_lacks),
        cmocka_unit_test(repairs_what_is_no_utf8),
        cmocka_unit_test(takes_text_apart),
        cmocka_unit_test(line_ends_both_ways),
        cmocka_unit_test(makes_one_line),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
