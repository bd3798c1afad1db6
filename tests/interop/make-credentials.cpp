// Writes credentials for tests with other programs into a directory.
//
// make-credentials DIRECTORY
//
// What TlsCredentialsX509 and TlsCredentialsPsk want of both endpoints; and in
// DIRECTORY/stranger the same from an authority that nobody trusts.
#include <filesystem>

#include "tests/support/certificates.hpp"

using namespace qio::test;

namespace {

constexpr const char* keys = "qemu:00112233445566778899aabbccddeeff"
                             "0123456789abcdef0123456789abcdef\n";
constexpr const char* other_keys = "qemu:ffeeddccbbaa99887766554433221100"
                                   "0123456789abcdef0123456789abcdef\n";

void write(const std::filesystem::path& folder, const char* psk) {
    std::filesystem::create_directories(folder);
    const Authority authority;
    write_file(folder / "ca-cert.pem", authority.ca.pem());
    write_file(folder / "server-cert.pem", authority.server.pem());
    write_file(folder / "server-key.pem", authority.server.key_pem());
    write_file(folder / "client-cert.pem", authority.client.pem());
    write_file(folder / "client-key.pem", authority.client.key_pem());
    write_file(folder / "keys.psk", psk);
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 2)
        return 2;
    const std::filesystem::path folder(argv[1]);
    write(folder, keys);
    write(folder / "stranger", other_keys);
}
