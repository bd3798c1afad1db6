// What qio-relay says, for people and for programs.
#include "io/tools/relay-log.hpp"

#include <chrono>

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::relay;
using namespace std::chrono_literals;

namespace {

void texts_are_quoted_for_json(void**) {
    assert_string_equal(json_text("plain").c_str(), "\"plain\"");
    assert_string_equal(json_text("a\"b\\c\n\x7f").c_str(), R"("a\"b\\c\u000a\u007f")");
    assert_string_equal(json_text("\xc3\xa4\xff").c_str(), "\"\xc3\xa4\xef\xbf\xbd\"");
    LogLine line("one");
    line.add("text", "x").add("number", std::uint64_t(7));
    line.add("list", std::vector<std::string>{"a", "b"});
    assert_string_equal(line.json().c_str(),
                        R"({"event":"one","text":"x","number":7,"list":["a","b"]})");
}

void a_connection_is_a_sentence(void**) {
    AccessRecord record{.peer = "192.0.2.1:5",
                        .request = "/x?token=a",
                        .target = "tcp:h:1",
                        .bytes_in = 1023,
                        .bytes_out = 5 << 20,
                        .duration = 90'500ms,
                        .outcome = "closed",
                        .message = {}};
    assert_string_equal(access_sentence(record).c_str(),
                        "192.0.2.1:5 /x?token=a -> tcp:h:1: 1023 B in, 5.0 MiB out, "
                        "90 s, closed");
    record = {};
    record.peer = "a\nb";
    record.outcome = "refused";
    record.message = "why\x1b[1m";
    assert_string_equal(access_sentence(record).c_str(),
                        "a?b: 0 B in, 0 B out, 0.0 s, refused (why?[1m)");
}

void errors_that_come_too_often_are_counted(void**) {
    RateLimit limit(2, 10s);
    const auto start = Clock::now();
    assert_true(limit.allows(start));
    assert_true(limit.allows(start));
    for (int i = 0; i < 5; ++i)
        assert_false(limit.allows(start + 9s));
    assert_int_equal(limit.skipped(), 0);
    assert_true(limit.allows(start + 10s));
    assert_int_equal(limit.skipped(), 5);
    assert_true(limit.allows(start + 10s));
    assert_int_equal(limit.skipped(), 0);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_quoted_for_json),
        cmocka_unit_test(a_connection_is_a_sentence),
        cmocka_unit_test(errors_that_come_too_often_are_counted),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
