// The client's side of the opening handshake as text: requests, and responses of all
// kinds.
#include "io/websock/client-request.hpp"

#include <string>
#include <vector>

#include "io/base/digest.hpp"
#include "io/websock/handshake.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::ws;

namespace {

// RFC 6455 §1.3.
const std::string key = "dGhlIHNhbXBsZSBub25jZQ==";
const std::string accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

ClientHandshakeOptions plain_options() {
    return {.host = "server.example"};
}

ClientHandshakeOptions full_options() {
    return {.host = "[::1]:5900",
            .path = "/console?vm=1%20x",
            .sub_protocols = {"binary", "base64"},
            .origin = "https://page.example",
            .fields = {{"Authorization", "Basic YTpi"}, {"Cookie", "a=b; c=\"d\""}}};
}

void the_request_has_all_that_was_asked_for(void**) {
    assert_string_equal(make_client_request(full_options(), key)->c_str(),
                        "GET /console?vm=1%20x HTTP/1.1\r\n"
                        "Host: [::1]:5900\r\n"
                        "Upgrade: websocket\r\n"
                        "Connection: Upgrade\r\n"
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                        "Sec-WebSocket-Version: 13\r\n"
                        "Origin: https://page.example\r\n"
                        "Sec-WebSocket-Protocol: binary, base64\r\n"
                        "Authorization: Basic YTpi\r\n"
                        "Cookie: a=b; c=\"d\"\r\n"
                        "\r\n");
}

void the_request_leaves_out_what_was_not(void**) {
    const auto request = *make_client_request(plain_options(), key);
    assert_true(request.starts_with("GET / HTTP/1.1\r\nHost: server.example\r\n"));
    assert_true(request.find("Origin") == request.npos);
    assert_true(request.find("Protocol") == request.npos);
    assert_true(request.find("Extensions") == request.npos);
}

void our_server_accepts_our_request(void**) {
    auto policy = vnc_listener_policy();
    policy.origins = {"https://page.example"};
    for (auto& options : {plain_options(), full_options()}) {
        const auto request = *make_client_request(options, make_key());
        const auto answer = answer_handshake(as_bytes(request), policy, "");
        assert_true(answer.accepted);
        assert_string_equal(answer.sub_protocol.c_str(),
                            options.sub_protocols.empty() ? "" : "binary");
    }
}

// Neither a line end nor a blank gets in, wherever it is tried.
void what_cannot_be_sent_is_refused(void**) {
    std::vector<ClientHandshakeOptions> wrong;
    auto add = [&](auto change) { change(wrong.emplace_back(full_options())); };
    for (const char* host : {"", "a b", "a\r\nX: y", "user@host", "host/path", "a:b"})
        add([&](auto& options) { options.host = host; });
    for (const char* path :
         {"", "path", "/a b", "/a\r\n", "/a#b", "/\xC3\xA9", "http://x/"})
        add([&](auto& options) { options.path = path; });
    for (const char* name : {"", "a b", "a,b", "binary", "x\r\ny", "\xC3\xA9"})
        add([&](auto& options) { options.sub_protocols.emplace_back(name); });
    add([](auto& options) { options.origin = "https://a\r\nX: y"; });
    for (const HttpField& field :
         std::vector<HttpField>{{"", "x"},
                                {"a b", "x"},
                                {"a:", "x"},
                                {"A", "x\r\ny"},
                                {"A", "x\n"},
                                {"A", std::string(1, '\0')},
                                {"Host", "x"},
                                {"UPGRADE", "x"},
                                {"connection", "x"},
                                {"Origin", "x"},
                                {"Content-Length", "1"},
                                {"Transfer-Encoding", "chunked"},
                                {"Sec-WebSocket-Key", "x"},
                                {"Sec-WebSocket-Extensions", "x"},
                                {"sec-websocket-anything", "x"}})
        add([&](auto& options) { options.fields.push_back(field); });
    for (auto& options : wrong) {
        const auto request = make_client_request(options, key);
        assert_false(request.has_value());
        assert_true(request.error().kind == ErrorKind::invalid_argument);
        assert_false(request.error().message.empty());
    }
}

void each_key_is_another_sixteen_bytes(void**) {
    const auto one = make_key();
    const auto other = make_key();
    assert_int_equal(base64_decode(one)->size(), 16);
    assert_true(one != other);
}

/// A response, changed in one place.
struct Response {
    std::string status = "HTTP/1.1 101 Switching Protocols";
    std::string upgrade = "Upgrade: websocket\r\n";
    std::string connection = "Connection: Upgrade\r\n";
    std::string accepts = "Sec-WebSocket-Accept: " + accept + "\r\n";
    std::string extra{};

