// Which cursors are accepted.
#include "ui/cursor.hpp"

#include <climits>

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::ui;

namespace {

// CVE-12: sizes whose product overflows, sizes beyond the limit, hot spots outside
void accepts_only_what_fits_together(void**) {
    struct Row {
        int width, height, hot_x, hot_y;
        std::size_t pixels;
        bool usable;
    };
    const Row rows[] = {
        {0, 0, 0, 0, 0, true},
        {1, 1, 0, 0, 1, true},
        {512, 512, 511, 511, 512 * 512, true},
        {3, 2, 2, 1, 6, true},
        {513, 1, 0, 0, 513, false},
        {1, 513, 0, 0, 513, false},
        {65535, 65535, 0, 0, 0, false},
        {65536, 65536, 0, 0, 0, false},
        {INT_MAX, INT_MAX, 0, 0, 1, false},
        {-1, -1, 0, 0, 1, false},
        {0, 5, 0, 0, 0, false},
        {5, 0, 0, 0, 0, false},
        {3, 2, 0, 0, 5, false},
        {3, 2, 0, 0, 7, false},
        {3, 2, 3, 0, 6, false},
        {3, 2, 0, 2, 6, false},
        {3, 2, -1, 0, 6, false},
        {3, 2, 0, INT_MIN, 6, false},
        {0, 0, 1, 0, 0, false},
    };
    for (const auto& row : rows) {
        const auto cursor = Cursor::make(row.width, row.height, row.hot_x, row.hot_y,
                                         std::vector<std::uint32_t>(row.pixels));
        assert_int_equal(cursor.has_value(), row.usable);
    }
}

void keeps_what_it_was_made_of(void**) {
    const auto cursor = *Cursor::make(2, 1, 1, 0, {0xFF112233, 0x00445566});
    assert_int_equal(cursor.width(), 2);
    assert_int_equal(cursor.height(), 1);
    assert_int_equal(cursor.hot_x(), 1);
    assert_int_equal(cursor.hot_y(), 0);
    assert_int_equal(cursor.argb()[1], 0x00445566);
    assert_true(Cursor() == *Cursor::make(0, 0, 0, 0, {}));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(accepts_only_what_fits_together),
        cmocka_unit_test(keeps_what_it_was_made_of),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
