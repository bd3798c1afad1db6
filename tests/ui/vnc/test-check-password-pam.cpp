// PAM says whether a password is a user's, with services of the test's own.
#include "ui/vnc/check-password-pam.hpp"

#include "tests/support/certificates.hpp"
#include "tests/support/loop.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;
using namespace qio::vnc;

namespace {

/// What a service of these lines decides.
LoginDecision ask(const std::string& lines) {
    const TemporaryFolder folder;
    write_file(folder.file("test"), lines);
    const auto check = *check_password_with_pam(
        {.service = "test", .config_directory = folder.file("")});
    std::optional<LoginDecision> decision;
    check({.user = "root"}, "secret", [&](LoginDecision made) { decision = made; });
    if (decision) // never before it has returned
        return LoginDecision::view_only;
    run_until([&] { return decision.has_value(); });
    return decision.value_or(LoginDecision::view_only);
}

constexpr const char* permit = "auth required pam_permit.so\naccount required pam_permit.so\n";

void both_kinds_of_lines_decide(void**) {
    if (ask(permit) != LoginDecision::control)
        skip(); // a system without PAM's modules
    for (const auto* lines :
         {"auth required pam_deny.so\naccount required pam_permit.so\n",
          "auth required pam_permit.so\naccount required pam_deny.so\n",
          "auth required pam_of_nobody.so\naccount required pam_permit.so\n"})
        assert_true(ask(lines) == LoginDecision::refuse);
}

void a_service_is_a_plain_name(void**) {
    for (const auto* name : {"", "a/b", "../x"})
        assert_true(check_password_with_pam({.service = name}).error().kind ==
                    ErrorKind::invalid_argument);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(both_kinds_of_lines_decide),
        cmocka_unit_test(a_service_is_a_plain_name),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
