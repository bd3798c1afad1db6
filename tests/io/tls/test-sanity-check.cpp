// The sanity check of own certificates: each fault, who has it, and what the message
// says.
#include "io/tls/sanity-check.hpp"

#include <cstring>
#include <string>

#include "tests/support/certificates.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::tls;
using namespace qio::test;

namespace {

constexpr std::time_t day = 86400;

/// Empty when content, the message otherwise.
std::string outcome(const Result<void>& result) {
    return result ? "" : result.error().message;
}

bool contains(const std::string& text, const char* part) {
    return text.find(part) != text.npos;
}

CertificateList list_of(const std::vector<const Certificate*>& certificates) {
    std::string pem;
    for (const auto* one : certificates)
        pem += one->pem();
    gnutls_x509_crt_t* list = nullptr;
    unsigned size = 0;
    const auto text = datum_of(as_bytes(pem));
    gnutls_x509_crt_list_import2(&list, &size, &text, GNUTLS_X509_FMT_PEM, 0);
    CertificateList owners;
    for (unsigned i = 0; i < size; ++i)
        owners.emplace_back(list[i]);
    gnutls_free(list);
    return owners;
}

/// Chain and issuers together, as loading does it.
std::string checked(const std::vector<const Certificate*>& chain,
                    const std::vector<const Certificate*>& authorities,
                    Endpoint endpoint = Endpoint::server) {
    const auto own = list_of(chain), trusted = list_of(authorities);
    const CertificateFile file{"own.pem", own};
    const auto now = std::time(nullptr);
    const auto alone = check_chain(file, endpoint, now);
    return alone ? outcome(check_issuers(file, {"ca.pem", trusted}, now))
                 : outcome(alone);
}

// P-TLS-07: our own side of it: such a certificate is never served.
void a_certificate_is_judged_by_what_it_says(void**) {
    constexpr auto server = CertificateUse::server, client = CertificateUse::client,
                   authority = CertificateUse::authority;
    const std::string for_server = GNUTLS_KP_TLS_WWW_SERVER,
                      for_client = GNUTLS_KP_TLS_WWW_CLIENT, any = GNUTLS_KP_ANY;
    const struct {
        CertificateSpec spec;
        CertificateUse use;
        const char* fault; ///< part of the message, nullptr if it is content
    } cases[] = {
        {{}, server, nullptr},
        {{}, client, nullptr},
        {{}, authority, "has no basic constraints"},
        {server_spec("x"), server, nullptr},
        {client_spec("x"), client, nullptr},
        {ca_spec("x"), authority, nullptr},
        {{.starts_in = -2 * day, .ends_in = -day}, server, "expired on 20"},
        {{.is_ca = true, .starts_in = -2 * day, .ends_in = -day}, authority, "expired"},
        {{.starts_in = day, .ends_in = 2 * day}, server, "is not valid before 20"},
        {{.is_ca = true, .starts_in = day, .ends_in = 2 * day}, authority, "not valid"},
        {{.is_ca = true}, server, "is one of an authority"},
        {{.is_ca = true}, client, "is one of an authority"},
        {{.is_ca = true}, authority, nullptr},
        {{.is_ca = false}, server, nullptr},
        {{.is_ca = false}, authority, "is not one of an authority"},
        {{.key_usage = GNUTLS_KEY_KEY_ENCIPHERMENT}, server, "must not make digital"},
        {{.key_usage = GNUTLS_KEY_KEY_CERT_SIGN}, client, "must not make digital"},
        {{.key_usage = GNUTLS_KEY_KEY_ENCIPHERMENT, .is_key_usage_critical = false},
         server,
         nullptr},
        {{.key_usage = GNUTLS_KEY_DIGITAL_SIGNATURE | GNUTLS_KEY_KEY_ENCIPHERMENT},
         server,
         nullptr},
        {{.is_ca = true, .key_usage = GNUTLS_KEY_DIGITAL_SIGNATURE},
         authority,
         "must not sign certificates"},
        {{.is_ca = true,
          .key_usage = GNUTLS_KEY_DIGITAL_SIGNATURE,
          .is_key_usage_critical = false},
         authority,
         nullptr},
        {{.is_ca = true, .key_usage = GNUTLS_KEY_KEY_CERT_SIGN}, authority, nullptr},
        {{.purposes = {for_client}, .is_purpose_critical = true},
         server,
         "must not be a TLS server's"},
        {{.purposes = {for_server}, .is_purpose_critical = true},
         client,
         "must not be a TLS client's"},
        {{.purposes = {for_client}}, server, nullptr},
        {{.purposes = {for_server}}, client, nullptr},
        {{.purposes = {for_server}, .is_purpose_critical = true}, server, nullptr},
        {{.purposes = {for_client}, .is_purpose_critical = true}, client, nullptr},
        {{.purposes = {any}, .is_purpose_critical = true}, server, nullptr},
        {{.purposes = {for_client, for_server}, .is_purpose_critical = true},
         server,
         nullptr},
        {{.purposes = {GNUTLS_KP_CODE_SIGNING, GNUTLS_KP_OCSP_SIGNING},
          .is_purpose_critical = true},
         server,
         "must not be a TLS server's"},
        {{.is_ca = true, .purposes = {for_client}, .is_purpose_critical = true},
         authority,
         nullptr},
    };
    for (const auto& one : cases) {
        const Certificate certificate(one.spec);
        const auto said = outcome(
            check_certificate(certificate.get(), one.use, "own.pem", std::time(nullptr)));
        assert_int_equal(said.empty(), one.fault == nullptr);
        if (one.fault)
            assert_non_null(std::strstr(said.c_str(), one.fault));
    }
}

void a_message_names_file_subject_reason_and_remedy(void**) {
    const Certificate old(
        {.common_name = "old", .country = "UK", .starts_in = -7200, .ends_in = -3600});
    const auto end = gnutls_x509_crt_get_expiration_time(old.get());
    char when[64];
    std::strftime(when, sizeof when, "%Y-%m-%d %H:%M:%S UTC", std::gmtime(&end));
    const auto expected =
        std::string("'own.pem': certificate 'C=UK,CN=old' expired on ") + when +
        "; renew it";
    const auto said = outcome(check_certificate(old.get(), CertificateUse::server,
                                                "own.pem", std::time(nullptr)));
    assert_string_equal(said.c_str(), expected.c_str());
}

void the_times_count_by_the_clock_that_is_given(void**) {
    const Certificate one(CertificateSpec{});
    const auto end = gnutls_x509_crt_get_expiration_time(one.get());
    const auto start = gnutls_x509_crt_get_activation_time(one.get());
    const struct {
        std::time_t now;
        bool is_good;
    } cases[] = {{start - 1, false}, {start, true}, {end, true}, {end + 1, false}};
    for (const auto& time : cases)
        assert_int_equal(
            check_certificate(one.get(), CertificateUse::client, "own.pem", time.now)
                .has_value(),
            time.is_good);
}

void a_chain_leads_to_a_self_signed_authority(void**) {
    const Certificate root(ca_spec("root")), other(ca_spec("other"));
    const Certificate middle(ca_spec("middle"), root), low(ca_spec("low"), middle);
    const Certificate leaf(server_spec("leaf"), low), direct(server_spec("direct"), root);
    const Certificate alone(server_spec("alone"));

    const struct {
        std::vector<const Certificate*> chain, authorities;
        const char* fault;
    } cases[] = {
        {{&direct}, {&root}, nullptr},
        {{&direct}, {&other, &root}, nullptr},
        {{&direct}, {&other}, "'own.pem': certificate 'CN=direct' is issued by nobody"},
        {{&direct, &root}, {&root}, nullptr},
        {{&direct, &root}, {&other}, "does not lead to an authority in 'ca.pem'"},
        {{&leaf, &low, &middle}, {&root}, nullptr},
        {{&leaf, &low}, {&middle, &root}, nullptr},
        {{&leaf}, {&root, &middle, &low}, nullptr},
        {{&leaf, &low}, {&root}, "'CN=low' is issued by nobody in 'ca.pem'"},
        {{&leaf, &low},
         {&middle},
         "'ca.pem': certificate 'CN=middle' is issued by nobody"},
        {{&leaf, &middle, &low}, {&root}, "not issued by the next one in the file"},
        {{&leaf, &middle}, {&root}, "'CN=leaf' is not issued by the next one"},
        {{&alone}, {&alone}, nullptr},
        {{&alone}, {&root}, "does not lead to an authority"},
        {{&middle, &root}, {&root}, "'CN=middle' is one of an authority"},
    };
    for (const auto& one : cases) {
        const auto said = checked(one.chain, one.authorities);
        assert_int_equal(said.empty(), one.fault == nullptr);
        if (one.fault)
            assert_non_null(std::strstr(said.c_str(), one.fault));
    }
}

void faults_further_up_are_found(void**) {
    const Certificate root(ca_spec("root"));
    const CertificateSpec bad[] = {
        {.common_name = "up", .is_ca = true, .ends_in = -60},
        {.common_name = "up", .is_ca = false},
        {.common_name = "up"},
        {.common_name = "up", .is_ca = true, .key_usage = GNUTLS_KEY_DIGITAL_SIGNATURE},
    };
    for (const auto& spec : bad) {
        const Certificate up(spec, root), leaf(server_spec("leaf"), up);
        const auto in_chain = checked({&leaf, &up}, {&root});
        assert_true(contains(in_chain, "'own.pem': certificate 'CN=up'"));
        const auto in_authorities = checked({&leaf}, {&up, &root});
        assert_true(contains(in_authorities, "'ca.pem': certificate 'CN=up'"));
    }
}

// An authority that was renewed with the same key has two certificates of one name.
void of_two_authorities_of_one_name_the_good_one_counts(void**) {
    const Certificate root(ca_spec("root"));
    auto spec = ca_spec("root");
    spec.ends_in = -60;
    const Certificate old(spec), leaf(server_spec("leaf"), root);
    assert_string_equal(checked({&leaf}, {&old, &root}).c_str(), "");
}

void a_wrong_signature_is_found(void**) {
    // The same name, but neither key nor key ids to tell it by: an impostor's.
    const Certificate root(ca_spec("root")), impostor(ca_spec("root"));
    const Certificate leaf(server_spec("leaf"), impostor);
    assert_false(checked({&leaf}, {&root}).empty());
}

void a_client_is_checked_as_a_client(void**) {
    const Certificate root(ca_spec("root"));
    auto spec = client_spec("client");
    spec.is_purpose_critical = true;
    const Certificate leaf(spec, root);
    assert_string_equal(checked({&leaf}, {&root}, Endpoint::client).c_str(), "");
    assert_true(contains(checked({&leaf}, {&root}, Endpoint::server), "TLS server's"));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_certificate_is_judged_by_what_it_says),
        cmocka_unit_test(a_message_names_file_subject_reason_and_remedy),
        cmocka_unit_test(the_times_count_by_the_clock_that_is_given),
        cmocka_unit_test(a_chain_leads_to_a_self_signed_authority),
        cmocka_unit_test(faults_further_up_are_found),
        cmocka_unit_test(of_two_authorities_of_one_name_the_good_one_counts),
        cmocka_unit_test(a_wrong_signature_is_found),
        cmocka_unit_test(a_client_is_checked_as_a_client),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
