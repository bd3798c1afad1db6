// UTF-8: good and bad texts, whole and cut at every byte.
#include "io/websock/utf8.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::ws;

namespace {

const std::string_view good[] = {
    "",
    "a",
    "plain ASCII that is longer than a word or two",
    "\x7F",
    "\xC2\x80",
    "\xDF\xBF",
    "\xE0\xA0\x80",
    "\xED\x9F\xBF",
    "\xEE\x80\x80",
    "\xEF\xBF\xBF",
    "\xF0\x90\x80\x80",
    "\xF4\x8F\xBF\xBF",
    "\xCE\xBA\xE1\xBD\xB9\xCF\x83\xCE\xBC\xCE\xB5",
    "12345678\xE2\x82\xAC"
    "12345678\xF0\x9F\x98\x80"
    "12345678",
};

struct Bad {
    std::string_view text;
    std::size_t wrong; ///< index of the byte that shows it
};

const Bad bad[] = {
    {"\x80", 0}, // a continuation alone
    {"\xBF", 0},
    {"a\x80", 1},
    {"\xC0\x80", 0}, // overlong
    {"\xC1\xBF", 0},
    {"\xE0\x80\x80", 1},
    {"\xE0\x9F\xBF", 1},
    {"\xF0\x80\x80\x80", 1},
    {"\xF0\x8F\xBF\xBF", 1},
    {"\xED\xA0\x80", 1}, // surrogates
    {"\xED\xBF\xBF", 1},
    {"\xF4\x90\x80\x80", 1}, // beyond U+10FFFF
    {"\xF5\x80\x80\x80", 0},
    {"\xF8\x88\x80\x80\x80", 0},
    {"\xFE", 0},
    {"\xFF", 0},
    {"\xC2"
     "a",
     1}, // cut short by another character
    {"\xE2\x82"
     "a",
     2},
    {"\xC2"
     "12345678"
     "\x80",
     1},
    {"\xE2\x82\xC2", 2},
    {"\xF0\x9F\x98"
     "a",
     3},
    {"\xE1\xBD\xB9\x80", 3},
    {"12345678\xE2\x82\xAC\xFF"
     "12345678",
     11},
};

// P-WS-17
void accepts_good_text_cut_at_every_byte(void**) {
    for (auto text : good)
        for (std::size_t cut = 0; cut <= text.size(); ++cut) {
            Utf8Validator validator;
            assert_true(validator.feed(as_bytes(text.substr(0, cut))));
            assert_true(validator.feed(as_bytes(text.substr(cut))));
            assert_true(validator.is_complete());
        }
}

// P-WS-17
void refuses_bad_text_at_the_byte_that_shows_it(void**) {
    for (auto& row : bad)
        for (std::size_t cut = 0; cut <= row.wrong; ++cut) {
            Utf8Validator validator;
            assert_true(validator.feed(as_bytes(row.text.substr(0, cut))));
            assert_true(validator.feed(as_bytes(row.text.substr(cut, row.wrong - cut))));
            assert_false(validator.feed(as_bytes(row.text.substr(row.wrong, 1))));
            assert_false(validator.feed(as_bytes("a")));
            assert_false(validator.is_complete());
            validator.reset();
            assert_true(validator.feed(as_bytes("a")) && validator.is_complete());
            assert_false(validator.feed(as_bytes(row.text)));
        }
}

void knows_when_a_character_is_not_whole(void**) {
    for (std::string_view text : {"\xC2", "a\xE2\x82", "\xF0\x9F\x98", "\xF4"}) {
        Utf8Validator validator;
        assert_true(validator.feed(as_bytes(text)));
        assert_false(validator.is_complete());
    }
}

/// Every code point in its shortest form, against the ranges of RFC 3629 §3.
void accepts_every_code_point_but_the_surrogates(void**) {
    for (std::uint32_t point = 0x800; point < 0x10000; ++point) {
        const std::byte text[] = {std::byte(0xE0 | point >> 12),
                                  std::byte(0x80 | (point >> 6 & 0x3F)),
                                  std::byte(0x80 | (point & 0x3F))};
        bool is_surrogate = point >= 0xD800 && point <= 0xDFFF;
        assert_int_equal(valid_utf8_length(text), is_surrogate ? 0 : 3);
    }
}

void measures_the_good_front(void**) {
    for (auto text : good)
        assert_int_equal(valid_utf8_length(as_bytes(text)), text.size());
    assert_int_equal(valid_utf8_length(as_bytes("a\xE2\x82\xAC\xE2\x82")), 4);
    assert_int_equal(valid_utf8_length(as_bytes("abc\xFF"
                                                "def")),
                     3);
    assert_int_equal(valid_utf8_length(as_bytes("\xFF")), 0);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(accepts_good_text_cut_at_every_byte),
        cmocka_unit_test(refuses_bad_text_at_the_byte_that_shows_it),
        cmocka_unit_test(knows_when_a_character_is_not_whole),
        cmocka_unit_test(accepts_every_code_point_but_the_surrogates),
        cmocka_unit_test(measures_the_good_front),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
