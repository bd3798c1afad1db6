// The certificates that the other tests are made of are what they were asked to be.
#include "tests/support/certificates.hpp"

#include <string>

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

unsigned verify(const Certificate& leaf, const Certificate& ca) {
    unsigned status = 0;
    auto trusted = ca.get();
    assert_int_equal(gnutls_x509_crt_verify(leaf.get(), &trusted, 1, 0, &status), 0);
    return status;
}

void the_authority_has_certified_both_leaves(void**) {
    const Authority authority;
    assert_int_equal(verify(authority.server, authority.ca), 0);
    assert_int_equal(verify(authority.client, authority.ca), 0);
    const Certificate stranger(ca_spec("Test Authority"));
    assert_int_not_equal(verify(authority.server, stranger), 0);
    assert_true(gnutls_x509_crt_check_hostname(authority.server.get(), "localhost"));
    assert_true(gnutls_x509_crt_check_hostname(authority.server.get(), "127.0.0.1"));
    assert_false(gnutls_x509_crt_check_hostname(authority.server.get(), "elsewhere"));
}

void what_is_not_asked_for_is_not_there(void**) {
    const Certificate plain(CertificateSpec{});
    unsigned critical = 0, usage = 0, is_ca = 0;
    int path = 0;
    assert_int_equal(gnutls_x509_crt_get_key_usage(plain.get(), &usage, &critical),
                     GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE);
    assert_int_equal(
        gnutls_x509_crt_get_basic_constraints(plain.get(), &critical, &is_ca, &path),
        GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE);
}

void a_key_usage_is_critical_when_asked(void**) {
    for (const bool wanted : {false, true}) {
        const Certificate one(
            {.key_usage = GNUTLS_KEY_KEY_AGREEMENT, .is_key_usage_critical = wanted});
        unsigned critical = 0, usage = 0;
        assert_int_equal(gnutls_x509_crt_get_key_usage(one.get(), &usage, &critical), 0);
        assert_int_equal(usage, GNUTLS_KEY_KEY_AGREEMENT);
        assert_int_equal(critical, wanted);
    }
}

void a_key_may_be_encrypted(void**) {
    const Certificate one(CertificateSpec{});
    assert_true(one.key_pem("secret").starts_with("-----BEGIN ENCRYPTED PRIVATE KEY"));
    assert_true(one.key_pem().starts_with("-----BEGIN PRIVATE KEY"));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(the_authority_has_certified_both_leaves),
        cmocka_unit_test(what_is_not_asked_for_is_not_there),
        cmocka_unit_test(a_key_usage_is_critical_when_asked),
        cmocka_unit_test(a_key_may_be_encrypted),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
