// x509 credentials: which files are read, what is refused, and what a session gets.
#include "io/tls/credentials-x509.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <filesystem>
#include <thread>

#include "tests/io/tls/memory-handshake.hpp"
#include "tests/support/certificates.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::tls;
using namespace qio::test;

namespace {

/// A directory with what both endpoints need, and credentials from it.
struct Fixture {
    Authority authority;
    TemporaryFolder folder;

    Fixture() { authority.write_to(folder); }

    X509Options options(Endpoint endpoint) const {
        return {.endpoint = endpoint, .directory = folder.file("")};
    }
    auto server() const { return TlsCredentialsX509::create(options(Endpoint::server)); }
    auto client() const { return TlsCredentialsX509::create(options(Endpoint::client)); }
    void remove(const char* name) const { std::filesystem::remove(folder.file(name)); }
    void write(const char* name, const std::string& text) const {
        write_file(folder.file(name), text);
    }
};

template <class T>
std::string message_of(const Result<T>& result) {
    return result ? "" : result.error().message;
}

template <class T>
void assert_says(const Result<T>& result, ErrorKind kind, const char* part) {
    assert_false(result.has_value());
    assert_int_equal(result.error().kind, kind);
    assert_non_null(std::strstr(result.error().message.c_str(), part));
}

/// The common name of the certificate that a session was shown.
std::string peer_of(const MemorySession& session) {
    unsigned count = 0;
    const auto* shown = gnutls_certificate_get_peers(session.get(), &count);
    if (!shown)
        return "";
    gnutls_x509_crt_t certificate = nullptr;
    gnutls_x509_crt_init(&certificate);
    gnutls_x509_crt_import(certificate, shown, GNUTLS_X509_FMT_DER);
    char name[128] = "";
    std::size_t size = sizeof name;
    gnutls_x509_crt_get_dn_by_oid(certificate, GNUTLS_OID_X520_COMMON_NAME, 0, 0, name,
                                  &size);
    gnutls_x509_crt_deinit(certificate);
    return name;
}

void both_ends_come_to_terms_and_know_each_other(void**) {
    const Fixture fixture;
    const auto server = fixture.server(), client = fixture.client();
    assert_string_equal(message_of(server).c_str(), "");
    assert_string_equal(message_of(client).c_str(), "");
    assert_true((*server)->loaded()->has_certificates());
    MemorySession server_end(**server), client_end(**client);
    assert_true(shake_hands(client_end, server_end).is_good());
    assert_int_equal(verdict_on_peer(server_end), 0);
    assert_int_equal(verdict_on_peer(client_end), 0);
    assert_string_equal(peer_of(server_end).c_str(), "client");
    assert_string_equal(peer_of(client_end).c_str(), "server");
}

void a_client_may_have_no_certificate(void**) {
    const Fixture fixture;
    fixture.remove("client-cert.pem");
    fixture.remove("client-key.pem");
    const auto server = fixture.server(), client = fixture.client();
    MemorySession server_end(**server), client_end(**client);
    // Requested, not required: the handshake ends well, the check after it does not.
    assert_true(shake_hands(client_end, server_end).is_good());
    assert_int_equal(verdict_on_peer(server_end), -1);
    assert_int_equal(verdict_on_peer(client_end), 0);
}

void a_server_that_does_not_verify_does_not_ask(void**) {
    const Fixture fixture;
    auto options = fixture.options(Endpoint::server);
    options.verify_peer = VerifyPeer::no;
    const auto server = TlsCredentialsX509::create(options), client = fixture.client();
    assert_true((*server)->verify_peer() == VerifyPeer::no);
    assert_true((*client)->verify_peer() == VerifyPeer::yes);
    MemorySession server_end(**server), client_end(**client);
    assert_true(shake_hands(client_end, server_end).is_good());
    assert_string_equal(peer_of(server_end).c_str(), "");
}

// O-08.
void what_is_missing_or_halved_is_named(void**) {
    const struct {
        Endpoint endpoint;
        const char* missing;
        const char* said;
    } cases[] = {
        {Endpoint::server, "ca-cert.pem", "/ca-cert.pem': No such file"},
        {Endpoint::client, "ca-cert.pem", "/ca-cert.pem': No such file"},
        {Endpoint::server, "server-key.pem", "server-cert.pem' is there without '"},
        {Endpoint::server, "server-cert.pem", "server-key.pem' is there without '"},
        {Endpoint::client, "client-key.pem", "client-cert.pem' is there without '"},
        {Endpoint::client, "client-cert.pem", "client-key.pem' is there without '"},
    };
    for (const auto& one : cases) {
        const Fixture fixture;
        fixture.remove(one.missing);
        assert_says(TlsCredentialsX509::create(fixture.options(one.endpoint)),
                    ErrorKind::not_found, one.said);
    }
    const Fixture fixture;
    fixture.remove("server-cert.pem");
    fixture.remove("server-key.pem");
    assert_says(fixture.server(), ErrorKind::not_found, "a server needs a certificate");
}

// A file that is there counts, also an optional one.
void what_cannot_be_read_is_an_error_even_if_optional(void**) {
    for (const char* name : {"ca-cert.pem", "ca-crl.pem", "server-cert.pem",
                             "server-key.pem", "server-cert-0.pem", "dh-params.pem"}) {
        const Fixture fixture;
        fixture.remove(name);
        std::filesystem::create_directory(fixture.folder.file(name));
        assert_says(fixture.server(), ErrorKind::invalid_argument, name);
        std::filesystem::remove(fixture.folder.file(name));
        assert_int_equal(mkfifo(fixture.folder.file(name).c_str(), 0600), 0);
        assert_says(fixture.server(), ErrorKind::invalid_argument, name);
        fixture.remove(name);
        std::filesystem::create_symlink(name, fixture.folder.file(name));
        assert_says(fixture.server(), ErrorKind::io, name);
    }
}

void a_file_of_something_else_is_refused(void**) {
    for (const char* name : {"ca-cert.pem", "ca-crl.pem", "server-cert.pem",
                             "server-key.pem", "dh-params.pem"})
        for (const char* text :
             {"", "nonsense\n", "-----BEGIN CERTIFICATE-----\nAAAA\n"}) {
            const Fixture fixture;
            fixture.write(name, text);
            assert_says(fixture.server(), ErrorKind::invalid_argument, name);
        }
}

void a_directory_has_to_be_one(void**) {
    const Fixture fixture;
    auto options = fixture.options(Endpoint::server);
    options.directory = fixture.folder.file("nowhere");
    assert_says(TlsCredentialsX509::create(options), ErrorKind::not_found, "nowhere");
    options.directory = fixture.folder.file("ca-cert.pem");
    assert_says(TlsCredentialsX509::create(options), ErrorKind::invalid_argument,
                "is no directory");
    options.directory = "";
    assert_says(TlsCredentialsX509::create(options), ErrorKind::invalid_argument,
                "need a directory");
}

void a_key_of_another_certificate_is_refused(void**) {
    const Fixture fixture;
    fixture.write("server-key.pem", fixture.authority.client.key_pem());
    assert_says(fixture.server(), ErrorKind::invalid_argument, "is not the key of");
}

void the_sanity_check_can_be_left_out(void**) {
    const Fixture fixture;
    auto spec = server_spec("old");
    spec.ends_in = -60;
    write_identity(fixture.folder, "server", Certificate(spec, fixture.authority.ca));
    assert_says(fixture.server(), ErrorKind::invalid_argument, "expired");
    auto options = fixture.options(Endpoint::server);
    options.sanity_check = SanityCheck::no;
    assert_true(TlsCredentialsX509::create(options).has_value());
}

void an_identity_of_another_authority_is_refused(void**) {
    const Fixture fixture;
    fixture.write("ca-cert.pem", Certificate(ca_spec("Test Authority")).pem());
    assert_says(fixture.server(), ErrorKind::invalid_argument, "server-cert.pem");
    assert_says(fixture.client(), ErrorKind::invalid_argument, "client-cert.pem");
}

void a_chain_is_sent_whole(void**) {
    const Fixture fixture;
    const Certificate middle(ca_spec("middle"), fixture.authority.ca);
    write_identity(fixture.folder, "server", Certificate(server_spec("deep"), middle),
                   {&middle});
    const auto server = fixture.server(), client = fixture.client();
    MemorySession server_end(**server), client_end(**client);
    assert_true(shake_hands(client_end, server_end).is_good());
    assert_int_equal(verdict_on_peer(client_end), 0);
    assert_string_equal(peer_of(client_end).c_str(), "deep");
}

void a_password_opens_the_key(void**) {
    const Fixture fixture;
    write_identity(fixture.folder, "server", fixture.authority.server, {}, "secret");
    assert_says(fixture.server(), ErrorKind::invalid_argument, "there is no password");
    auto options = fixture.options(Endpoint::server);
    options.key_password = "wrong";
    assert_says(TlsCredentialsX509::create(options), ErrorKind::invalid_argument,
                "is not decrypted by the password");
    options.key_password = "secret";
    assert_string_equal(message_of(TlsCredentialsX509::create(options)).c_str(), "");
    write_identity(fixture.folder, "server", fixture.authority.server);
    assert_string_equal(message_of(TlsCredentialsX509::create(options)).c_str(), "");
}

// P-TLS-07: five identities, and the peer's choice among them.
void numbered_identities_are_taken_up_to_the_first_gap(void**) {
    const Fixture fixture;
    for (const int number : {0, 1, 3}) {
        auto spec = server_spec("number " + std::to_string(number));
        spec.dns_names = {std::to_string(number) + ".example"};
        write_identity(fixture.folder, "server-" + std::to_string(number),
                       Certificate(spec, fixture.authority.ca));
    }
    const auto shown_for = [&](const char* name) {
        const auto server = fixture.server(), client = fixture.client();
        MemorySession server_end(**server), client_end(**client);
        gnutls_server_name_set(client_end.get(), GNUTLS_NAME_DNS, name,
                               std::strlen(name));
        return shake_hands(client_end, server_end).is_good() ? peer_of(client_end) : "-";
    };
    assert_string_equal(shown_for("localhost").c_str(), "server");
    assert_string_equal(shown_for("0.example").c_str(), "number 0");
    assert_string_equal(shown_for("1.example").c_str(), "number 1");
    assert_string_not_equal(shown_for("3.example").c_str(), "number 3");

    fixture.remove("server-cert.pem");
    fixture.remove("server-key.pem");
    assert_string_equal(shown_for("1.example").c_str(), "number 1");
    fixture.remove("server-key-1.pem");
    assert_says(fixture.server(), ErrorKind::not_found, "server-cert-1.pem");
}

void a_revoked_peer_is_known_to_both_endpoints(void**) {
    const Fixture fixture;
    const auto& [ca, server_certificate, client_certificate] = fixture.authority;
    fixture.write("ca-crl.pem", ca.crl_pem({&server_certificate, &client_certificate}));
    const auto server = fixture.server(), client = fixture.client();
    assert_string_equal(message_of(server).c_str(), "");
    MemorySession server_end(**server), client_end(**client);
    assert_true(shake_hands(client_end, server_end).is_good());
    assert_true(verdict_on_peer(server_end) & GNUTLS_CERT_REVOKED);
    assert_true(verdict_on_peer(client_end) & GNUTLS_CERT_REVOKED);

    fixture.write("ca-crl.pem", ca.crl_pem({&client_certificate}));
    assert_true((*client)->reload().has_value());
    MemorySession server_again(**server), client_again(**client);
    assert_true(shake_hands(client_again, server_again).is_good());
    assert_int_equal(verdict_on_peer(client_again), 0);
}

void a_list_that_would_revoke_nothing_is_refused(void**) {
    const Fixture fixture;
    const Certificate other(ca_spec("Other")), impostor(ca_spec("Test Authority"));
    for (const auto* issuer : {&other, &impostor}) {
        fixture.write("ca-crl.pem", issuer->crl_pem({&fixture.authority.client}));
        assert_says(fixture.server(), ErrorKind::invalid_argument, "no authority in");
    }
}

// IO-20, P-TLS-10: a session keeps what it started with.
void a_reload_counts_for_later_sessions_only(void**) {
    const Fixture fixture;
    const auto server = fixture.server(), client = fixture.client();
    MemorySession early_server(**server), early_client(**client);
    write_identity(fixture.folder, "server",
                   Certificate(server_spec("renewed"), fixture.authority.ca));
    const auto before = (*server)->loaded();
    assert_true((*server)->reload().has_value());
    assert_ptr_not_equal(before.get(), (*server)->loaded().get());
    assert_true(shake_hands(early_client, early_server).is_good());
    assert_string_equal(peer_of(early_client).c_str(), "server");

    MemorySession late_server(**server), late_client(**client);
    assert_true(shake_hands(late_client, late_server).is_good());
    assert_string_equal(peer_of(late_client).c_str(), "renewed");
}

void a_failed_reload_changes_nothing(void**) {
    const Fixture fixture;
    const auto server = fixture.server(), client = fixture.client();
    const auto before = (*server)->loaded();
    fixture.write("server-cert.pem", "nonsense");
    assert_says((*server)->reload(), ErrorKind::invalid_argument, "server-cert.pem");
    assert_ptr_equal(before.get(), (*server)->loaded().get());
    MemorySession server_end(**server), client_end(**client);
    assert_true(shake_hands(client_end, server_end).is_good());
}

// IO-20: also from another thread, at any moment.
void reloading_in_a_thread_disturbs_no_handshake(void**) {
    const Fixture fixture;
    const auto server = fixture.server(), client = fixture.client();
    std::atomic<bool> is_over = false;
    std::atomic<int> failures = 0;
    std::thread reloading([&] {
        while (!is_over)
            failures += !(*server)->reload().has_value();
    });
    int good = 0;
    for (int i = 0; i < 20; ++i) {
        MemorySession server_end(**server), client_end(**client);
        good += shake_hands(client_end, server_end).is_good();
    }
    is_over = true;
    reloading.join();
    assert_int_equal(good, 20);
    assert_int_equal(failures, 0);
}

// IO-20: also when the credentials are gone altogether.
void a_session_outlives_its_credentials(void**) {
    const Fixture fixture;
    auto server = fixture.server(), client = fixture.client();
    MemorySession server_end(**server), client_end(**client);
    server->reset();
    client->reset();
    assert_true(shake_hands(client_end, server_end).is_good());
}

void a_session_is_resumed_over_a_reload(void**) {
    const Fixture fixture;
    auto options = fixture.options(Endpoint::server);
    options.priority = "NORMAL:-VERS-ALL:+VERS-TLS1.2";
    const auto server = TlsCredentialsX509::create(options), client = fixture.client();
    gnutls_datum_t ticket{};
    {
        MemorySession server_end(**server), client_end(**client);
        assert_true(shake_hands(client_end, server_end).is_good());
        assert_int_equal(gnutls_session_get_data2(client_end.get(), &ticket), 0);
    }
    assert_true((*server)->reload().has_value());
    MemorySession server_end(**server), client_end(**client);
    gnutls_session_set_data(client_end.get(), ticket.data, ticket.size);
    gnutls_free(ticket.data);
    assert_true(shake_hands(client_end, server_end).is_good());
    assert_true(gnutls_session_is_resumed(server_end.get()));
    assert_int_equal(verdict_on_peer(server_end), 0);
}

// P-TLS-06: old versions need to be asked for by name.
void old_versions_are_refused_by_default(void**) {
    const Fixture fixture;
    const auto server = fixture.server();
    const struct {
        const char* versions;
        bool is_good;
    } cases[] = {{"+VERS-TLS1.0", false},
                 {"+VERS-TLS1.1", false},
                 {"+VERS-TLS1.2", true},
                 {"+VERS-TLS1.3", true}};
    for (const auto& one : cases) {
        auto options = fixture.options(Endpoint::client);
        options.priority = std::string("NORMAL:-VERS-ALL:") + one.versions;
        const auto client = TlsCredentialsX509::create(options);
        MemorySession server_end(**server), client_end(**client);
        assert_int_equal(shake_hands(client_end, server_end).is_good(), one.is_good);
    }
}

void a_mistake_in_the_priority_is_shown(void**) {
    const Fixture fixture;
    auto options = fixture.options(Endpoint::server);
    options.priority = "NORMAL:+NONSENSE";
    assert_says(TlsCredentialsX509::create(options), ErrorKind::invalid_argument,
                "at '+NONSENSE'");
    options.priority = std::string("NORMAL\0:-VERS-ALL", 17);
    assert_says(TlsCredentialsX509::create(options), ErrorKind::invalid_argument, "NUL");
}

void only_a_client_may_trust_the_system(void**) {
    const Fixture fixture;
    auto options = fixture.options(Endpoint::server);
    options.trust_anchors = TrustAnchors::system;
    assert_says(TlsCredentialsX509::create(options), ErrorKind::invalid_argument,
                "certify no clients");
    options.endpoint = Endpoint::client;
    options.directory = "";
    const auto client = TlsCredentialsX509::create(options);
    if (!client && client.error().kind == ErrorKind::not_found)
        skip(); // a system without any
    const auto server = fixture.server();
    MemorySession server_end(**server), client_end(**client);
    assert_true(shake_hands(client_end, server_end).is_good());
    assert_true(verdict_on_peer(client_end) & GNUTLS_CERT_SIGNER_NOT_FOUND);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(both_ends_come_to_terms_and_know_each_other),
        cmocka_unit_test(a_client_may_have_no_certificate),
        cmocka_unit_test(a_server_that_does_not_verify_does_not_ask),
        cmocka_unit_test(what_is_missing_or_halved_is_named),
        cmocka_unit_test(what_cannot_be_read_is_an_error_even_if_optional),
        cmocka_unit_test(a_file_of_something_else_is_refused),
        cmocka_unit_test(a_directory_has_to_be_one),
        cmocka_unit_test(a_key_of_another_certificate_is_refused),
        cmocka_unit_test(the_sanity_check_can_be_left_out),
        cmocka_unit_test(an_identity_of_another_authority_is_refused),
        cmocka_unit_test(a_chain_is_sent_whole),
        cmocka_unit_test(a_password_opens_the_key),
        cmocka_unit_test(numbered_identities_are_taken_up_to_the_first_gap),
        cmocka_unit_test(a_revoked_peer_is_known_to_both_endpoints),
        cmocka_unit_test(a_list_that_would_revoke_nothing_is_refused),
        cmocka_unit_test(a_reload_counts_for_later_sessions_only),
        cmocka_unit_test(a_failed_reload_changes_nothing),
        cmocka_unit_test(reloading_in_a_thread_disturbs_no_handshake),
        cmocka_unit_test(a_session_outlives_its_credentials),
        cmocka_unit_test(a_session_is_resumed_over_a_reload),
        cmocka_unit_test(old_versions_are_refused_by_default),
        cmocka_unit_test(a_mistake_in_the_priority_is_shown),
        cmocka_unit_test(only_a_client_may_trust_the_system),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
