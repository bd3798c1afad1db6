// PAM's account management, with services of the test's own.
#include "io/tls/authorization-pam.hpp"

#include "tests/support/certificates.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

/// A folder with one service, "test".
struct Fixture {
    TemporaryFolder folder;

    explicit Fixture(const std::string& lines) { write_file(folder.file("test"), lines); }

    std::shared_ptr<AuthorizationPam> pam() const {
        return *AuthorizationPam::create(
            {.service = "test", .config_directory = folder.file("")});
    }
};

void the_service_decides(void**) {
    const Fixture yes("account required pam_permit.so\n"),
        no("account required pam_deny.so\n");
    if (!yes.pam()->is_allowed("root").has_value())
        skip(); // a system without PAM's modules
    assert_true(yes.pam()->is_allowed("root").value());
    assert_false(no.pam()->is_allowed("root").value());
}

void only_account_lines_count(void**) {
    const Fixture fixture("auth required pam_deny.so\naccount required pam_permit.so\n");
    if (!fixture.pam()->is_allowed("root").has_value())
        skip();
    assert_true(fixture.pam()->is_allowed("root").value());
}

void a_service_that_cannot_decide_is_an_error(void**) {
    const Fixture missing_module("account required pam_of_nobody.so\n");
    assert_false(missing_module.pam()->is_allowed("root").value_or(false));
}

void a_name_that_pam_would_cut_is_refused(void**) {
    const Fixture fixture("account required pam_permit.so\n");
    assert_false(fixture.pam()->is_allowed(std::string_view("root\0x", 6)).value());
    assert_false(fixture.pam()->is_allowed("").value());
}

void a_service_is_a_plain_name(void**) {
    for (const auto& name : {std::string(), std::string("a/b"), std::string("../x"),
                             std::string("a\0b", 3)}) {
        const auto pam = AuthorizationPam::create({.service = name});
        assert_int_equal(pam.error().kind, ErrorKind::invalid_argument);
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(the_service_decides),
        cmocka_unit_test(only_account_lines_count),
        cmocka_unit_test(a_service_that_cannot_decide_is_an_error),
        cmocka_unit_test(a_name_that_pam_would_cut_is_refused),
        cmocka_unit_test(a_service_is_a_plain_name),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
