// What viewers of qio-vnc have to show, and how it is read again.
#include "ui/tools/qio-vnc/access.hpp"

#include <filesystem>

#include "io/tls/credentials-x509.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/temporary-folder.hpp"
#include "ui/vnc/security-state.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::bridge;
using qio::test::TemporaryFolder;
using qio::test::write_file;

namespace {

std::string password_of(const Access& access) {
    return access.security()->state()->passwords.control;
}

/// With a password in the folder's "password", and certificates beside it.
Options options_of(const TemporaryFolder& folder) {
    test::Authority().write_to(folder);
    write_file(folder.file("password"), "first\n");
    Options options;
    options.password_file = folder.file("password");
    options.tls_folder = folder.file("");
    return options;
}

void a_reload_brings_the_new_password(void**) {
    const TemporaryFolder folder;
    const auto options = options_of(folder);
    const auto access = Access::create(options);
    assert_true(access.has_value());
    assert_string_equal(password_of(**access).c_str(), "first");
    write_file(options.password_file, "second\r\n");
    assert_true((*access)->reload().has_value());
    assert_string_equal(password_of(**access).c_str(), "second");
}

void a_reload_that_fails_changes_nothing(void**) {
    const TemporaryFolder folder;
    const auto options = options_of(folder);
    const auto access = Access::create(options);
    assert_true(access.has_value());

    // A certificate that is none: the password, which is right, does not change either.
    write_file(options.password_file, "second\n");
    write_file(folder.file("server-cert.pem"), "none\n");
    assert_false((*access)->reload().has_value());
    assert_string_equal(password_of(**access).c_str(), "first");

    // A password that is none: the certificates are not even read.
    write_file(options.password_file, "\n");
    const auto done = (*access)->reload();
    assert_true(done.error().message.starts_with("password: "));
    assert_string_equal(password_of(**access).c_str(), "first");

    test::Authority().write_to(folder);
    write_file(options.password_file, "third\n");
    assert_true((*access)->reload().has_value());
    assert_string_equal(password_of(**access).c_str(), "third");
}

void a_password_that_has_gone_is_missed(void**) {
    const TemporaryFolder folder;
    write_file(folder.file("vnc-password"), "first\n");
    setenv("CREDENTIALS_DIRECTORY", folder.file("").c_str(), 1);
    const Options options;
    const auto access = Access::create(options);
    assert_true(access.has_value());
    assert_string_equal(password_of(**access).c_str(), "first");
    std::filesystem::remove(folder.file("vnc-password"));
    assert_false((*access)->reload().has_value());
    unsetenv("CREDENTIALS_DIRECTORY");
    assert_string_equal(password_of(**access).c_str(), "first");
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_reload_brings_the_new_password),
        cmocka_unit_test(a_reload_that_fails_changes_nothing),
        cmocka_unit_test(a_password_that_has_gone_is_missed),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
