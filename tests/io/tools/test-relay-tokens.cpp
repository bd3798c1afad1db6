// Names of targets, in files and in requests.
#include "io/tools/relay-tokens.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>

#include "tests/support/temporary-folder.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::relay;

namespace {

struct Line {
    const char* text;
    const char* target; ///< empty: a problem
};

void each_line_is_a_target_or_a_problem(void**) {
    const Line lines[] = {
        {"a: host:5900", "tcp:host:5900"},
        {"  a:\thost:5900\r", "tcp:host:5900"},
        {"a: [::1]:5900", "tcp:[::1]:5900"},
        {"a: unix_socket:/run/x", "unix:/run/x"},
        {"a: wss://h/p", "ws{path=/p}:tls:tcp:h:443"},
        {"a: exec:cat -u", "exec:cat -u"},
        {"a:b: h:1", ""}, // below: its name is "a:b"
        {"a", ""},
        {": h:1", ""},
        {"a:h:1", ""},
        {"a: ", ""},
        {"a: host", ""},
        {"a: unix_socket:", ""},
        {"a: -", ""},
        {"a: fd:3", ""},
    };
    for (const auto& [text, target] : lines) {
        const auto parsed = parse_tokens(text, "file");
        const auto found = parsed.targets.find("a");
        if (*target == '\0') {
            assert_true(found == parsed.targets.end());
            continue;
        }
        assert_true(parsed.problems.empty());
        assert_true(found != parsed.targets.end());
        assert_string_equal(to_string(*found->second).c_str(), target);
    }
    assert_true(parse_tokens("a:b: h:1", "file").targets.contains("a:b"));
}

void problems_name_file_and_line(void**) {
    const std::string long_name(257, 'x');
    const auto parsed =
        parse_tokens("# comment\n\na: h:1\nwrong\na: h:2\n" + long_name + ": h:1\n", "F");
    assert_int_equal(parsed.problems.size(), 3);
    assert_true(parsed.problems[0].starts_with("F:4: write NAME: TARGET"));
    assert_true(parsed.problems[1].starts_with("F:5: 'a' is given twice"));
    assert_true(parsed.problems[2].starts_with("F:6: a name has at most"));
    assert_string_equal(to_string(*parsed.targets.find("a")->second).c_str(), "tcp:h:1");
}

struct Asked {
    const char* path;
    const char* query;
    TokenPlace place;
    const char* base;
    const char* token;
};

void a_request_gives_a_name_or_none(void**) {
    const auto query = TokenPlace::query;
    const auto path = TokenPlace::path;
    const Asked cases[] = {
        {"/", "token=a", query, "", "a"},
        {"/ws", "x=1&token=a%20b&y", query, "/ws", "a b"},
        {"/ws", "token=a&token=b", query, "", "a"},
        {"/ws", "token=a", query, "/other", ""},
        {"/", "xtoken=a", query, "", ""},
        {"/", "token=", query, "", ""},
        {"/", "token=%00", query, "", ""},
        {"/", "token=%4", query, "", ""},
        {"/", "", query, "", ""},
        {"/a", "", query, "", ""},
        {"/a", "token=b", path, "", "a"},
        {"/ws/a%2Fb", "", path, "/ws", "a/b"},
        {"/ws/a", "", path, "/ws/", "a"},
        {"/ws/x/a", "", path, "/ws", ""},
        {"/wsx/a", "", path, "/ws", ""},
        {"/x/y/a", "", path, "", "a"},
        {"/", "", path, "", ""},
    };
    for (const auto& each : cases) {
        ws::HttpRequest request;
        request.path = each.path;
        request.query = each.query;
        assert_string_equal(token_of(request, each.place, each.base).c_str(), each.token);
    }
    ws::HttpRequest request;
    request.query = "token=" + std::string(769, 'x');
    assert_true(token_of(request, query, "").empty());
}

void a_file_that_has_settled_is_still_looked_at(void**) {
    namespace fs = std::filesystem;
    const test::TemporaryFolder folder;
    const std::string file = folder.file("tokens");
    std::ofstream(file) << "a: h:1\n";
    fs::last_write_time(file, fs::last_write_time(file) - std::chrono::hours(1));
    const auto table = TokenTable::create(file, {});
    assert_true((*table)->find("a") != nullptr);
    std::ofstream(file) << "b: h:1\n";
    assert_true((*table)->find("b") != nullptr);
    assert_null((*table)->find("a").get());
}

void a_changed_file_is_read_at_the_next_question_and_complained_of_once(void**) {
    const test::TemporaryFolder folder;
    const std::string file = folder.file("tokens");
    std::ofstream(file) << "a: h:1\nwrong\n";
    std::vector<std::string> problems;
    const auto table = TokenTable::create(
        file, [&](const std::string& problem) { problems.push_back(problem); });
    assert_true(table.has_value());
    assert_true((*table)->find("a") != nullptr);
    assert_null((*table)->find("b").get());
    assert_int_equal(problems.size(), 1);
    std::ofstream(file) << "b: h:1\nwrong\n"; // as long as before
    assert_true((*table)->find("b") != nullptr);
    assert_null((*table)->find("a").get());
    assert_int_equal(problems.size(), 1);
    std::filesystem::remove(file);
    assert_null((*table)->find("b").get());
    assert_null((*table)->find("").get());
    assert_int_equal(problems.size(), 2);
    std::ofstream(file) << std::string((1 << 20) + 1, '#');
    assert_int_equal((*table)->refresh(), 0);
    assert_int_equal(problems.size(), 3);
    assert_false(TokenTable::create(folder.file("none"), {}).has_value());
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(each_line_is_a_target_or_a_problem),
        cmocka_unit_test(problems_name_file_and_line),
        cmocka_unit_test(a_request_gives_a_name_or_none),
        cmocka_unit_test(a_file_that_has_settled_is_still_looked_at),
        cmocka_unit_test(
            a_changed_file_is_read_at_the_next_question_and_complained_of_once),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
