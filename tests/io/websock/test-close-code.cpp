// Close codes and the payload of close frames.
#include "io/websock/close-code.hpp"

#include <algorithm>
#include <string>

#include "tests/io/websock/from-hex.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::ws;

namespace {

Bytes payload_of(unsigned code, std::string_view reason = {}) {
    Bytes payload(2 + reason.size());
    store_be(payload.data(), std::uint16_t(code));
    std::ranges::copy(as_bytes(reason), payload.begin() + 2);
    return payload;
}

bool is_expected_code(unsigned code) {
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
           (code >= 3000 && code <= 4999);
}

// O-36, P-WS-17
void every_code_is_judged_as_the_protocol_says(void**) {
    for (unsigned code = 0; code <= 0xFFFF; ++code) {
        assert_int_equal(is_valid_close_code(CloseCode(code)), is_expected_code(code));
        auto close = parse_close_payload(payload_of(code));
        assert_int_equal(close.has_value(), is_expected_code(code));
        if (close)
            assert_true(close->code == CloseCode(code));
        else
            assert_true(close.error().code == CloseCode::protocol_error);
    }
}

// P-WS-17
void reads_payloads(void**) {
    auto none = parse_close_payload({});
    assert_true(none.has_value());
    assert_false(none->code.has_value());
    auto bare = parse_close_payload(from_hex("03 E8"));
    assert_true(*bare == (ClosePayload{CloseCode::normal, ""}));
    auto full = parse_close_payload(payload_of(1001, "bye \xE2\x82\xAC"));
    assert_true(*full == (ClosePayload{CloseCode::going_away, "bye \xE2\x82\xAC"}));
    auto longest = parse_close_payload(payload_of(4999, std::string(123, 'x')));
    assert_int_equal(longest->reason.size(), 123);
}

// TRAP-12, P-WS-17
void refuses_broken_payloads(void**) {
    auto one_byte = parse_close_payload(from_hex("03"));
    assert_true(one_byte.error().code == CloseCode::protocol_error);
    for (auto reason : {"\xFF", "ok\xC3", "\xED\xA0\x80", "\xE2\x82"}) {
        auto close = parse_close_payload(payload_of(1000, reason));
        assert_false(close.has_value());
        assert_true(close.error().code == CloseCode::invalid_data);
    }
    auto both = parse_close_payload(payload_of(1005, "\xFF"));
    assert_true(both.error().code == CloseCode::protocol_error);
}

void makes_what_it_reads(void**) {
    auto payload = make_close_payload(CloseCode(3999), "gr\xC3\xBC\xC3\x9F");
    assert_true(payload == payload_of(3999, "gr\xC3\xBC\xC3\x9F"));
    assert_true(*parse_close_payload(payload) ==
                (ClosePayload{CloseCode(3999), "gr\xC3\xBC\xC3\x9F"}));
    assert_true(make_close_payload(CloseCode::normal, "") == from_hex("03 E8"));
}

// O-28
void never_makes_a_code_that_may_not_be_sent(void**) {
    for (unsigned code : {0u, 999u, 1004u, 1005u, 1006u, 1015u, 2999u, 5000u, 65535u})
        assert_int_equal(make_close_payload(CloseCode(code), "why").size(), 0);
}

void cuts_a_long_reason_between_characters(void**) {
    auto ascii = make_close_payload(CloseCode::normal, std::string(200, 'x'));
    assert_true(ascii == payload_of(1000, std::string(123, 'x')));
    for (std::size_t lead = 119; lead <= 124; ++lead) {
        auto reason = std::string(lead, 'x') + "\xF0\x9F\x98\x80" + "tail";
        auto payload = make_close_payload(CloseCode::normal, reason);
        auto kept = lead == 119 ? 123 : std::min<std::size_t>(lead, 123);
        assert_true(payload == payload_of(1000, reason.substr(0, kept)));
    }
    assert_true(make_close_payload(CloseCode::normal, "bad\xFFtail") ==
                payload_of(1000, "bad"));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(every_code_is_judged_as_the_protocol_says),
        cmocka_unit_test(reads_payloads),
        cmocka_unit_test(refuses_broken_payloads),
        cmocka_unit_test(makes_what_it_reads),
        cmocka_unit_test(never_makes_a_code_that_may_not_be_sent),
        cmocka_unit_test(cuts_a_long_reason_between_characters),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
