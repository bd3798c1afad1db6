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

constexpr std::uint32_t all = 0xFFFFFF;

// A pixel each: a colour, nothing, an inversion, and nothing farther away
void masks_are_colours_and_inversions(void**) {
    const auto cursor =
        *Cursor::make_masked(5, 1, 0, 0, {0, 0xFF000000 | all, all, all, all},
                             {0x112233, 0, 0xAA000000 | all, 0, 0});
    assert_true(cursor.inverts());
    const std::uint32_t argb[] = {0xFF112233, 0xFFFFFFFF, 0xFF000000, 0xFFFFFFFF, 0};
    for (std::size_t i = 0; i < 5; ++i)
        assert_int_equal(cursor.argb()[i], argb[i]);
    assert_int_equal(cursor.and_mask()[1], all);
    assert_int_equal(cursor.xor_mask()[2], all);
}

void inversions_have_an_edge_all_around(void**) {
    std::vector<std::uint32_t> xor_mask(25, 0);
    xor_mask[12] = 0x00FF00; // also of one channel alone
    const auto cursor = *Cursor::make_masked(5, 5, 2, 2, std::vector(25, all), xor_mask);
    for (int y = 0; y < 5; ++y)
        for (int x = 0; x < 5; ++x) {
            const bool is_near = x > 0 && x < 4 && y > 0 && y < 4;
            const bool is_centre = x == 2 && y == 2;
            assert_int_equal(cursor.argb()[std::size_t(y * 5 + x)], is_centre ? 0xFF000000
                                                                    : is_near ? 0xFFFFFFFF
                                                                              : 0);
        }
}

void masks_without_inversions_are_colours(void**) {
    const auto cursor = *Cursor::make_masked(2, 1, 1, 0, {0, all}, {0x010203, 0});
    assert_true(cursor == *Cursor::make(2, 1, 1, 0, {0xFF010203, 0}));
    assert_false(cursor.inverts());
}

// CVE-12: masks that do not fit the size, or each other
void refuses_masks_of_other_sizes(void**) {
    const std::vector<std::uint32_t> two(2), three(3);
    assert_false(Cursor::make_masked(2, 1, 0, 0, two, three).has_value());
    assert_false(Cursor::make_masked(2, 1, 0, 0, three, three).has_value());
    assert_false(Cursor::make_masked(2, 1, 2, 0, two, two).has_value());
    assert_false(Cursor::make_masked(-2, -1, 0, 0, two, two).has_value());
    assert_true(Cursor::make_masked(0, 0, 0, 0, {}, {}).has_value());
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(accepts_only_what_fits_together),
        cmocka_unit_test(keeps_what_it_was_made_of),
        cmocka_unit_test(masks_are_colours_and_inversions),
        cmocka_unit_test(inversions_have_an_edge_all_around),
        cmocka_unit_test(masks_without_inversions_are_colours),
        cmocka_unit_test(refuses_masks_of_other_sizes),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
