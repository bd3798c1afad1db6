// The opening handshake, request by request: status, fields and body of the answer.
#include "io/websock/handshake.hpp"

#include <string>

#include "tests/io/websock/handshake-request.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::ws;

namespace {

// RFC 6455 §1.3.
void computes_the_accept_value(void**) {
    assert_string_equal(accept_value("dGhlIHNhbXBsZSBub25jZQ==").c_str(),
                        "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

void answers_the_plain_request_with_101_and_nothing_else(void**) {
    auto found = answer(Request{}.text());
    assert_true(found.accepted);
    auto expected = "HTTP/1.1 101 Switching Protocols\r\n"
                    "Upgrade: websocket\r\n"
                    "Connection: Upgrade\r\n" +
                    std::string(accept_line) + "\r\n";
    assert_string_equal(found.response.c_str(), expected.c_str());
    assert_string_equal(found.sub_protocol.c_str(), "");
    assert_string_equal(found.problem.c_str(), "");
    assert_string_equal(found.request.path.c_str(), "/");
}

void adds_server_date_and_sub_protocol(void**) {
    auto policy = vnc_listener_policy();
    policy.server_name = "example";
    Request request{.more = "Sec-WebSocket-Protocol: binary\r\n"};
    auto found = answer_handshake(as_bytes(request.text()), policy,
                                  "Sun, 06 Nov 1994 08:49:37 GMT");
    auto expected = "HTTP/1.1 101 Switching Protocols\r\n"
                    "Server: example\r\n"
                    "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                    "Upgrade: websocket\r\n"
                    "Connection: Upgrade\r\n" +
                    std::string(accept_line) + "Sec-WebSocket-Protocol: binary\r\n\r\n";
    assert_string_equal(found.response.c_str(), expected.c_str());
    assert_string_equal(found.sub_protocol.c_str(), "binary");
    request.line = "POST / HTTP/1.1";
    auto refused = answer_handshake(as_bytes(request.text()), policy, "now");
    assert_true(is_whole_refusal(refused));
    assert_true(has_line(refused.response, "Server: example"));
    assert_true(has_line(refused.response, "Date: now"));
}

struct Row {
    const char* name;
    Request request;
    int status;
};

void check_rows(std::span<const Row> rows) {
    for (auto& row : rows) {
        auto found = answer(row.request.text());
        if (found.status != row.status)
            print_error("%s: %d\n", row.name, found.status);
        assert_int_equal(found.status, row.status);
        assert_int_equal(found.accepted, row.status == 101);
        if (found.accepted)
            assert_true(found.response.find(accept_line) != std::string::npos);
        else
            assert_true(is_whole_refusal(found));
    }
}

// IO-08, P-WS-04
void accepts_what_the_protocol_allows(void**) {
    const Row rows[] = {
        {"path", {.line = "GET /websockify?token=1 HTTP/1.1"}, 101},
        {"URL", {.line = "GET ws://server.example/x HTTP/1.1"}, 101},
        {"HTTP/1.2", {.line = "GET / HTTP/1.2"}, 101},
        {"lower-case name", {.host = "host: a\r\n"}, 101},
        {"upper-case names",
         {.upgrade = "UPGRADE: WebSocket\r\n", .connection = "CONNECTION: UPGRADE\r\n"},
         101},
        {"several in Connection",
         {.connection = "Connection: keep-alive, Upgrade\r\n"},
         101},
        {"two Connections",
         {.connection = "Connection: keep-alive\r\nConnection: upgrade\r\n"},
         101},
        {"several in Upgrade", {.upgrade = "Upgrade: h2c , websocket \r\n"}, 101},
        {"blank behind", {.upgrade = "Upgrade: websocket \t\r\n"}, 101},
        {"empty body", {.more = "Content-Length: 0\r\n"}, 101},
    };
    check_rows(rows);
}

// P-WS-04, O-37
void refuses_a_missing_doubled_or_broken_host(void**) {
    const Row rows[] = {
        {"none", {.host = ""}, 400},
        {"two", {.host = "Host: a\r\nHost: a\r\n"}, 400},
        {"empty", {.host = "Host:\r\n"}, 400},
        {"list", {.host = "Host: a, b\r\n"}, 400},
        {"path", {.host = "Host: a/b\r\n"}, 400},
        {"user", {.host = "Host: u@a\r\n"}, 400},
        {"port", {.host = "Host: a:b\r\n"}, 400},
        {"none but a URL", {.line = "GET ws://a/ HTTP/1.1", .host = ""}, 400},
    };
    check_rows(rows);
}

// P-WS-04, IO-08, O-42, P-WS-20
void refuses_what_is_no_websocket_request(void**) {
    const Row rows[] = {
        {"POST", {.line = "POST / HTTP/1.1"}, 405},
        {"HTTP/1.0", {.line = "GET / HTTP/1.0"}, 400},
        {"HTTP/2.0", {.line = "GET / HTTP/2.0"}, 505},
        {"no version", {.line = "GET /"}, 400},
        {"no spaces", {.line = "GET"}, 400},
        {"no Upgrade", {.upgrade = ""}, 426},
        {"other Upgrade", {.upgrade = "Upgrade: h2c\r\n"}, 426},
        {"longer Upgrade", {.upgrade = "Upgrade: websockets\r\n"}, 426},
        {"empty line", {.line = ""}, 400},
        {"no Connection", {.connection = ""}, 400},
        {"other Connection", {.connection = "Connection: keep-alive\r\n"}, 400},
        {"longer Connection", {.connection = "Connection: upgraded\r\n"}, 400},
        {"body", {.more = "Content-Length: 5\r\n"}, 400},
        {"negative body", {.more = "Content-Length: -1\r\n"}, 400},
        {"empty length", {.more = "Content-Length:\r\n"}, 400},
        {"two lengths", {.more = "Content-Length: 0\r\nContent-Length: 0\r\n"}, 400},
        {"list of lengths", {.more = "Content-Length: 0, 0\r\n"}, 400},
        {"chunks", {.more = "Transfer-Encoding: chunked\r\n"}, 400},
        {"identity", {.more = "Transfer-Encoding: identity\r\n"}, 400},
        {"folded line", {.more = "X: a\r\n b\r\n"}, 400},
        {"zero byte", {.more = std::string("X: \0\r\n", 6)}, 400},
        {"bare line feed", {.more = "X: a\nY: b\r\n"}, 400},
    };
    check_rows(rows);
}

// P-WS-04, O-37
void refuses_other_versions_and_names_its_own(void**) {
    const Row rows[] = {
        {"none", {.version = ""}, 426},
        {"8", {.version = "Sec-WebSocket-Version: 8\r\n"}, 426},
        {"14", {.version = "Sec-WebSocket-Version: 14\r\n"}, 426},
        {"013", {.version = "Sec-WebSocket-Version: 013\r\n"}, 426},
        {"list", {.version = "Sec-WebSocket-Version: 13, 8\r\n"}, 426},
        {"two",
         {.version = "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Version: 13\r\n"},
         400},
    };
    check_rows(rows);
    for (auto& row : rows) {
        auto found = answer(row.request.text());
        assert_true(has_line(found.response, "Sec-WebSocket-Version: 13"));
        assert_int_equal(has_line(found.response, "Upgrade: websocket"),
                         row.status == 426);
        assert_int_equal(has_line(found.response, "Connection: close, Upgrade"),
                         row.status == 426);
    }
}

// P-WS-05, O-07, O-37
void refuses_keys_that_are_not_16_bytes(void**) {
    const Row rows[] = {
        {"none", {.key = ""}, 400},
        {"empty", {.key = "Sec-WebSocket-Key:\r\n"}, 400},
        {"23", {.key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=\r\n"}, 400},
        {"25", {.key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ===\r\n"}, 400},
        {"padding", {.key = "Sec-WebSocket-Key: ========================\r\n"}, 400},
        {"marks", {.key = "Sec-WebSocket-Key: !!!!!!!!!!!!!!!!!!!!!!!!\r\n"}, 400},
        {"spare bits", {.key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZR==\r\n"}, 400},
        {"15 bytes", {.key = "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAA\r\n"}, 400},
        {"17 bytes", {.key = "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAAA=\r\n"}, 400},
        {"18 bytes", {.key = "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAAAA\r\n"}, 400},
        {"blank", {.key = "Sec-WebSocket-Key: dGhlIHNhbXBs ZSBub25jZQ=\r\n"}, 400},
        {"two",
         {.key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"},
         400},
    };
    check_rows(rows);
}

void adds_what_the_refusal_needs(void**) {
    auto post = answer(Request{.line = "POST / HTTP/1.1"}.text());
    assert_true(has_line(post.response, "Allow: GET"));
    auto plain = answer("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_int_equal(plain.status, 426);
    assert_true(has_line(plain.response, "Upgrade: websocket"));
    assert_true(has_line(plain.response, "Sec-WebSocket-Version: 13"));
    auto head = answer(Request{.line = "HEAD / HTTP/1.1"}.text());
    assert_int_equal(head.status, 405);
    assert_true(head.response.ends_with("\r\n\r\n"));
}

// P-WS-03
void holds_to_the_limits(void**) {
    Request request;
    std::string fields;
    for (int i = 0; i < 27; ++i)
        fields += "X: y\r\n";
    assert_int_equal(status_of({.more = fields}), 101);
    auto many = answer(Request{.more = fields + "X: y\r\n"}.text());
    assert_int_equal(many.status, 431);
    assert_true(is_whole_refusal(many));

    auto padding = 4096 - request.text().size() - 5;
    request.more = "P: " + std::string(padding, 'x') + "\r\n";
    assert_int_equal(request.text().size(), 4096);
    assert_int_equal(status_of(request), 101);
    request.more = "P: " + std::string(padding + 1, 'x') + "\r\n";
    auto large = answer(request.text());
    assert_int_equal(large.status, 431);
    assert_true(is_whole_refusal(large));
}

// O-40, O-41, O-43, P-WS-19
void negotiates_no_extension(void**) {
    std::string list = "permessage-deflate";
    for (int i = 0; i < 100; ++i)
        list += ", permessage-deflate";
    for (auto& value : {std::string("permessage-deflate; client_max_window_bits"), list,
                        std::string(",;=\"")}) {
        auto found =
            answer(Request{.more = "Sec-WebSocket-Extensions: " + value + "\r\n"}.text());
        assert_true(found.accepted);
        assert_false(has_field(found.response, "Sec-WebSocket-Extensions"));
    }
}

void repeats_nothing_the_peer_says(void**) {
    const Request rows[] = {
        {.line = "MARK / HTTP/1.1"},
        {.line = "GET /MARK HTTP/1.1"},
        {.line = "GET / MARK"},
        {.host = "Host: MARK/\r\n"},
        {.host = "Host: MARK\r\n"},
        {.upgrade = "Upgrade: MARK\r\n"},
        {.connection = "Connection: MARK\r\n"},
        {.version = "Sec-WebSocket-Version: MARK\r\n"},
        {.key = "Sec-WebSocket-Key: MARK\r\n"},
        {.more = "Sec-WebSocket-Protocol: MARK\r\n"},
        {.more = "Sec-WebSocket-Protocol: MARK, binary\r\n"},
        {.more = "Sec-WebSocket-Extensions: MARK\r\n"},
        {.more = "Origin: MARK\r\n"},
        {.more = "MARK\r\n"},
        {.more = "MARK : x\r\n"},
        {.more = "Content-Length: MARK\r\n"},
    };
    auto policy = vnc_listener_policy();
    policy.paths = {"/"};
    policy.hosts = {"server.example"};
    for (auto& row : rows) {
        auto found = answer(row.text(), policy);
        assert_true(found.response.find("MARK") == std::string::npos);
        assert_true(found.problem.find("MARK") == std::string::npos);
    }
}

// CVE-02, P-WS-02, IO-09
void refuses_for_reasons_of_the_caller(void**) {
    auto policy = vnc_listener_policy();
    policy.server_name = "example";
    auto large = refuse_handshake(head_too_large(), policy, "");
    assert_int_equal(large.status, 431);
    assert_true(is_whole_refusal(large));
    assert_true(has_line(large.response, "Server: example"));
    auto late = refuse_handshake({408, "The request took too long.", {}}, policy, "");
    assert_true(is_whole_refusal(late));
    auto full = refuse_handshake(
        {503, "Too many clients are connected.", {{"Retry-After", "10"}}}, policy, "");
    assert_true(is_whole_refusal(full));
    assert_true(has_line(full.response, "Retry-After: 10"));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(computes_the_accept_value),
        cmocka_unit_test(answers_the_plain_request_with_101_and_nothing_else),
        cmocka_unit_test(adds_server_date_and_sub_protocol),
        cmocka_unit_test(accepts_what_the_protocol_allows),
        cmocka_unit_test(refuses_a_missing_doubled_or_broken_host),
        cmocka_unit_test(refuses_what_is_no_websocket_request),
        cmocka_unit_test(refuses_other_versions_and_names_its_own),
        cmocka_unit_test(refuses_keys_that_are_not_16_bytes),
        cmocka_unit_test(adds_what_the_refusal_needs),
        cmocka_unit_test(holds_to_the_limits),
        cmocka_unit_test(negotiates_no_extension),
        cmocka_unit_test(repeats_nothing_the_peer_says),
        cmocka_unit_test(refuses_for_reasons_of_the_caller),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
