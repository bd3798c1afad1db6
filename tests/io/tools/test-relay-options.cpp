// The command line of qio-relay as a table.
#include "io/tools/relay-options.hpp"

#include <chrono>
#include <string>
#include <vector>

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::relay;
using std::chrono::milliseconds;

namespace {

using Words = std::vector<const char*>;

Result<Options> parse(const Words& words, WebSupport web = WebSupport::yes) {
    return parse_options(words, web);
}

void every_option_is_read_in_both_forms(void**) {
    const auto options = parse({"--token-dir=/t",
                                "ws://127.0.0.1:1",
                                "--token-in-path",
                                "--web",
                                "/w",
                                "--idle-timeout",
                                "0.5",
                                "--heartbeat=20",
                                "--connect-timeout",
                                "3",
                                "--handshake-timeout",
                                "4",
                                "--grace",
                                "0",
                                "--max-connections",
                                "7",
                                "--max-connections-per-address=8",
                                "--access-log",
                                "-",
                                "--once",
                                "--json",
                                "--quiet"});
    assert_true(options.has_value());
    assert_string_equal(to_string(options->listen).c_str(), "ws:tcp:127.0.0.1:1");
    assert_false(options->target.has_value());
    assert_string_equal(options->token_dir.c_str(), "/t");
    assert_string_equal(options->web.c_str(), "/w");
    assert_string_equal(options->access_log.c_str(), "-");
    assert_true(options->idle_timeout == milliseconds(500));
    assert_true(options->heartbeat == milliseconds(20'000));
    assert_true(options->connect_timeout == milliseconds(3000));
    assert_true(options->handshake_timeout == milliseconds(4000));
    assert_true(options->grace == milliseconds(0));
    assert_int_equal(options->max_connections, 7);
    assert_int_equal(options->max_connections_per_address, 8);
    assert_true(options->token_in_path && options->once && options->json &&
                options->quiet);
}

void what_is_left_out_has_a_sound_default(void**) {
    const auto options = parse({"tcp::1", "unix:/s"});
    assert_true(options.has_value());
    assert_true(options->idle_timeout == milliseconds(0));
    assert_true(options->handshake_timeout == milliseconds(10'000));
    assert_int_equal(options->max_connections, 0);
    assert_false(options->once || options->json || options->quiet ||
                 options->is_inherited);
    assert_false(options->uses_stdio());
    assert_true(parse({"-", "tcp:h:1"})->once);
    assert_true(parse({"-", "tcp:h:1"})->uses_stdio());
    assert_true(parse({"ws:systemd:", "tcp:h:1"})->is_inherited);
    assert_true(parse({"--", "systemd:", "tcp:h:1"})->is_inherited);
    assert_true(parse({"--help"})->mode == Options::Mode::help);
    assert_true(parse({"-h"})->mode == Options::Mode::help);
    assert_true(parse({"--version", "x"})->mode == Options::Mode::version);
}

struct Refusal {
    Words words;
    const char* message; ///< a part of it
};

void a_wrong_option_says_which_and_the_way_out(void**) {
    const Refusal refusals[] = {
        {{}, "LISTEN and TARGET are missing; write"},
        {{"tcp::1"}, "TARGET is missing; write"},
        {{"tcp::1", "tcp:h:1", "x"}, "'x' is a third address"},
        {{"tcp::1", "tcp:h:1", "--frob"}, "--frob: no such option; "},
        {{"tcp::1", "tcp:h:1", "--grace"},
         "--grace: the value is missing; write --grace"},
        {{"tcp::1", "tcp:h:1", "--grace", "-1"}, "--grace -1: not a time; give"},
        {{"tcp::1", "tcp:h:1", "--grace", "1s"}, "--grace 1s: not a time"},
        {{"tcp::1", "tcp:h:1", "--grace", "nan"}, "--grace nan: not a time"},
        {{"tcp::1", "tcp:h:1", "--grace=inf"}, "--grace inf: not a time"},
        {{"tcp::1", "tcp:h:1", "--grace=2592001"}, "not a time"},
        {{"tcp::1", "tcp:h:1", "--max-connections", "0"}, "not a number of connections"},
        {{"tcp::1", "tcp:h:1", "--max-connections=-1"}, "not a number of connections"},
        {{"tcp::1", "tcp:h:1", "--once=yes"}, "--once: takes no value; write it alone"},
        {{"tcp::1", "tcp:h:1", "--access-log="}, "the value is empty; give"},
        {{"exec:cat", "tcp:h:1"}, "LISTEN: nobody can connect to 'exec:cat'"},
        {{"-", "-"}, "both -; only one"},
        {{"tcp::1", "-"}, "good for one connection; add --once"},
        {{"tcp::1", "tls{anon}:fd:7"}, "good for one connection; add --once"},
        {{"ws::1", "tcp:h:1"}, "address 'ws::1', position 4"},
        {{"ws://*:1", "tcp:h:1", "--token-file", "f"}, "exclude each other"},
        {{"tcp::1", "--token-file", "f"}, "need a WebSocket to listen on; write"},
        {{"tls{anon}:ws:tcp::1", "--token-file", "f"}, "need a WebSocket to listen on"},
        {{"ws:ws:tcp::1", "tcp:h:1", "--web", "w"}, "need a WebSocket to listen on"},
        {{"ws://*:1", "--token-file=f", "--token-dir=d"}, "exclude each other; put"},
        {{"ws://*:1", "tcp:h:1", "--token-in-path"}, "there are no tokens; give"},
        {{"tcp::1", "tcp:h:1", "--heartbeat", "5"}, "no WebSocket to send pings on"},
        {{"tcp::1", "ws{text=on}://h"}, "text messages are no byte stream"},
    };
    for (const auto& [words, message] : refusals) {
        const auto options = parse(words);
        assert_false(options.has_value());
        if (options.error().message.find(message) == std::string::npos)
            print_message("'%s' lacks '%s'\n", options.error().message.c_str(), message);
        assert_true(options.error().message.find(message) != std::string::npos);
        assert_true(options.error().message.find('\n') == std::string::npos);
    }
}

void files_are_refused_without_libsoup(void**) {
    const auto options = parse({"ws://*:1", "tcp:h:1", "--web", "w"}, WebSupport::no);
    assert_false(options.has_value());
    assert_true(options.error().message.starts_with("--web: "));
}

void help_names_every_option_once(void**) {
    for (const char* name :
         {"--token-file ", "--token-dir ", "--token-in-path ", "--web ",
          "--idle-timeout ", "--heartbeat ", "--connect-timeout ", "--handshake-timeout ",
          "--grace ", "--max-connections ", "--max-connections-per-address ",
          "--access-log ", "--once ", "--json ", "--quiet ", "--help,", "--version "})
        assert_true(help_text().find(name) != std::string_view::npos);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(every_option_is_read_in_both_forms),
        cmocka_unit_test(what_is_left_out_has_a_sound_default),
        cmocka_unit_test(a_wrong_option_says_which_and_the_way_out),
        cmocka_unit_test(files_are_refused_without_libsoup),
        cmocka_unit_test(help_names_every_option_once),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
