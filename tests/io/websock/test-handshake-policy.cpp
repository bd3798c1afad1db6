// Whom the policy lets in: sub-protocols, origins, host names and paths.
#include "io/websock/handshake.hpp"

#include <string>

#include "tests/io/websock/handshake-request.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::ws;

namespace {

struct Offer {
    const char* fields;
    const char* chosen; ///< null = refused
};

// IO-10, P-WS-19, O-28
void chooses_binary_wherever_it_is_offered(void**) {
    const Offer rows[] = {
        {"", ""},
        {"Sec-WebSocket-Protocol: binary\r\n", "binary"},
        {"Sec-WebSocket-Protocol:binary\r\n", "binary"},
        {"Sec-WebSocket-Protocol: binary, base64\r\n", "binary"},
        {"Sec-WebSocket-Protocol: binary,base64\r\n", "binary"},
        {"Sec-WebSocket-Protocol: base64, binary\r\n", "binary"},
        {"Sec-WebSocket-Protocol: base64,binary\r\n", "binary"},
        {"Sec-WebSocket-Protocol: base64\t ,\t binary \r\n", "binary"},
        {"Sec-WebSocket-Protocol: a, binary, b\r\n", "binary"},
        {"Sec-WebSocket-Protocol: ,, binary,\r\n", "binary"},
        {"Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Protocol: binary\r\n", "binary"},
        {"sec-websocket-protocol: binary\r\n", "binary"},
        {"Sec-WebSocket-Protocol: chat\r\n", nullptr},
        {"Sec-WebSocket-Protocol: base64\r\n", nullptr},
        {"Sec-WebSocket-Protocol: xbinaryx\r\n", nullptr},
        {"Sec-WebSocket-Protocol: nonbinary\r\n", nullptr},
        {"Sec-WebSocket-Protocol: binary2\r\n", nullptr},
        {"Sec-WebSocket-Protocol: BINARY\r\n", nullptr},
        {"Sec-WebSocket-Protocol:  BINARY\r\n", nullptr},
        {"Sec-WebSocket-Protocol: binary chat\r\n", nullptr},
        {"Sec-WebSocket-Protocol: binary;q=1\r\n", nullptr},
        {"Sec-WebSocket-Protocol: \"binary\"\r\n", nullptr},
        {"Sec-WebSocket-Protocol:\r\n", nullptr},
        {"Sec-WebSocket-Protocol: ,\r\n", nullptr},
    };
    for (auto& row : rows) {
        auto found = answer(Request{.more = row.fields}.text());
        std::string chosen = row.chosen ? row.chosen : "";
        bool is_right =
            found.accepted == (row.chosen != nullptr) && found.sub_protocol == chosen &&
            has_field(found.response, "Sec-WebSocket-Protocol") == !chosen.empty() &&
            (chosen.empty() ||
             has_line(found.response, "Sec-WebSocket-Protocol: " + chosen)) &&
            (row.chosen || (found.status == 400 && is_whole_refusal(found)));
        if (!is_right)
            print_error("%s", row.fields);
        assert_true(is_right);
    }
}

void prefers_sub_protocols_in_the_order_of_the_server(void**) {
    HandshakePolicy policy;
    policy.sub_protocols = {"v2", "v1"};
    Request request{.more = "Sec-WebSocket-Protocol: v1, v2\r\n"};
    assert_string_equal(answer(request.text(), policy).sub_protocol.c_str(), "v2");
    policy.sub_protocols.clear();
    auto any = answer(request.text(), policy);
    assert_true(any.accepted);
    assert_false(has_field(any.response, "Sec-WebSocket-Protocol"));
    policy.sub_protocols = {"v2"};
    policy.sub_protocol_rule = SubProtocolRule::required;
    assert_int_equal(status_of(request, policy), 101);
    assert_int_equal(status_of({}, policy), 400);
}

struct OriginRow {
    const char* host;
    const char* origin;
    bool any, same_host, listed;
};

// O-27, P-WS-01
void checks_the_origin_by_the_rule(void**) {
    const OriginRow rows[] = {
        {"a.example:5900", nullptr, true, true, true},
        {"a.example:5900", "http://a.example", true, true, false},
        {"a.example:5900", "https://A.Example:8443", true, true, false},
        {"A.EXAMPLE", "http://a.example:6080", true, true, false},
        {"a.example", "https://page.example:8443", true, true, true},
        {"a.example", "HTTPS://Page.Example:8443", true, true, true},
        {"a.example", "https://page.example", true, false, false},
        {"a.example", "http://page.example:8443", true, false, false},
        {"a.example", "https://evil.example", true, false, false},
        {"a.example", "https://a.example.evil.example", true, false, false},
        {"a.example", "https://evil-a.example", true, false, false},
        {"a.example", "https://evil@a.example", true, false, false},
        {"a.example", "https://a.example/x", true, false, false},
        {"a.example", "a.example", true, false, false},
        {"a.example", "null", true, false, false},
        {"null", "null", true, false, false},
        {"a.example", "", true, false, false},
        {"[::1]:5900", "http://[::1]:6080", true, true, false},
        {"[::1]:5900", "http://[::2]", true, false, false},
    };
    for (auto& row : rows) {
        Request request{.host = "Host: " + std::string(row.host) + "\r\n"};
        if (row.origin)
            request.more = "Origin: " + std::string(row.origin) + "\r\n";
        auto policy = vnc_listener_policy();
        policy.origins = {"https://page.example:8443"};
        const std::pair<OriginRule, bool> cases[] = {
            {OriginRule::any, row.any},
            {OriginRule::same_host, row.same_host},
            {OriginRule::listed, row.listed}};
        for (auto& [rule, is_allowed] : cases) {
            policy.origin_rule = rule;
            auto found = answer(request.text(), policy);
            bool is_right = found.status == (is_allowed ? 101 : 403) &&
                            (is_allowed || is_whole_refusal(found));
            if (!is_right)
                print_error("%s, rule %d: %d\n", row.origin, int(rule), found.status);
            assert_true(is_right);
        }
    }
}

// O-27, O-37
void checks_the_origin_as_the_default(void**) {
    assert_true(HandshakePolicy().origin_rule == OriginRule::same_host);
    assert_true(vnc_listener_policy().origin_rule == OriginRule::same_host);
    auto policy = vnc_listener_policy();
    policy.origin_rule = OriginRule::listed;
    policy.origins = {"null"};
    assert_int_equal(status_of({.more = "Origin: null\r\n"}, policy), 101);
    auto twice = "Origin: http://server.example\r\nOrigin: http://evil.example\r\n";
    assert_int_equal(status_of({.more = twice}), 400);
    // A URL in the request line takes the place of Host.
    Request url{.line = "GET ws://other.example/ HTTP/1.1",
                .more = "Origin: http://server.example\r\n"};
    assert_int_equal(status_of(url), 403);
    url.more = "Origin: http://other.example\r\n";
    assert_int_equal(status_of(url), 101);
}

// P-WS-04
void answers_to_its_own_host_names_only(void**) {
    auto policy = vnc_listener_policy();
    policy.hosts = {"Server.Example", "[::1]"};
    assert_int_equal(status_of({}, policy), 101);
    assert_int_equal(status_of({.host = "Host: SERVER.example\r\n"}, policy), 101);
    assert_int_equal(status_of({.host = "Host: [::1]:80\r\n"}, policy), 101);
    auto foreign = answer(Request{.host = "Host: evil.example\r\n"}.text(), policy);
    assert_int_equal(foreign.status, 421);
    assert_true(is_whole_refusal(foreign));
    assert_int_equal(status_of({.line = "GET ws://evil.example/ HTTP/1.1"}, policy), 421);
    assert_int_equal(status_of({.line = "GET ws://server.example/ HTTP/1.1",
                                .host = "Host: evil.example\r\n"},
                               policy),
                     101);
}

void serves_its_own_paths_only(void**) {
    auto policy = vnc_listener_policy();
    policy.paths = {"/", "/websockify"};
    const std::pair<const char*, int> rows[] = {
        {"/", 101},           {"/websockify", 101}, {"/websockify?token=x", 101},
        {"/?x", 101},         {"/x", 404},          {"/websockify/", 404},
        {"/Websockify", 404}, {"//", 404},          {"ws://server.example", 101},
    };
    for (auto& [target, status] : rows) {
        auto found = answer(
            Request{.line = "GET " + std::string(target) + " HTTP/1.1"}.text(), policy);
        assert_int_equal(found.status, status);
        assert_true(found.accepted || is_whole_refusal(found));
    }
}

void the_owner_decides_by_path_and_fields(void**) {
    auto policy = vnc_listener_policy();
    int asked = 0;
    policy.authorize = [&](const HttpRequest& request) -> std::optional<HttpRefusal> {
        ++asked;
        const auto* token = request.field("x-token");
        if (token != nullptr && *token == "secret" && request.query == "vm=1")
            return std::nullopt;
        return HttpRefusal{401, "A token is needed.", {{"WWW-Authenticate", "Token"}}};
    };
    Request request{.line = "GET /console?vm=1 HTTP/1.1", .more = "X-Token: secret\r\n"};
    assert_int_equal(status_of(request, policy), 101);
    request.line = "GET /console?vm=2 HTTP/1.1";
    const auto refused = answer(request.text(), policy);
    assert_int_equal(refused.status, 401);
    assert_true(is_whole_refusal(refused));
    assert_true(has_line(refused.response, "WWW-Authenticate: Token"));
    assert_int_equal(asked, 2);
    // Nobody asks about a request that is unacceptable anyway.
    request.upgrade.clear();
    assert_int_equal(status_of(request, policy), 426);
    assert_int_equal(asked, 2);
}

void the_owner_adds_fields_to_the_101_only(void**) {
    auto policy = vnc_listener_policy();
    policy.response_fields = {{"Set-Cookie", "a=b"}, {"X-Vm", "1"}};
    assert_true(check(policy).has_value());
    const auto accepted = answer(Request{}.text(), policy);
    assert_true(has_line(accepted.response, "Set-Cookie: a=b"));
    assert_true(has_line(accepted.response, "X-Vm: 1"));
    const auto refused = answer(Request{.host = ""}.text(), policy);
    assert_false(has_field(refused.response, "Set-Cookie"));
}

void fields_that_cannot_be_added_are_refused(void**) {
    const std::vector<HttpField> wrong = {
        {"A", "b\r\nC: d"},      {"A b", "c"},
        {"Upgrade", "h2c"},      {"Sec-WebSocket-Accept", "x"},
        {"Content-Length", "1"}, {"A", std::string(2048, 'x')}};
    for (auto& field : wrong) {
        auto policy = vnc_listener_policy();
        policy.response_fields = {field};
        assert_true(check(policy).error().kind == ErrorKind::invalid_argument);
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(chooses_binary_wherever_it_is_offered),
        cmocka_unit_test(prefers_sub_protocols_in_the_order_of_the_server),
        cmocka_unit_test(checks_the_origin_by_the_rule),
        cmocka_unit_test(checks_the_origin_as_the_default),
        cmocka_unit_test(answers_to_its_own_host_names_only),
        cmocka_unit_test(serves_its_own_paths_only),
        cmocka_unit_test(the_owner_decides_by_path_and_fields),
        cmocka_unit_test(the_owner_adds_fields_to_the_101_only),
        cmocka_unit_test(fields_that_cannot_be_added_are_refused),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
