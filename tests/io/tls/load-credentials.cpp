// Loads credentials of both endpoints from a directory, and lets them shake hands.
//
// load-credentials x509|psk DIRECTORY
//
// Prints who each end took the other for, or what is wrong, and then exits with 1.
#include <gnutls/x509.h>

#include <cstdio>
#include <cstring>

#include "io/tls/credentials-psk.hpp"
#include "io/tls/credentials-x509.hpp"
#include "tests/io/tls/memory-handshake.hpp"

using namespace qio;
using namespace qio::tls;
using namespace qio::test;

namespace {

Result<std::shared_ptr<TlsCredentials>> load(bool is_x509, Endpoint endpoint,
                                             const char* directory) {
    if (is_x509)
        return QIO_TRY(
            TlsCredentialsX509::create({.endpoint = endpoint, .directory = directory}));
    return QIO_TRY(
        TlsCredentialsPsk::create({.endpoint = endpoint, .directory = directory}));
}

/// The name that an authorization gets.
void print_peer(const char* role, const MemorySession& session) {
    unsigned count = 0;
    const auto* shown = gnutls_certificate_get_peers(session.get(), &count);
    gnutls_x509_crt_t certificate = nullptr;
    gnutls_datum_t name{};
    if (!shown || gnutls_x509_crt_init(&certificate) < 0)
        return;
    if (gnutls_x509_crt_import(certificate, shown, GNUTLS_X509_FMT_DER) == 0 &&
        gnutls_x509_crt_get_dn2(certificate, &name) == 0)
        std::printf("%s %s verdict %d\n", role, name.data, verdict_on_peer(session));
    gnutls_free(name.data);
    gnutls_x509_crt_deinit(certificate);
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 3)
        return 2;
    const bool is_x509 = std::strcmp(argv[1], "x509") == 0;
    const auto server = load(is_x509, Endpoint::server, argv[2]);
    const auto client = load(is_x509, Endpoint::client, argv[2]);
    for (const auto* one : {&server, &client})
        if (!*one)
            return std::printf("%s\n", one->error().message.c_str()), 1;
    MemorySession server_end(**server), client_end(**client);
    if (!shake_hands(client_end, server_end).is_good())
        return std::printf("no handshake\n"), 1;
    print_peer("server", client_end);
    print_peer("client", server_end);
    if (const char* user =
            is_x509 ? nullptr : gnutls_psk_server_get_username(server_end.get()))
        std::printf("user %s\n", user);
}