    std::string text() const {
        return status + "\r\n" + upgrade + connection + accepts + extra + "\r\n";
    }
};

Result<ClientAgreement> checked(const Response& response,
                                const ClientHandshakeOptions& options = full_options()) {
    return check_response(as_bytes(response.text()), options, key);
}

void good_responses_are_accepted(void**) {
    const Response good[] = {
        {},
        {.status = "HTTP/1.1 101 "},
        {.status = "HTTP/1.1 101"},
        {.status = "HTTP/1.1 101 Anything \xE9lse"},
        {.upgrade = "UPGRADE:WebSocket\r\n"},
        {.connection = "Connection: keep-alive, upgrade\r\n"},
        {.connection = "Connection: keep-alive\r\nconnection:\tUPGRADE \r\n"},
        {.accepts = "sec-websocket-accept:  " + accept + " \r\n"},
        {.extra = "X-Unknown: yes\r\nServer: x\r\nDate: y\r\nContent-Length: 0\r\n"},
        {.extra = "Sec-WebSocket-Extensions:\r\n"},
        {.extra = "Set-Cookie: a=b\r\nSet-Cookie: c=d\r\n"},
    };
    for (auto& response : good) {
        const auto agreement = checked(response);
        if (!agreement)
            print_error("%s\n", agreement.error().message.c_str());
        assert_true(agreement.has_value());
        assert_string_equal(agreement->sub_protocol.c_str(), "");
        assert_int_equal(agreement->response.status, 101);
    }
}

// §4.1: what a client must fail the connection for. O-28, O-37, P-WS-19 from this side.
void wrong_responses_are_refused(void**) {
    const Response wrong[] = {
        {.status = "HTTP/1.0 101 Switching Protocols"},
        {.status = "HTTP/2.0 101 Switching Protocols"},
        {.status = "http/1.1 101 Switching Protocols"},
        {.status = "HTTP/1.1 1010"},
        {.status = "HTTP/1.1 0101"},
        {.status = "HTTP/1.1  101"},
        {.status = "HTTP/1.1 101\tx"},
        {.status = "HTTP/1.1 101 \x01"},
        {.status = "HTTP/1.1"},
        {.status = ""},
        {.status = "HTTP/1.1 200 OK"},
        {.status = "HTTP/1.1 099 x"},
        {.upgrade = ""},
        {.upgrade = "Upgrade: websockets\r\n"},
        {.upgrade = "Upgrade: websocket, h2c\r\n"},
        {.upgrade = "Upgrade: websocket\r\nUpgrade: websocket\r\n"},
        {.connection = ""},
        {.connection = "Connection: close\r\n"},
        {.connection = "Connection: upgraded\r\n"},
        {.accepts = ""},
        {.accepts = "Sec-WebSocket-Accept: \r\n"},
        {.accepts = "Sec-WebSocket-Accept: S3PPLMBITXAQ9KYGZZHZRBK+XOO=\r\n"},
        {.accepts = "Sec-WebSocket-Accept: " + key + "\r\n"},
        {.extra = "Sec-WebSocket-Accept: " + accept + "\r\n"},
        {.extra = "Sec-WebSocket-Protocol: chat\r\n"},
        {.extra = "Sec-WebSocket-Protocol: BINARY\r\n"},
        {.extra = "Sec-WebSocket-Protocol: binary, base64\r\n"},
        {.extra = "Sec-WebSocket-Protocol:\r\n"},
        {.extra = "Sec-WebSocket-Protocol: binary\r\nSec-WebSocket-Protocol: "
                  "binary\r\n"},
        {.extra = "Sec-WebSocket-Extensions: permessage-deflate\r\n"},
        {.extra = "Sec-WebSocket-Extensions: ,\r\nSec-WebSocket-Extensions: x\r\n"},
        {.extra = "no colon\r\n"},
        {.extra = "A : b\r\n"},
        {.extra = " folded\r\n"},
        {.extra = "A: \x7F\r\n"},
        {.extra = "A: b\nC: d\r\n"},
        {.extra = std::string("A: \0\r\n", 6)},
    };
    for (auto& response : wrong) {
        const auto agreement = checked(response);
        if (agreement)
            print_error("%s\n", response.text().c_str());
        assert_false(agreement.has_value());
        assert_true(agreement.error().kind == ErrorKind::protocol);
    }
}

void one_of_our_sub_protocols_may_be_chosen(void**) {
    for (const char* name : {"binary", "base64"})
        assert_string_equal(
            checked({.extra = "Sec-WebSocket-Protocol: " + std::string(name) + "\r\n"})
                ->sub_protocol.c_str(),
            name);
    assert_false(checked({.extra = "Sec-WebSocket-Protocol: binary\r\n"}, plain_options())
                     .has_value());
}

void a_refusal_tells_its_status_and_reason(void**) {
    const struct {
        const char* status;
        ErrorKind kind;
        const char* part;
    } cases[] = {
        {"HTTP/1.1 401 Unauthorized", ErrorKind::permission_denied, "401 (Unauthorized)"},
        {"HTTP/1.1 403 No", ErrorKind::permission_denied, "403 (No)"},
        {"HTTP/1.1 404 Not Found", ErrorKind::not_found, "404 (Not Found)"},
        {"HTTP/1.0 500 Oh", ErrorKind::protocol, "500 (Oh)"},
        {"HTTP/1.1 503", ErrorKind::protocol, "503"},
        {"HTTP/1.1 200 OK", ErrorKind::protocol, "200 (OK)"},
    };
    for (auto& [status, kind, part] : cases) {
        const auto error = checked({.status = status}).error();
        assert_true(error.kind == kind);
        assert_non_null(strstr(error.message.c_str(), part));
    }
}

void a_redirection_is_refused_and_told(void**) {
    for (const char* status : {"301", "302", "303", "307", "308"}) {
        const auto error =
            checked({.status = "HTTP/1.1 " + std::string(status) + " Moved",
                     .extra = "Location: wss://other.example/\r\n"})
                .error();
        assert_true(error.kind == ErrorKind::protocol);
        assert_non_null(strstr(error.message.c_str(), "wss://other.example/"));
    }
}

// What a server writes may end up in a terminal.
void a_servers_words_are_cut_and_cleaned(void**) {
    const std::string reason = "\xC2\x9B"
                               "31m" +
                               std::string(500, 'r');
    const auto error = checked({.status = "HTTP/1.1 302 " + reason,
                                .extra = "Location: http://\xE2\x80\xAE" +
                                         std::string(500, 'l') + "\r\n"})
                           .error();
    assert_true(error.message.size() < 400);
    for (const char c : error.message)
        assert_true(c >= ' ' && c <= '~');
}

// P-WS-03 from this side.
void limits_are_kept_exactly(void**) {
    auto options = full_options();
    Response response;
    options.limits.max_head_bytes = response.text().size();
    assert_true(checked(response, options).has_value());
    options.limits.max_head_bytes -= 1;
    assert_true(checked(response, options).error().kind == ErrorKind::limit);

    options = full_options();
    response.extra.clear();
    for (int i = 0; i < 61; ++i)
        response.extra += "A: b\r\n";
    assert_true(checked(response, options).has_value());
    response.extra += "A: b\r\n";
    assert_true(checked(response, options).error().kind == ErrorKind::limit);
}

void a_cut_head_is_refused_at_every_byte(void**) {
    const auto text = Response{}.text();
    for (std::size_t size = 0; size < text.size(); ++size)
        assert_false(
            check_response(as_bytes(text).first(size), full_options(), key).has_value());
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(the_request_has_all_that_was_asked_for),
        cmocka_unit_test(the_request_leaves_out_what_was_not),
        cmocka_unit_test(our_server_accepts_our_request),
        cmocka_unit_test(what_cannot_be_sent_is_refused),
        cmocka_unit_test(each_key_is_another_sixteen_bytes),
        cmocka_unit_test(good_responses_are_accepted),
        cmocka_unit_test(wrong_responses_are_refused),
        cmocka_unit_test(one_of_our_sub_protocols_may_be_chosen),
        cmocka_unit_test(a_refusal_tells_its_status_and_reason),
        cmocka_unit_test(a_redirection_is_refused_and_told),
        cmocka_unit_test(a_servers_words_are_cut_and_cleaned),
        cmocka_unit_test(limits_are_kept_exactly),
        cmocka_unit_test(a_cut_head_is_refused_at_every_byte),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
