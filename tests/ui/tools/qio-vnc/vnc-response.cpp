// What a VNC client with a password answers: vnc-response PASSWORD CHALLENGE, in hex.
#include <charconv>
#include <cstdio>
#include <string_view>

#include "ui/vnc/auth/vnc-authentication.hpp"

using namespace qio::vnc::auth;

int main(int argc, char** argv) {
    if (argc != 3 || std::string_view(argv[2]).size() != 2 * challenge_bytes)
        return 2;
    Challenge challenge{};
    for (std::size_t i = 0; i < challenge_bytes; ++i) {
        unsigned value = 0;
        const char* const digits = argv[2] + 2 * i;
        if (std::from_chars(digits, digits + 2, value, 16).ptr != digits + 2)
            return 2;
        challenge[i] = std::byte(value);
    }
    for (const auto byte : vnc_response(challenge, argv[1]))
        std::printf("%02x", unsigned(byte));
    std::puts("");
    return 0;
}
