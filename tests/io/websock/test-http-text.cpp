// Tokens, comma lists, hosts and origins of HTTP text.
#include "io/websock/http-text.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio::ws;

namespace {

void splits_lists_at_commas_without_blanks_and_empty_elements(void**) {
    using List = std::vector<std::string_view>;
    const std::pair<std::string_view, List> rows[] = {
        {"", {}},
        {" \t ", {}},
        {",", {}},
        {" , ,\t,", {}},
        {"binary", {"binary"}},
        {"binary,base64", {"binary", "base64"}},
        {"\tbinary ,\t base64 ", {"binary", "base64"}},
        {",a,,b,", {"a", "b"}},
        {"a b, c", {"a b", "c"}},
    };
    for (auto& [value, expected] : rows)
        assert_true(token_list(value) == expected);
}

void knows_tokens(void**) {
    for (auto text : {"a", "GET", "x-y_z", "!#$%&'*+-.^_`|~09azAZ"})
        assert_true(is_token(text));
    for (auto text : {"", " ", "a b", "a\t", "a:", "a,b", "(a)", "a\"", "a/b", "\x7F",
                      "\xC3", "a;", "<a>", "a@b", "[a]", "{a}", "a\\b", "a=b", "a?"})
        assert_false(is_token(text));
    assert_false(is_token(std::string_view("a\0", 2)));
}

void knows_field_values(void**) {
    for (auto text : {"", " a\tb ", "\x80\xFF", "~!"})
        assert_true(is_field_value(text));
    for (auto text : {"\r", "\n", "\x01", "\x1F", "\x7F", "a\x0B"})
        assert_false(is_field_value(text));
    assert_false(is_field_value(std::string_view("a\0b", 3)));
}

void ignores_the_case_of_ascii_letters_only(void**) {
    assert_true(equals_ignoring_case("UpGrade", "upgrade"));
    assert_false(equals_ignoring_case("upgrade", "upgrades"));
    assert_false(equals_ignoring_case("@", "`"));
    assert_false(equals_ignoring_case("[", "{"));
    assert_string_equal(lower_case("AZ@[\xC4").c_str(), "az@[\xC4");
}

void reads_hosts_with_and_without_ports(void**) {
    struct Row {
        const char* text;
        const char* host;
        const char* port;
    };
    const Row rows[] = {
        {"localhost", "localhost", ""},
        {"LocalHost:5900", "localhost", "5900"},
        {"example.com:", "example.com", ""},
        {"127.0.0.1:80", "127.0.0.1", "80"},
        {"[::1]", "[::1]", ""},
        {"[FE80::1]:5900", "[fe80::1]", "5900"},
    };
    for (auto& row : rows) {
        auto authority = parse_authority(row.text);
        assert_true(authority.has_value());
        assert_string_equal(authority->host.c_str(), row.host);
        assert_string_equal(authority->port.c_str(), row.port);
    }
}

void refuses_what_is_no_host(void**) {
    for (auto text : {"", ":80", "a b", "a/b", "a:b", "a:80:81", "user@a", "[::1", "[]",
                      "[::1]x", "::1", "a,b:c", "a:80 ", "[a@b]", "a\\b", "[[::1]]"})
        if (parse_authority(text)) {
            print_error("accepted: '%s'\n", text);
            assert_true(false);
        }
}

void reads_the_host_of_an_origin(void**) {
    assert_string_equal(parse_origin("https://Example.com:8443")->host.c_str(),
                        "example.com");
    assert_string_equal(parse_origin("http://[::1]:80")->host.c_str(), "[::1]");
    for (auto text : {"", "null", "example.com", "://a", "http://", "http://a/", "http:a",
                      "http://evil@a", "http://a http://b", "file://", "ht tp://a"})
        assert_false(parse_origin(text).has_value());
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(splits_lists_at_commas_without_blanks_and_empty_elements),
        cmocka_unit_test(knows_tokens),
        cmocka_unit_test(knows_field_values),
        cmocka_unit_test(ignores_the_case_of_ascii_letters_only),
        cmocka_unit_test(reads_hosts_with_and_without_ports),
        cmocka_unit_test(refuses_what_is_no_host),
        cmocka_unit_test(reads_the_host_of_an_origin),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
