// The Sec-WebSocket-Extensions field between text and values.
#include "io/websock/extensions.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::ws;

namespace {

using List = std::vector<Extension>;

struct Good {
    std::string_view text;
    List list;
    std::string_view canonical;
};

const Good good[] = {
    {"a", {{"a"}}, "a"},
    {" a ", {{"a"}}, "a"},
    {"a,b", {{"a"}, {"b"}}, "a, b"},
    {"\ta\t,\t b", {{"a"}, {"b"}}, "a, b"},
    {",, a ,,\t, b,", {{"a"}, {"b"}}, "a, b"},
    {"a, a", {{"a"}, {"a"}}, "a, a"},
    {"A, a", {{"A"}, {"a"}}, "A, a"},
    {"a;x", {{"a", {{"x"}}}}, "a; x"},
    {"a ; x ; y=1", {{"a", {{"x"}, {"y", "1"}}}}, "a; x; y=1"},
    {"a; x = 1", {{"a", {{"x", "1"}}}}, "a; x=1"},
    {"a; x; x=2", {{"a", {{"x"}, {"x", "2"}}}}, "a; x; x=2"},
    {"a; x=\"10\"", {{"a", {{"x", "10"}}}}, "a; x=10"},
    {"a; x=\"1\\0\" ;y", {{"a", {{"x", "10"}, {"y"}}}}, "a; x=10; y"},
    {"a; x=\"10\", b", {{"a", {{"x", "10"}}}, {"b"}}, "a; x=10, b"},
    {"!#$%&'*+-.^_`|~09azAZ", {{"!#$%&'*+-.^_`|~09azAZ"}}, "!#$%&'*+-.^_`|~09azAZ"},
    {"permessage-deflate; client_max_window_bits; server_max_window_bits=10, "
     "permessage-deflate",
     {{"permessage-deflate",
       {{"client_max_window_bits"}, {"server_max_window_bits", "10"}}},
      {"permessage-deflate"}},
     "permessage-deflate; client_max_window_bits; server_max_window_bits=10, "
     "permessage-deflate"},
};

void reads_and_writes_lists(void**) {
    for (auto& [text, list, canonical] : good) {
        const auto parsed = parse_extensions(text);
        if (!parsed)
            print_error("%s: %s\n", text.data(), parsed.error().message.c_str());
        assert_true(parsed.has_value());
        assert_true(*parsed == list);
        assert_true(to_string(*parsed) == canonical);
        assert_true(*parse_extensions(canonical) == list);
    }
}

// O-43
void refuses_what_is_not_in_the_grammar(void**) {
    const std::string_view bad[] = {
        "",
        " ",
        ",",
        " , ,",
        ";",
        ";x",
        "a;",
        "a; ",
        "a;;x",
        "a;,b",
        "a; x=",
        "a; x= ",
        "a; x=,b",
        "a; =1",
        "a; x==1",
        "a; x=1=2",
        "a=1",
        "a b",
        "a x; y",
        "a; x y",
        "a; x=1 2",
        "a; x=\"\"",
        "a; x=\"1 0\"",
        "a; x=\"1,0\"",
        "a; x=\"10",
        "a; x=\"",
        "a; x=\"10\\",
        "a; x=\"10\\\"",
        "a; x=\"10\"0",
        "a; x=1\"0\"",
        "a; \"x\"",
        "\"a\"",
        "a/b",
        "a; x=(1)",
        "a; x=\x80",
        "a\r\n",
        "a; x=\x7F",
        {"a\0b", 3},
    };
    for (auto text : bad) {
        const auto parsed = parse_extensions(text);
        if (parsed)
            print_error("accepted: '%s'\n", text.data());
        assert_false(parsed.has_value());
        assert_true(parsed.error().kind == ErrorKind::protocol);
    }
}

std::string repeated(std::string_view first, std::string_view next, std::size_t count) {
    std::string text(first);
    for (std::size_t i = 1; i < count; ++i)
        text += next;
    return text;
}

// O-41
void bounds_the_number_and_the_size(void**) {
    const auto extensions = [](std::size_t count) { return repeated("a", ",a", count); };
    const auto parameters = [](std::size_t count) {
        return repeated("a;x", ";x", count);
    };
    assert_int_equal(parse_extensions(extensions(max_extensions))->size(),
                     max_extensions);
    assert_true(parse_extensions(extensions(max_extensions + 1)).error().kind ==
                ErrorKind::limit);
    assert_true(parse_extensions(extensions(1000)).error().kind == ErrorKind::limit);
    assert_int_equal(
        parse_extensions(parameters(max_extension_parameters))->front().parameters.size(),
        max_extension_parameters);
    assert_true(parse_extensions(parameters(max_extension_parameters + 1)).error().kind ==
                ErrorKind::limit);
    assert_true(parse_extensions(std::string(max_extensions_bytes, 'a')).has_value());
    assert_true(
        parse_extensions(std::string(max_extensions_bytes + 1, 'a')).error().kind ==
        ErrorKind::limit);
    // Much that is allowed, and nothing in it.
    assert_true(
        parse_extensions(std::string(max_extensions_bytes - 1, ',') + "a")->size() == 1);
}

void never_repeats_the_peers_words(void**) {
    for (auto text : {"secret; x=\"secret", "secret secret", "x; secret=,"})
        assert_false(parse_extensions(text).error().message.contains("secret"));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(reads_and_writes_lists),
        cmocka_unit_test(refuses_what_is_not_in_the_grammar),
        cmocka_unit_test(bounds_the_number_and_the_size),
        cmocka_unit_test(never_repeats_the_peers_words),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
