// Anonymous credentials, and that each kind can be made for each endpoint.
#include "io/tls/credentials-anon.hpp"

#include <cstring>

#include "io/tls/credentials-psk.hpp"
#include "io/tls/credentials-x509.hpp"
#include "tests/io/tls/dh-parameters.hpp"
#include "tests/io/tls/memory-handshake.hpp"
#include "tests/support/certificates.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::tls;
using namespace qio::test;

namespace {

auto anonymous(Endpoint endpoint, const std::string& directory = "",
               const std::string& priority = "") {
    return TlsCredentialsAnon::create(
        {.endpoint = endpoint, .directory = directory, .priority = priority});
}

template <class T>
void assert_says(const Result<T>& result, ErrorKind kind, const char* part) {
    assert_false(result.has_value());
    assert_int_equal(result.error().kind, kind);
    assert_non_null(std::strstr(result.error().message.c_str(), part));
}

template <class T>
bool is_for(const Result<T>& credentials, Endpoint endpoint) {
    return credentials && (*credentials)->endpoint() == endpoint &&
           MemorySession(**credentials).is_attached();
}

// TRAP-26
void every_kind_can_be_made_for_every_endpoint(void**) {
    const Authority authority;
    const TemporaryFolder folder;
    authority.write_to(folder);
    write_file(folder.file("keys.psk"), "qemu:00112233445566778899aabbccddeeff\n");
    const auto directory = folder.file("");
    for (const auto endpoint : {Endpoint::client, Endpoint::server}) {
        assert_true(is_for(anonymous(endpoint), endpoint));
        assert_true(is_for(anonymous(endpoint, directory), endpoint));
        assert_true(is_for(
            TlsCredentialsPsk::create({.endpoint = endpoint, .directory = directory}),
            endpoint));
        assert_true(is_for(
            TlsCredentialsX509::create({.endpoint = endpoint, .directory = directory}),
            endpoint));
    }
}

void both_ends_come_to_terms_without_a_name(void**) {
    const auto server = anonymous(Endpoint::server), client = anonymous(Endpoint::client);
    assert_true((*server)->verify_peer() == VerifyPeer::no);
    assert_false((*server)->loaded()->has_certificates());
    MemorySession server_end(**server), client_end(**client);
    assert_true(shake_hands(client_end, server_end).is_good());
    assert_int_equal(gnutls_auth_get_type(client_end.get()), GNUTLS_CRD_ANON);
}

// P-TLS-06: nobody falls back to no authentication.
void anonymous_needs_both_ends(void**) {
    const Authority authority;
    const TemporaryFolder folder;
    authority.write_to(folder);
    const auto certified = [&](Endpoint endpoint) {
        return TlsCredentialsX509::create(
            {.endpoint = endpoint, .directory = folder.file("")});
    };
    const auto server = certified(Endpoint::server), client = certified(Endpoint::client);
    const auto anonymous_server = anonymous(Endpoint::server),
               anonymous_client = anonymous(Endpoint::client);
    MemorySession server_end(**server), anonymous_client_end(**anonymous_client);
    assert_false(shake_hands(anonymous_client_end, server_end).is_good());
    MemorySession anonymous_server_end(**anonymous_server), client_end(**client);
    assert_false(shake_hands(client_end, anonymous_server_end).is_good());
}

// Whoever would take a certificate as well, and would rather have one, gets none.
void a_client_of_many_talents_is_let_in(void**) {
    const auto server = anonymous(Endpoint::server), client = anonymous(Endpoint::client);
    MemorySession server_end(**server), client_end(**client);
    make_versatile(client_end, "TLS1.2", "+ANON-ECDH");
    assert_true(shake_hands(client_end, server_end).is_good());
    assert_int_equal(gnutls_auth_get_type(client_end.get()), GNUTLS_CRD_ANON);
}

void the_parameters_of_the_file_are_used(void**) {
    const TemporaryFolder folder;
    const auto priority = dh_priority("+ANON-DH");
    for (const bool has_file : {false, true}) {
        if (has_file)
            write_file(folder.file("dh-params.pem"), dh_parameters_pem());
        const auto server = anonymous(Endpoint::server, folder.file("")),
                   client = anonymous(Endpoint::client);
        MemorySession server_end(**server), client_end(**client);
        gnutls_priority_set_direct(client_end.get(), priority.c_str(), nullptr);
        assert_true(shake_hands(client_end, server_end).is_good());
        assert_int_equal(gnutls_dh_get_prime_bits(client_end.get()) == int(dh_bits),
                         has_file);
    }
}

void what_is_wrong_is_named(void**) {
    const TemporaryFolder folder;
    assert_says(anonymous(Endpoint::server, folder.file("nowhere")), ErrorKind::not_found,
                "nowhere");
    write_file(folder.file("dh-params.pem"), "nonsense");
    assert_says(anonymous(Endpoint::server, folder.file("")), ErrorKind::invalid_argument,
                "dh-params.pem");
    assert_true(anonymous(Endpoint::client, folder.file("")).has_value());
    assert_says(anonymous(Endpoint::client, "", "NORMAL:+X"), ErrorKind::invalid_argument,
                "+X");
}

void there_is_nothing_to_reload(void**) {
    const auto server = anonymous(Endpoint::server);
    assert_says((*server)->reload(), ErrorKind::not_supported, "reload");
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_can_be_made_for_every_endpoint),
        cmocka_unit_test(both_ends_come_to_terms_without_a_name),
        cmocka_unit_test(anonymous_needs_both_ends),
        cmocka_unit_test(a_client_of_many_talents_is_let_in),
        cmocka_unit_test(the_parameters_of_the_file_are_used),
        cmocka_unit_test(what_is_wrong_is_named),
        cmocka_unit_test(there_is_nothing_to_reload),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
