// The version handshake.
#include "ui/vnc/rfb/version.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::vnc;
using namespace std::string_view_literals;

namespace {

// P-RFB-01: versions old, odd and new
void knows_which_version_a_client_means(void**) {
    struct Row {
        std::string_view text;
        Version version;
    };
    const Row rows[] = {
        {"RFB 003.003\n"sv, Version::v3_3}, {"RFB 003.004\n"sv, Version::v3_3},
        {"RFB 003.005\n"sv, Version::v3_3}, {"RFB 003.006\n"sv, Version::v3_3},
        {"RFB 003.007\n"sv, Version::v3_7}, {"RFB 003.008\n"sv, Version::v3_8},
        {"RFB 003.009\n"sv, Version::v3_8}, {"RFB 003.130\n"sv, Version::v3_8},
        {"RFB 003.889\n"sv, Version::v3_8}, {"RFB 003.999\n"sv, Version::v3_8},
        {"RFB 004.000\n"sv, Version::v3_8}, {"RFB 004.001\n"sv, Version::v3_8},
        {"RFB 005.000\n"sv, Version::v3_8},
    };
    for (const auto& row : rows) {
        const auto version = parse_protocol_version(as_bytes(row.text));
        assert_true(version.has_value());
        assert_int_equal(*version, row.version);
    }
    const auto ours = parse_protocol_version(as_bytes(protocol_version_message));
    assert_int_equal(*ours, Version::v3_8);
}

// P-RFB-01: twelve bytes of exactly this form and nothing else
void refuses_what_is_no_version(void**) {
    const std::string_view rows[] = {
        "RFB 003.002\n"sv,
        "RFB 003.000\n"sv,
        "RFB 002.008\n"sv,
        "RFB 000.000\n"sv,
        "RFB 003.008\r"sv,
        "RFB 003.008 "sv,
        "RFB -03.008\n"sv,
        "RFB +03.008\n"sv,
        "RFB  03.008\n"sv,
        "RFB 003.-08\n"sv,
        "RFB 003.00a\n"sv,
        "RFB 003,008\n"sv,
        "rfb 003.008\n"sv,
        "RFB003.0008\n"sv,
        "RFB 3.8\n    "sv,
        "RFB 003.008"sv,
        "RFB 003.008\n\n"sv,
        "GET / HTTP/1"sv,
        "RFB 003.008\0"sv,
        "\0\0\0\0\0\0\0\0\0\0\0\0"sv,
        ""sv,
        "RFB 0x3.008\n"sv,
    };
    for (const auto& text : rows) {
        const auto version = parse_protocol_version(as_bytes(text));
        assert_false(version.has_value());
        assert_true(version.error().kind == ErrorKind::protocol);
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(knows_which_version_a_client_means),
        cmocka_unit_test(refuses_what_is_no_version),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
