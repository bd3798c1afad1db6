// Finding the end of a request head, and what the strict parser takes and refuses.
#include "io/websock/http-head.hpp"

#include <string>

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::ws;

namespace {

constexpr std::string_view plain = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/// The status of the refusal, 0 if the head is accepted.
int status_of(std::string_view head, HttpLimits limits = {}) {
    auto request = parse_request_head(as_bytes(head), limits);
    return request ? 0 : request.error().status;
}

std::string with_line(std::string_view line) {
    return "GET / HTTP/1.1\r\n" + std::string(line) + "\r\nHost: a\r\n\r\n";
}

/// A head of exactly `size` bytes.
std::string head_of(std::size_t size) {
    std::string head = "GET / HTTP/1.1\r\nPad: ";
    return head + std::string(size - head.size() - 4, 'x') + "\r\n\r\n";
}

std::string head_with_fields(int count) {
    std::string head = "GET / HTTP/1.1\r\n";
    for (int i = 0; i < count; ++i)
        head += "X: y\r\n";
    return head + "\r\n";
}

// CVE-02
void finds_the_end_in_steps_of_any_size(void**) {
    auto text = std::string(plain) + "frames\r\n\r\n";
    for (std::size_t step = 1; step <= text.size(); ++step) {
        HeadScanner scanner;
        for (std::size_t size = step; size < text.size() + step; size += step) {
            auto received = std::min(size, text.size());
            auto length = scanner.scan(as_bytes(text).first(received));
            assert_int_equal(length.has_value(), received >= plain.size());
            if (length)
                assert_int_equal(*length, plain.size());
        }
    }
}

// CVE-02: what was scanned is not scanned again, but for the last three bytes.
void resumes_where_the_last_scan_stopped(void**) {
    std::string text(4096, 'x');
    HeadScanner scanner;
    assert_false(scanner.scan(as_bytes(text)).has_value());
    text.replace(100, 4, "\r\n\r\n");
    text.replace(4092, 4, "\r\n\r\n");
    assert_false(scanner.scan(as_bytes(text)).has_value());
    text.replace(4093, 3, "\r\n\r");
    text += '\n';
    assert_int_equal(*scanner.scan(as_bytes(text)), 4097);
}

void is_not_blinded_by_a_zero_byte(void**) {
    std::string text("GET \0 x\r\n\r\n", 11);
    HeadScanner scanner;
    assert_int_equal(*scanner.scan(as_bytes(text)), 11);
}

void does_not_take_bare_line_feeds_for_the_end(void**) {
    for (auto text : {"a\n\n", "a\r\n\n", "a\n\r\n", "a\r\r\n\n", "a\r\n\r"}) {
        HeadScanner scanner;
        assert_false(scanner.scan(as_bytes(text)).has_value());
    }
}

void parses_the_request_line_and_the_fields(void**) {
    auto request = parse_request_head(as_bytes("GET /websockify?token=1?2 HTTP/1.1\r\n"
                                               "Host: a:5900\r\n"
                                               "UPGRADE:\t WebSocket \t\r\n"
                                               "Connection:keep-alive\r\n"
                                               "connection: , Upgrade\r\n"
                                               "Empty:\r\n"
                                               "X-Bytes: \xC3\xA4: b\r\n\r\n"),
                                      {});
    assert_true(request.has_value());
    assert_string_equal(request->method.c_str(), "GET");
    assert_string_equal(request->target.c_str(), "/websockify?token=1?2");
    assert_string_equal(request->path.c_str(), "/websockify");
    assert_string_equal(request->query.c_str(), "token=1?2");
    assert_string_equal(request->authority.c_str(), "");
    assert_int_equal(request->version_major, 1);
    assert_int_equal(request->version_minor, 1);
    assert_int_equal(request->fields.size(), 6);
    assert_string_equal(request->field("host")->c_str(), "a:5900");
    assert_string_equal(request->field("upgrade")->c_str(), "WebSocket");
    assert_string_equal(request->field("empty")->c_str(), "");
    assert_string_equal(request->field("x-bytes")->c_str(), "\xC3\xA4: b");
    assert_null(request->field("cookie"));
    assert_int_equal(request->count("connection"), 2);
    assert_int_equal(request->count("cookie"), 0);
    auto tokens = request->tokens("connection");
    assert_int_equal(tokens.size(), 2);
    assert_true(tokens[0] == "keep-alive" && tokens[1] == "Upgrade");
}

void takes_targets_apart(void**) {
    struct Row {
        const char* target;
        const char* authority;
        const char* path;
        const char* query;
    };
    const Row rows[] = {
        {"/", "", "/", ""},
        {"/?", "", "/", ""},
        {"//a", "", "//a", ""},
        {"/%2F", "", "/%2F", ""},
        {"/a://b/c", "", "/a://b/c", ""},
        {"http://h", "h", "/", ""},
        {"http://h?q", "h", "/", "q"},
        {"WS://H:80/p?q", "H:80", "/p", "q"},
        {"wss://[::1]:1/", "[::1]:1", "/", ""},
        {"https://h/x://y", "h", "/x://y", ""},
    };
    for (auto& row : rows) {
        auto head = "GET " + std::string(row.target) + " HTTP/1.1\r\n\r\n";
        auto request = parse_request_head(as_bytes(head), {});
        assert_true(request.has_value());
        assert_string_equal(request->target.c_str(), row.target);
        assert_string_equal(request->authority.c_str(), row.authority);
        assert_string_equal(request->path.c_str(), row.path);
        assert_string_equal(request->query.c_str(), row.query);
    }
}

// IO-08, P-WS-04
void judges_request_lines(void**) {
    const std::pair<std::string_view, int> rows[] = {
        {"GET / HTTP/1.1", 0},
        {"GET / HTTP/1.2", 0},
        {"GET / HTTP/1.0", 400},
        {"GET / HTTP/0.9", 505},
        {"GET / HTTP/2.0", 505},
        {"POST / HTTP/2.0", 505},
        {"GET / HTTP/2", 400},
        {"GET / http/1.1", 400},
        {"GET / HTTP/1.1 ", 400},
        {"GET / HTTP/1.11", 400},
        {"GET / HTTP/x.1", 400},
        {"GET / HTTP/1,1", 400},
        {"GET / HTTPS/1.1", 400},
        {"GET /", 400},
        {"GET", 400},
        {"", 400},
        {" ", 400},
        {" / HTTP/1.1", 400},
        {" GET / HTTP/1.1", 400},
        {"GET  HTTP/1.1", 400},
        {"GET  / HTTP/1.1", 400},
        {"GET /  HTTP/1.1", 400},
        {"GET /a b HTTP/1.1", 400},
        {"GET\t/\tHTTP/1.1", 400},
        {"GET /\t HTTP/1.1", 400},
        {"GET a HTTP/1.1", 400},
        {"GET * HTTP/1.1", 400},
        {"GET ?q HTTP/1.1", 400},
        {"GET /#f HTTP/1.1", 400},
        {"GET /\xC3\xA4 HTTP/1.1", 400},
        {"GET /\x7F HTTP/1.1", 400},
        {"GET ftp://h/ HTTP/1.1", 400},
        {"GET http:// HTTP/1.1", 400},
        {"GET http:///p HTTP/1.1", 400},
        {"GET http://u@h/ HTTP/1.1", 400},
        {"GET http://h:x/ HTTP/1.1", 400},
        {"POST / HTTP/1.1", 405},
        {"HEAD / HTTP/1.1", 405},
        {"get / HTTP/1.1", 405},
        {"OPTIONS * HTTP/1.1", 405},
        {"CONNECT h:1 HTTP/1.1", 405},
        {"G@T / HTTP/1.1", 400},
        {std::string_view("GET /\0 HTTP/1.1", 15), 400},
        {std::string_view("GET\0 / HTTP/1.1", 15), 400},
    };
    for (auto& [line, status] : rows) {
        auto found = status_of(std::string(line) + "\r\nHost: a\r\n\r\n");
        if (found != status)
            print_error("'%s': %d\n", std::string(line).c_str(), found);
        assert_int_equal(found, status);
    }
}

void names_the_allowed_method(void**) {
    auto request = parse_request_head(as_bytes("POST / HTTP/1.1\r\n\r\n"), {});
    assert_int_equal(request.error().fields.size(), 1);
    assert_string_equal(request.error().fields[0].name.c_str(), "Allow");
    assert_string_equal(request.error().fields[0].value.c_str(), "GET");
}

// P-WS-03, O-42
void refuses_malformed_lines(void**) {
    const std::string_view rows[] = {
        "no colon",
        "",
        ": no name",
        "Blank : before the colon",
        "Tab\t: before the colon",
        " Folded: line",
        "\tFolded: line",
        "Two words: x",
        "N\xC3\xA4me: x",
        "Na(me: x",
        "Bare: line\nfeed: x",
        "Bare: line feed\n",
        "Bare: carriage\rreturn",
        "Bare: carriage return\r",
        "Control: \x01",
        "Control: \x1B[0m",
        "Delete: \x7F",
        std::string_view("Zero: a\0b", 9),
        std::string_view("Ze\0ro: a", 8),
        std::string_view("\0", 1),
        "GET / HTTP/1.1",
        "GET http://a/ HTTP/1.1",
    };
    for (auto line : rows) {
        auto found = status_of(with_line(line));
        if (found != 400)
            print_error("'%s': %d\n", std::string(line).c_str(), found);
        assert_int_equal(found, 400);
    }
    assert_int_equal(status_of(with_line("Fine: x")), 0);
}

void refuses_a_head_without_its_empty_line(void**) {
    for (auto head :
         {"", "\r\n", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\n\n",
          "GET / HTTP/1.1\r\nHost: a\r\n\n", "\r\n\r\n", "\r\nGET / HTTP/1.1\r\n\r\n",
          "GET / HTTP/1.1\r\n\r\nHost: a\r\n\r\n"})
        assert_int_equal(status_of(head), 400);
    for (std::size_t size = 0; size < plain.size(); ++size)
        assert_int_equal(status_of(plain.substr(0, size)), 400);
    assert_int_equal(status_of(plain), 0);
}

// P-WS-03
void takes_4096_bytes_and_not_one_more(void**) {
    assert_int_equal(status_of(head_of(4095)), 0);
    assert_int_equal(status_of(head_of(4096)), 0);
    assert_int_equal(status_of(head_of(4097)), 431);
    assert_int_equal(status_of(head_of(4097), {.max_head_bytes = 4097}), 0);
    assert_int_equal(head_too_large().status, 431);
}

// P-WS-03, O-43
void takes_32_fields_and_not_one_more(void**) {
    assert_int_equal(status_of(head_with_fields(0)), 0);
    assert_int_equal(status_of(head_with_fields(32)), 0);
    assert_int_equal(status_of(head_with_fields(33)), 431);
    assert_int_equal(status_of(head_with_fields(33), {.max_fields = 33}), 0);
    assert_int_equal(status_of(head_with_fields(1), {.max_fields = 0}), 431);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_end_in_steps_of_any_size),
        cmocka_unit_test(resumes_where_the_last_scan_stopped),
        cmocka_unit_test(is_not_blinded_by_a_zero_byte),
        cmocka_unit_test(does_not_take_bare_line_feeds_for_the_end),
        cmocka_unit_test(parses_the_request_line_and_the_fields),
        cmocka_unit_test(takes_targets_apart),
        cmocka_unit_test(judges_request_lines),
        cmocka_unit_test(names_the_allowed_method),
        cmocka_unit_test(refuses_malformed_lines),
        cmocka_unit_test(refuses_a_head_without_its_empty_line),
        cmocka_unit_test(takes_4096_bytes_and_not_one_more),
        cmocka_unit_test(takes_32_fields_and_not_one_more),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
