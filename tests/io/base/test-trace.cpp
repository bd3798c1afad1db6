// Trace points: which categories there are.
#include "io/base/trace.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;

namespace {

void knows_its_categories(void**) {
    for (const auto* list : {"all", "core", "socket", "listener", "websock", "vnc",
                             "vnc,core", "core,all,vnc"})
        assert_false(trace::find_unknown_category(list).has_value());
    assert_string_equal(trace::category_names().c_str(),
                        "core, socket, listener, websock, vnc or all");
}

void finds_what_is_no_category(void**) {
    const struct {
        const char *list, *unknown;
    } table[] = {
        {"", ""},
        {"nosuch", "nosuch"},
        {"vnc,nosuch", "nosuch"},
        {"VNC", "VNC"},
        {"vnc,", ""},
        {",vnc", ""},
        {"vnc core", "vnc core"},
        {"al", "al"},
        {"one,two", "one"},
    };
    for (const auto& row : table) {
        const auto unknown = trace::find_unknown_category(row.list);
        assert_true(unknown.has_value());
        assert_string_equal(unknown->c_str(), row.unknown);
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(knows_its_categories),
        cmocka_unit_test(finds_what_is_no_category),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
