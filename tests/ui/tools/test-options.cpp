// The command line of vnc-demo: what is taken, and what is said about the rest.
#include "ui/tools/options.hpp"

#include <vector>

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::demo;

namespace {

Result<Options> parse(std::vector<const char*> arguments) {
    return parse_options(arguments);
}

void has_defaults(void**) {
    const auto options = parse({});
    assert_true(options.has_value());
    assert_int_equal(options->page_port, 6080);
    assert_int_equal(options->websocket_port, 5700);
    assert_int_equal(options->rfb_port, 5900);
    assert_string_equal(options->address.c_str(), "127.0.0.1");
    assert_int_equal(options->width, 800);
    assert_int_equal(options->height, 600);
    assert_false(options->json || options->unix_path || options->novnc_folder);
}

void takes_every_option(void**) {
    const auto options = parse({"--port", "1", "--websocket-port=0", "--rfb-port",
                                "65535", "--address=::", "--unix", "/run/a=b", "--novnc",
                                "dir", "--size=7680x4320", "--json"});
    assert_true(options.has_value());
    assert_int_equal(options->page_port, 1);
    assert_int_equal(options->websocket_port, 0);
    assert_int_equal(options->rfb_port, 65535);
    assert_string_equal(options->address.c_str(), "::");
    assert_string_equal(options->unix_path->c_str(), "/run/a=b");
    assert_string_equal(options->novnc_folder->c_str(), "dir");
    assert_int_equal(options->width, 7680);
    assert_int_equal(options->height, 4320);
    assert_true(options->json);
}

void the_last_of_two_counts(void**) {
    assert_int_equal(parse({"--port", "1", "--port", "2"})->page_port, 2);
}

void asks_for_help_and_version(void**) {
    assert_true(parse({"--help"})->mode == Options::Mode::help);
    assert_true(parse({"-h"})->mode == Options::Mode::help);
    assert_true(parse({"--version"})->mode == Options::Mode::version);
}

void says_what_is_wrong_in_one_line(void**) {
    const std::string port = "not a port; give a number from 1 to 65535, or 0 for any "
                             "free port";
    const std::string size = "not a size; give WxH, from 160x120 to 7680x4320";
    // Every message is "OPTION VALUE: what is wrong".
    const struct {
        std::vector<const char*> arguments;
        std::string message;
    } table[] = {
        {{"--prot", "1"}, "--prot: no such option; vnc-demo --help lists all"},
        {{"6080"}, "6080: no such option; vnc-demo --help lists all"},
        {{""}, ": no such option; vnc-demo --help lists all"},
        {{"--port"}, "--port: the value is missing; write --port N"},
        {{"--size"}, "--size: the value is missing; write --size WxH"},
        {{"--json=yes"}, "--json: takes no value; write it alone"},
        {{"--port", "65536"}, "--port 65536: " + port},
        {{"--port", "-1"}, "--port -1: " + port},
        {{"--port", "+1"}, "--port +1: " + port},
        {{"--port="}, "--port: " + port},
        {{"--rfb-port", "59x"}, "--rfb-port 59x: " + port},
        {{"--websocket-port", " 1"}, "--websocket-port  1: " + port},
        {{"--size", "800"}, "--size 800: " + size},
        {{"--size", "159x120"}, "--size 159x120: " + size},
        {{"--size", "160x119"}, "--size 160x119: " + size},
        {{"--size", "7681x4320"}, "--size 7681x4320: " + size},
        {{"--size", "800x600x1"}, "--size 800x600x1: " + size},
        {{"--size", "99999999999x600"}, "--size 99999999999x600: " + size},
    };
    for (const auto& row : table) {
        const auto options = parse(row.arguments);
        assert_false(options.has_value());
        assert_true(options.error().kind == ErrorKind::invalid_argument);
        assert_string_equal(options.error().message.c_str(), row.message.c_str());
    }
    for (const char* option : {"--address=", "--unix=", "--novnc="})
        assert_false(parse({option}).has_value());
}

void help_names_every_option(void**) {
    for (const char* name :
         {"--port", "--websocket-port", "--rfb-port", "--unix", "--size", "--address",
          "--novnc", "--json", "--help", "--version"})
        assert_true(help_text().find(name) != std::string_view::npos);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(has_defaults),
        cmocka_unit_test(takes_every_option),
        cmocka_unit_test(the_last_of_two_counts),
        cmocka_unit_test(asks_for_help_and_version),
        cmocka_unit_test(says_what_is_wrong_in_one_line),
        cmocka_unit_test(help_names_every_option),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
