// What bytes of a machine mean, in either encoding.
#include "ui/terminal/decoder.hpp"

#include <span>
#include <string>
#include <string_view>

#include "ui/text.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::terminal;

namespace {

#define FFFD "\xEF\xBF\xBD"

struct Row {
    std::string_view bytes;
    std::string_view utf8;
};

constexpr Row utf8_rows[] = {
    {"", ""},
    {"A\r\n\x1B[m\x7F", "A\r\n\x1B[m\x7F"},
    {{"\0", 1}, {"\0", 1}},
    {"\xC3\xA4", "\xC3\xA4"},
    {"\xE2\x82\xAC", "\xE2\x82\xAC"},
    {"\xF0\x9F\x98\x80", "\xF0\x9F\x98\x80"},
    {"\xF4\x8F\xBF\xBD", "\xF4\x8F\xBF\xBD"},
    {"\xED\x9E\xA3", "\xED\x9E\xA3"},
    {"\x80", FFFD},                   // nothing has begun
    {"\xC0\x80", FFFD FFFD},          // overlong
    {"\xE0\x9F\xBF", FFFD FFFD FFFD}, // the same
    {"\xF0\x8F\xBF\xBF", FFFD FFFD FFFD FFFD},
    {"\xED\xA0\x80", FFFD FFFD FFFD},          // a surrogate
    {"\xF4\x90\x80\x80", FFFD FFFD FFFD FFFD}, // beyond U+10FFFF
    {"\xF5\xFF", FFFD FFFD},
    {"\xE2\x82"
     "A",
     FFFD "A"}, // broken off
    {"\xE2\x82\x1B[m", FFFD "\x1B[m"},
    {"\xE2\xC3\xA4", FFFD "\xC3\xA4"},
    {"a\xC2\x9B"
     "1mb\xC2\x80\xC2\x9F\xC2\xA0",
     "a1mb\xC2\xA0"},                           // C1, CSI among them
    {"e\xCC\x81\xE2\x80\x8B\xE2\x80\xAE", "e"}, // without a width
};

constexpr Row cp437_rows[] = {
    {"A\r\n\x1B[m\x7F", "A\r\n\x1B[m\x7F"},
    {"\xC9\xCD\xBB", "\xE2\x95\x94\xE2\x95\x90\xE2\x95\x97"}, // ╔═╗
    {"\x80\x9B\xE1\xFE\xFF", "\xC3\x87\xC2\xA2\xC3\x9F\xE2\x96\xA0\xC2\xA0"},
};

void require_rows(std::span<const Row> rows, Encoding encoding) {
    for (const auto& row : rows) {
        for (std::size_t cut = 0; cut <= row.bytes.size(); ++cut) {
            Decoder decoder;
            decoder.set_encoding(encoding);
            std::string utf8;
            decoder.decode(as_bytes(row.bytes.substr(0, cut)), utf8);
            decoder.decode(as_bytes(row.bytes.substr(cut)), utf8);
            assert_string_equal(utf8.c_str(), std::string(row.utf8).c_str());
            assert_int_equal(utf8.size(), row.utf8.size());
        }
    }
}

void decodes_utf8_wherever_it_is_cut(void**) {
    require_rows(utf8_rows, Encoding::utf8);
}

void decodes_cp437(void**) {
    require_rows(cp437_rows, Encoding::cp437);
}

void every_byte_of_cp437_has_a_character_that_encodes_as_it(void**) {
    for (int byte = 0; byte < 256; ++byte) {
        const auto bytes = std::string(1, char(byte));
        Decoder decoder;
        decoder.set_encoding(Encoding::cp437);
        std::string utf8;
        decoder.decode(as_bytes(bytes), utf8);
        const auto characters = ui::utf32_from_utf8(utf8);
        assert_int_equal(characters.size(), 1);
        assert_true(encoded(characters[0], Encoding::cp437) == bytes);
    }
}

void encodes_what_the_encoding_has(void**) {
    assert_string_equal(encoded(U'ä', Encoding::utf8).c_str(), "\xC3\xA4");
    assert_string_equal(encoded(U'ä', Encoding::cp437).c_str(), "\x84");
    assert_string_equal(encoded(U'€', Encoding::utf8).c_str(), "\xE2\x82\xAC");
    assert_string_equal(encoded(U'€', Encoding::cp437).c_str(), "?");
}

void another_encoding_forgets_what_has_begun(void**) {
    Decoder decoder;
    std::string utf8;
    decoder.decode(as_bytes("\xE2\x82"), utf8);
    decoder.set_encoding(Encoding::utf8);
    decoder.decode(as_bytes("A"), utf8);
    assert_string_equal(utf8.c_str(), "A");
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(decodes_utf8_wherever_it_is_cut),
        cmocka_unit_test(decodes_cp437),
        cmocka_unit_test(every_byte_of_cp437_has_a_character_that_encodes_as_it),
        cmocka_unit_test(encodes_what_the_encoding_has),
        cmocka_unit_test(another_encoding_forgets_what_has_begun),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
