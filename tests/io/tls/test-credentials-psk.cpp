// Pre-shared keys: who is let in, what is refused, and that no file is read on the way.
#include "io/tls/credentials-psk.hpp"

#include <cstring>
#include <filesystem>

#include "tests/io/tls/dh-parameters.hpp"
#include "tests/io/tls/memory-handshake.hpp"
#include "tests/support/certificates.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::tls;
using namespace qio::test;

namespace {

constexpr char server_keys[] = "qemu:00112233445566778899aabbccddeeff\n"
                               "bob:ffeeddccbbaa99887766554433221100\n";

/// A directory for each end, since each has its own keys.
struct Fixture {
    TemporaryFolder server_folder, client_folder;

    explicit Fixture(const std::string& client_keys = server_keys) {
        write_file(server_folder.file("keys.psk"), server_keys);
        write_file(client_folder.file("keys.psk"), client_keys);
    }

    auto server() const {
        return TlsCredentialsPsk::create(
            {.endpoint = Endpoint::server, .directory = server_folder.file("")});
    }
    auto client(const std::string& username = "",
                const std::string& priority = "") const {
        return TlsCredentialsPsk::create({.endpoint = Endpoint::client,
                                          .directory = client_folder.file(""),
                                          .priority = priority,
                                          .username = username});
    }
};

/// A client with any name and key, as no option of ours would make it.
class AnyClient final : public TlsCredentials, public LoadedCredentials {
public:
    AnyClient(std::string user, std::string key)
        : user_(std::move(user)), key_(std::move(key)) {
        gnutls_psk_allocate_client_credentials(&credentials_);
        const auto user_datum = datum_of(user_), key_datum = datum_of(key_);
        gnutls_psk_set_client_credentials2(credentials_, &user_datum, &key_datum,
                                           GNUTLS_PSK_KEY_HEX);
    }
    ~AnyClient() override { gnutls_psk_free_client_credentials(credentials_); }

    Endpoint endpoint() const override { return Endpoint::client; }
    VerifyPeer verify_peer() const override { return VerifyPeer::no; }
    Result<void> reload() override { return {}; }
    std::shared_ptr<const LoadedCredentials> loaded() const override {
        return {std::shared_ptr<const LoadedCredentials>(), this};
    }
    Result<void> attach(gnutls_session_t session) const override {
        gnutls_priority_set_direct(session, "NORMAL:+ECDHE-PSK:+PSK", nullptr);
        gnutls_credentials_set(session, GNUTLS_CRD_PSK, credentials_);
        return {};
    }
    bool has_certificates() const override { return false; }

private:
    static gnutls_datum_t datum_of(std::string& text) {
        return {reinterpret_cast<unsigned char*>(text.data()), unsigned(text.size())};
    }

