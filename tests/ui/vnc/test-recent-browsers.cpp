// From where browsers have been here lately.
#include "ui/vnc/recent-browsers.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio::vnc;
using namespace std::chrono_literals;

namespace {

constexpr RecentBrowsers::Time start{1h};

void knows_who_was_here_since(void**) {
    RecentBrowsers browsers;
    assert_false(browsers.was_here_since("a", start));
    browsers.is_here("a", start);
    browsers.is_here("b", start + 1s);
    assert_true(browsers.was_here_since("a", start));
    assert_false(browsers.was_here_since("a", start + 1ms));
    browsers.is_here("a", start + 2s);
    assert_true(browsers.was_here_since("a", start + 2s));
    assert_true(browsers.was_here_since("b", start + 1s));
    assert_false(browsers.was_here_since("c", start));
}

void forgets_those_who_came_long_ago(void**) {
    RecentBrowsers browsers;
    browsers.is_here("first", start);
    browsers.is_here("second", start);
    for (std::size_t i = 2; i < RecentBrowsers::max_addresses; ++i)
        browsers.is_here(std::to_string(i), start);
    assert_true(browsers.was_here_since("first", start));
    browsers.is_here("first", start); // again, and so "second" is the oldest
    browsers.is_here("one more", start);
    assert_true(browsers.was_here_since("first", start));
    assert_false(browsers.was_here_since("second", start));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(knows_who_was_here_since),
        cmocka_unit_test(forgets_those_who_came_long_ago),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
