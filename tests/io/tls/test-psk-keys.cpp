// The file of pre-shared keys: what is taken, what is refused, and in which line.
#include "io/tls/psk-keys.hpp"

#include <cstring>
#include <string>

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::tls;
using namespace std::string_literals;

namespace {

std::string hex_of(ByteView bytes) {
    std::string text;
    for (const auto byte : bytes) {
        text += "0123456789abcdef"[unsigned(byte) / 16];
        text += "0123456789abcdef"[unsigned(byte) % 16];
    }
    return text;
}

/// "USER=HEX" for each, without order; or the error.
std::string parsed(const std::string& text, const std::string& user = "") {
    const auto keys = PskKeys::parse(text);
    if (!keys)
        return keys.error().message;
    const auto found = keys->find(user);
    return std::to_string(keys->size()) + (found ? " " + hex_of(*found) : "");
}

void takes_what_is_well_formed(void**) {
    const struct {
        std::string text, user, expected;
    } cases[] = {
        {"", "bob", "0"},
        {"\n\n", "bob", "0"},
        {"bob:00ff", "bob", "1 00ff"},
        {"bob:00ff\n", "bob", "1 00ff"},
        {"bob:00ff\r\n", "bob", "1 00ff"},
        {"bob:AbCdEf", "bob", "1 abcdef"},
        {"# who may come\nbob:01\n#alice:02\n", "alice", "1"},
        {"bob:01\nalice:02\n", "alice", "2 02"},
        {"bob:01\nalice:02\n", "Bob", "2"},
        {"bob:01\nalice:02\n", "bo", "2"},
        {"bob:01\nalice:02\n", "bob\0x"s, "2"},
        {"bob:01\nalice:02\n", "bob\0"s, "2"},
        {"bob:01\n", "", "1"},
        {" bob :01", " bob ", "1 01"},
        {"\xC3\xA9:01", "\xC3\xA9", "1 01"},
        {std::string(max_psk_user, 'u') + ":" + std::string(2 * max_psk_key, 'a'), "x",
         "1"},
    };
    for (const auto& one : cases)
        assert_string_equal(parsed(one.text, one.user).c_str(), one.expected.c_str());
}

// O-50: a NUL in a name cannot make it another one.
void refuses_the_rest_and_names_the_line(void**) {
    const struct {
        std::string text, expected;
    } cases[] = {
        {"bob", "line 1: no ':' between user and key"},
        {"a:00\n\nbob", "line 3: no ':' between user and key"},
        {":00", "line 1: no user before the ':'"},
        {"bob:", "line 1: no key after the ':'"},
        {"bob:\r", "line 1: no key after the ':'"},
        {"bob:0", "line 1: a key with half a byte (an odd number of digits)"},
        {"bob:0g", "line 1: a key with something else than hexadecimal digits"},
        {"bob:g0", "line 1: a key with something else than hexadecimal digits"},
        {"bob: 00 ", "line 1: a key with something else than hexadecimal digits"},
        {"bob:0x00", "line 1: a key with something else than hexadecimal digits"},
        {"bob:00:1", "line 1: a key with something else than hexadecimal digits"},
        {"bob:00\r\r\n", "line 1: a key with something else than hexadecimal digits"},
        {"bob\0x:00"s, "line 1: a NUL"},
        {"bob:00\0"s, "line 1: a NUL"},
        {"bob:00\nalice:11\nbob:22\n", "line 3: a user who has a key already"},
        {std::string(max_psk_user + 1, 'u') + ":00",
         "line 1: a user of more than 128 bytes"},
        {"bob:" + std::string(2 * max_psk_key + 2, 'a'),
         "line 1: a key of more than 64 bytes"},
        {std::string(max_psk_file + 1, '\n'), "more than 65536 bytes of keys"},
    };
    for (const auto& one : cases)
        assert_string_equal(parsed(one.text).c_str(), one.expected.c_str());
}

void an_error_never_quotes_a_key(void**) {
    const auto keys = PskKeys::parse("bob:c0ffee0g");
    assert_null(std::strstr(keys.error().message.c_str(), "c0ffee"));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(takes_what_is_well_formed),
        cmocka_unit_test(refuses_the_rest_and_names_the_line),
        cmocka_unit_test(an_error_never_quotes_a_key),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