    std::string user_, key_;
    gnutls_psk_client_credentials_t credentials_ = nullptr;
};

template <class T>
void assert_says(const Result<T>& result, ErrorKind kind, const char* part) {
    assert_false(result.has_value());
    assert_int_equal(result.error().kind, kind);
    assert_non_null(std::strstr(result.error().message.c_str(), part));
}

HandshakeOutcome handshake(const TlsCredentials& client, const TlsCredentials& server) {
    MemorySession client_end(client), server_end(server);
    return shake_hands(client_end, server_end);
}

void a_user_with_the_key_is_let_in(void**) {
    const Fixture fixture;
    for (const char* versions : {"", "NORMAL:-VERS-ALL:+VERS-TLS1.2"})
        for (const char* user : {"", "bob"}) {
            const auto server = fixture.server(), client = fixture.client(user, versions);
            assert_false((*server)->loaded()->has_certificates());
            assert_false((*client)->loaded()->has_certificates());
            assert_true((*server)->verify_peer() == VerifyPeer::no);
            MemorySession server_end(**server), client_end(**client);
            assert_true(shake_hands(client_end, server_end).is_good());
            assert_string_equal(gnutls_psk_server_get_username(server_end.get()),
                                *user ? user : "qemu");
        }
}

// O-50: a stranger does not learn which users there are.
void an_unknown_user_fails_like_a_wrong_key(void**) {
    const Fixture fixture;
    const auto server = fixture.server();
    const std::string key(32, 'a');
    const auto wrong = handshake(AnyClient("bob", key), **server);
    const auto unknown = handshake(AnyClient("mallory", key), **server);
    assert_false(wrong.is_good());
    assert_int_not_equal(wrong.server, GNUTLS_E_AGAIN);
    assert_int_equal(wrong.server, unknown.server);
    assert_int_equal(wrong.client, unknown.client);
}

// O-50: the whole name counts, NULs and all.
void a_name_with_a_nul_is_another_name(void**) {
    const Fixture fixture;
    const auto server = fixture.server();
    const std::string key = "ffeeddccbbaa99887766554433221100";
    assert_true(handshake(AnyClient("bob", key), **server).is_good());
    for (const auto& user : {std::string("bob\0", 4), std::string("bob\0x", 5),
                             std::string("\0bob", 4), std::string("bo")})
        assert_false(handshake(AnyClient(user, key), **server).is_good());
}

void the_options_have_to_go_together(void**) {
    const Fixture fixture;
    const auto folder = fixture.server_folder.file("");
    assert_says(
        TlsCredentialsPsk::create(
            {.endpoint = Endpoint::server, .directory = folder, .username = "bob"}),
        ErrorKind::invalid_argument, "username");
    assert_says(TlsCredentialsPsk::create({.endpoint = Endpoint::server}),
                ErrorKind::invalid_argument, "directory");
    assert_says(TlsCredentialsPsk::create({.directory = folder + "nowhere"}),
                ErrorKind::not_found, "nowhere");
    assert_says(fixture.client("", "NONSENSE"), ErrorKind::invalid_argument, "NONSENSE");
}

void a_file_that_is_missing_or_wrong_is_named(void**) {
    const Fixture fixture("bob:00\nalice\n");
    assert_says(fixture.client("bob"), ErrorKind::invalid_argument,
                "keys.psk': line 2: no ':'");
    write_file(fixture.client_folder.file("keys.psk"), "bob:00\n");
    assert_says(fixture.client(), ErrorKind::not_found, "has no key for 'qemu'");
    write_file(fixture.client_folder.file("keys.psk"), std::string(65537, '\n'));
    assert_says(fixture.client(), ErrorKind::limit, "keys.psk");
    std::filesystem::remove(fixture.client_folder.file("keys.psk"));
    assert_says(fixture.client(), ErrorKind::not_found, "keys.psk");
    write_file(fixture.server_folder.file("dh-params.pem"), "nonsense");
    assert_says(fixture.server(), ErrorKind::invalid_argument, "dh-params.pem");
}

void no_file_is_read_during_a_handshake(void**) {
    const Fixture fixture;
    const auto server = fixture.server(), client = fixture.client();
    std::filesystem::remove(fixture.server_folder.file("keys.psk"));
    std::filesystem::remove(fixture.client_folder.file("keys.psk"));
    assert_true(handshake(**client, **server).is_good());
}

// IO-20, P-TLS-10
void a_reload_counts_for_later_sessions_only(void**) {
    const Fixture fixture;
    const auto server = fixture.server(), client = fixture.client("bob");
    MemorySession server_end(**server), client_end(**client);
    write_file(fixture.server_folder.file("keys.psk"), "qemu:00\n");
    assert_true((*server)->reload().has_value());
    assert_true(shake_hands(client_end, server_end).is_good());
    assert_false(handshake(**client, **server).is_good());
}

void a_failed_reload_changes_nothing(void**) {
    const Fixture fixture;
    const auto server = fixture.server(), client = fixture.client();
    write_file(fixture.server_folder.file("keys.psk"), "qemu:0\n");
    assert_says((*server)->reload(), ErrorKind::invalid_argument, "half a byte");
    assert_true(handshake(**client, **server).is_good());
    write_file(fixture.client_folder.file("keys.psk"), "bob:00\n");
    assert_says((*client)->reload(), ErrorKind::not_found, "qemu");
    assert_true(handshake(**client, **server).is_good());
}

// A ticket would let in a user who was struck from the file.
void no_ticket_is_handed_out(void**) {
    const Fixture fixture;
    for (const char* versions : {"", "NORMAL:-VERS-ALL:+VERS-TLS1.2"}) {
        const auto server = fixture.server(), client = fixture.client("", versions);
        MemorySession server_end(**server), client_end(**client);
        assert_true(shake_hands(client_end, server_end).is_good());
        char byte;
        gnutls_record_recv(client_end.get(), &byte, 1);
        assert_false(gnutls_session_get_flags(client_end.get()) &
                     GNUTLS_SFLAGS_SESSION_TICKET);
    }
}

// Whoever would take a certificate as well, and would rather have one, gets the key.
void a_client_of_many_talents_is_let_in(void**) {
    const Fixture fixture;
    for (const char* versions : {"TLS1.2", "TLS1.3"}) {
        const auto server = fixture.server(), client = fixture.client();
        MemorySession server_end(**server), client_end(**client);
        make_versatile(client_end, versions, "+ECDHE-PSK");
        assert_true(shake_hands(client_end, server_end).is_good());
        assert_string_equal(gnutls_psk_server_get_username(server_end.get()), "qemu");
    }
}

void the_parameters_of_the_file_are_used(void**) {
    const Fixture fixture;
    const auto priority = dh_priority("+DHE-PSK");
    for (const bool has_file : {false, true}) {
        if (has_file)
            write_file(fixture.server_folder.file("dh-params.pem"), dh_parameters_pem());
        const auto server = fixture.server(), client = fixture.client();
        MemorySession server_end(**server), client_end(**client);
        gnutls_priority_set_direct(client_end.get(), priority.c_str(), nullptr);
        assert_true(shake_hands(client_end, server_end).is_good());
        assert_int_equal(gnutls_dh_get_prime_bits(client_end.get()) == int(dh_bits),
                         has_file);
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_user_with_the_key_is_let_in),
        cmocka_unit_test(an_unknown_user_fails_like_a_wrong_key),
        cmocka_unit_test(a_name_with_a_nul_is_another_name),
        cmocka_unit_test(the_options_have_to_go_together),
        cmocka_unit_test(a_file_that_is_missing_or_wrong_is_named),
        cmocka_unit_test(no_file_is_read_during_a_handshake),
        cmocka_unit_test(a_reload_counts_for_later_sessions_only),
        cmocka_unit_test(a_failed_reload_changes_nothing),
        cmocka_unit_test(no_ticket_is_handed_out),
        cmocka_unit_test(a_client_of_many_talents_is_let_in),
        cmocka_unit_test(the_parameters_of_the_file_are_used),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
