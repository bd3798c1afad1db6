// The first bytes of a connection tell the protocol, as early as they can.
#include "ui/vnc/first-bytes.hpp"

#include <string>

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::vnc;

namespace {

FirstBytes tell(std::string_view text) {
    return tell_protocol(as_bytes(text));
}

struct Row {
    std::string_view text;
    FirstBytes protocol;
    std::size_t needed; ///< bytes until it is known
};

void first_bytes_tell_the_protocol(void**) {
    constexpr Row rows[] = {
        {"RFB 003.008\n", FirstBytes::rfb, 4},
        {"RFB x", FirstBytes::rfb, 4},
        {"GET / HTTP/1.1\r\n", FirstBytes::http, 4},
        {"HEAD / HTTP/1.1\r\n", FirstBytes::http, 5},
        {"POST /", FirstBytes::http, 5},
        {"PUT /", FirstBytes::http, 4},
        {"PATCH /", FirstBytes::http, 6},
        {"DELETE /", FirstBytes::http, 7},
        {"OPTIONS *", FirstBytes::http, 8},
        {"CONNECT h:1", FirstBytes::http, 8},
        {"TRACE /", FirstBytes::http, 6},
        {{"\x16\x03\x01\0\xf5\x01", 6}, FirstBytes::tls, 2},
        {"\x16\x02", FirstBytes::unknown, 2},
        {"\x80", FirstBytes::unknown, 1},
        {"XX", FirstBytes::unknown, 1},
        {"rfb 003.008\n", FirstBytes::unknown, 1},
        {"get /", FirstBytes::unknown, 1},
        {"GETS /", FirstBytes::unknown, 4},
        {"PRI * HTTP/2.0\r\n", FirstBytes::unknown, 2},
        {{"\0\0\0", 3}, FirstBytes::unknown, 1},
    };
    for (const auto& row : rows) {
        assert_true(row.needed <= max_first_bytes);
        for (std::size_t i = 0; i <= row.text.size(); ++i)
            assert_int_equal(int(tell(row.text.substr(0, i))),
                             int(i < row.needed ? FirstBytes::need_more : row.protocol));
    }
}

// Whatever the bytes are, eight of them decide.
void eight_bytes_are_enough(void**) {
    for (unsigned first = 0; first < 256; ++first)
        for (unsigned rest = 0; rest < 256; ++rest) {
            std::string text(max_first_bytes, char(rest));
            text[0] = char(first);
            assert_true(tell(text) != FirstBytes::need_more);
        }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(first_bytes_tell_the_protocol),
        cmocka_unit_test(eight_bytes_are_enough),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
