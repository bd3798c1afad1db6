// Lists of rules, one name alone, and authorizations that nobody would ask.
#include "io/tls/authorization-list.hpp"

#include <atomic>
#include <string>
#include <thread>

#include "io/tls/authorization-check.hpp"
#include "io/tls/authorization-simple.hpp"
#include "io/tls/credentials-anon.hpp"
#include "io/tls/credentials-psk.hpp"
#include "io/tls/credentials-x509.hpp"
#include "tests/support/certificates.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::tls;
using namespace qio::test;

namespace {

constexpr auto allow = AuthorizationPolicy::allow, deny = AuthorizationPolicy::deny;
constexpr auto exact = MatchFormat::exact, glob = MatchFormat::glob;

bool allowed(const Authorization& authorization, std::string_view identity) {
    return authorization.is_allowed(identity).value();
}

std::string order_of(const AuthorizationList& list) {
    std::string order;
    for (const auto& rule : list.rules().rules)
        order += rule.match;
    return order;
}

void the_first_rule_that_matches_decides(void**) {
    const auto list = AuthorizationList::create();
    assert_false(allowed(*list, "CN=bob"));
    list->append({"CN=eve", deny, exact});
    list->append({"CN=*", allow, glob});
    list->append({"CN=bob", deny, exact});
    assert_true(allowed(*list, "CN=bob"));
    assert_false(allowed(*list, "CN=eve"));
    assert_true(allowed(*list, "CN=eve "));
    assert_false(allowed(*list, "O=x"));
    assert_false(allowed(*list, ""));
}

void the_policy_decides_when_no_rule_does(void**) {
    const auto list =
        AuthorizationList::create({.policy = allow, .rules = {{"CN=eve", deny, exact}}});
    assert_true(allowed(*list, "CN=bob"));
    assert_false(allowed(*list, "CN=eve"));
}

void a_pattern_is_only_one_when_it_is_said_to_be(void**) {
    const auto list = AuthorizationList::create();
    list->append({"CN=*", allow, exact});
    assert_false(allowed(*list, "CN=bob"));
    assert_true(allowed(*list, "CN=*"));
    assert_false(allowed(*list, std::string_view("CN=*\0", 5)));
}

void rules_go_where_they_are_put(void**) {
    const auto list = AuthorizationList::create();
    assert_int_equal(list->append({"a"}), 0);
    assert_int_equal(list->append({"b"}), 1);
    assert_int_equal(list->insert({"c"}, 0), 0);
    assert_int_equal(list->insert({"d"}, 2), 2);
    assert_int_equal(list->insert({"e"}, 100), 4);
    assert_string_equal(order_of(*list).c_str(), "cadbe");
}

void the_first_rule_of_a_text_is_removed(void**) {
    const auto list = AuthorizationList::create(
        {.rules = {{"a"}, {"b", deny, glob}, {"b", allow, exact}, {"c"}}});
    assert_int_equal(*list->remove("b"), 1);
    assert_string_equal(order_of(*list).c_str(), "abc");
    assert_true(list->rules().rules[1].policy == allow);
    assert_int_equal(*list->remove("b"), 1);
    assert_false(list->remove("b").has_value());
    assert_false(list->remove("*").has_value());
    assert_string_equal(order_of(*list).c_str(), "ac");
}

void a_list_may_change_while_it_is_asked(void**) {
    const auto list = AuthorizationList::create();
    list->append({"CN=bob", allow, exact});
    std::atomic<bool> is_over = false;
    std::atomic<int> refusals = 0;
    std::thread asking([&] {
        while (!is_over)
            refusals += !allowed(*list, "CN=bob");
    });
    for (int i = 0; i < 2000; ++i) {
        list->insert({"CN=eve", deny, exact}, 0);
        list->remove("CN=eve");
    }
    is_over = true;
    asking.join();
    assert_int_equal(refusals, 0);
}

void one_name_alone_is_let_in(void**) {
    const auto simple = AuthorizationSimple::create("CN=bob");
    assert_true(allowed(*simple, "CN=bob"));
    assert_false(allowed(*simple, "CN=bo"));
    assert_false(allowed(*simple, "CN=bob "));
    assert_false(allowed(*simple, ""));
    assert_false(allowed(*simple, std::string_view("CN=bob\0", 7)));
}

void an_authorization_that_nobody_asks_is_refused(void**) {
    const Authority authority;
    const TemporaryFolder folder;
    authority.write_to(folder);
    write_file(folder.file("keys.psk"), "qemu:00112233445566778899aabbccddeeff\n");
    const auto directory = folder.file("");
    const auto simple = AuthorizationSimple::create("CN=bob");
    for (const auto endpoint : {Endpoint::client, Endpoint::server}) {
        const auto psk =
            *TlsCredentialsPsk::create({.endpoint = endpoint, .directory = directory});
        const auto anon = *TlsCredentialsAnon::create({.endpoint = endpoint});
        const auto x509 =
            *TlsCredentialsX509::create({.endpoint = endpoint, .directory = directory});
        const auto unverified =
            *TlsCredentialsX509::create({.endpoint = endpoint,
                                         .directory = directory,
                                         .verify_peer = VerifyPeer::no});
        const struct {
            const TlsCredentials& credentials;
            bool is_usable;
        } cases[] = {{*psk, false}, {*anon, false}, {*x509, true}, {*unverified, false}};
        for (const auto& one : cases) {
            assert_int_equal(
                check_authorization_usable(one.credentials, simple.get()).has_value(),
                one.is_usable);
            assert_true(check_authorization_usable(one.credentials, nullptr).has_value());
        }
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(the_first_rule_that_matches_decides),
        cmocka_unit_test(the_policy_decides_when_no_rule_does),
        cmocka_unit_test(a_pattern_is_only_one_when_it_is_said_to_be),
        cmocka_unit_test(rules_go_where_they_are_put),
        cmocka_unit_test(the_first_rule_of_a_text_is_removed),
        cmocka_unit_test(a_list_may_change_while_it_is_asked),
        cmocka_unit_test(one_name_alone_is_let_in),
        cmocka_unit_test(an_authorization_that_nobody_asks_is_refused),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
