// Passwords in files: one line of it counts, whoever wrote it.
#include "io/tools/password-file.hpp"

#include "tests/support/certificates.hpp"
#include "tests/support/cmocka.hpp"
#include "tests/support/temporary-folder.hpp"

using namespace qio;
using qio::test::TemporaryFolder;

namespace {

void takes_the_first_line_without_its_end(void**) {
    const TemporaryFolder folder;
    const std::string longest(max_password_bytes, 'x');
    const struct {
        std::string text, password;
    } table[] = {
        {"secret", "secret"},
        {"secret\n", "secret"},
        {"secret\r\n", "secret"},
        {"secret\r", "secret"},
        {"secret\nsecond\n", "secret"},
        {" se cret \n", " se cret "},
        {longest, longest},
        {longest + "\r\nmore", longest},
    };
    for (const auto& row : table) {
        test::write_file(folder.file("password"), row.text);
        const auto password = read_password_file(folder.file("password"));
        assert_true(password.has_value());
        assert_string_equal(password->c_str(), row.password.c_str());
    }
}

void says_what_is_wrong_with_the_file(void**) {
    const TemporaryFolder folder;
    const auto path = folder.file("password");
    for (const auto* text : {"", "\n", "\r\n", "\nsecond\n"}) {
        test::write_file(path, text);
        const auto password = read_password_file(path);
        assert_true(password.error().kind == ErrorKind::invalid_argument);
        assert_string_equal(
            password.error().message.c_str(),
            (path + " has no password; write one into its first line").c_str());
    }
    test::write_file(path, std::string(max_password_bytes + 1, 'x') + "\n");
    assert_true(read_password_file(path).error().kind == ErrorKind::invalid_argument);
    assert_true(read_password_file(folder.file("other")).error().kind ==
                ErrorKind::not_found);
    assert_false(read_password_file("/").has_value());
    assert_false(read_password_file("/dev/zero").has_value());
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(takes_the_first_line_without_its_end),
        cmocka_unit_test(says_what_is_wrong_with_the_file),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
