// The pointer drawn into the pixels, and what has to be sent when it changes.
#include "ui/vnc/cursor-overlay.hpp"

#include <vector>

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::vnc;

namespace {

/// Two by two, with its hot spot at the lower right: opaque red, half white, a trace of
/// blue, nothing.
std::shared_ptr<const ui::Cursor> sample() {
    return std::make_shared<const ui::Cursor>(
        *ui::Cursor::make(2, 2, 1, 1, {0xFFFF0000, 0x80FFFFFF, 0x010000FF, 0x00FFFFFF}));
}

bool is(const ui::Region& region, std::initializer_list<ui::Rect> rects) {
    ui::Region expected;
    for (const auto& rect : rects)
        expected.add(rect);
    return region == expected;
}

void nothing_is_drawn_without_a_cursor(void**) {
    CursorOverlay overlay;
    assert_true(overlay.area().empty());
    assert_true(is(overlay.move({5, 5}), {}));
    assert_true(is(overlay.set_visible(false), {}));
    assert_true(is(overlay.set_cursor(std::make_shared<const ui::Cursor>()), {}));
    std::vector<std::uint32_t> row(4, 0x123456);
    overlay.draw(0, 5, row);
    assert_true(row == std::vector<std::uint32_t>(4, 0x123456));
}

void old_and_new_place_are_sent_again(void**) {
    CursorOverlay overlay;
    assert_true(is(overlay.set_cursor(sample()), {{-1, -1, 2, 2}}));
    assert_true(is(overlay.move({10, 20}), {{-1, -1, 2, 2}, {9, 19, 2, 2}}));
    assert_true(is(overlay.move({10, 20}), {}));
    assert_true(is(overlay.move({11, 20}), {{9, 19, 3, 2}}));
    assert_true(is(overlay.set_visible(false), {{10, 19, 2, 2}}));
    assert_true(is(overlay.move({50, 60}), {}));
    assert_true(is(overlay.set_visible(true), {{49, 59, 2, 2}}));
    assert_true(is(overlay.set_cursor(nullptr), {{49, 59, 2, 2}}));
}

void pixels_are_blended_by_alpha(void**) {
    CursorOverlay overlay;
    overlay.set_cursor(sample());
    overlay.move({3, 5});
    std::vector<std::uint32_t> row(6, 0xAA000000);
    overlay.draw(0, 4, row);
    const std::vector<std::uint32_t> upper = {0xAA000000, 0xAA000000, 0x00FF0000,
                                              0x00808080, 0xAA000000, 0xAA000000};
    assert_true(row == upper);
    row.assign(6, 0x00FFFFFF);
    overlay.draw(0, 5, row);
    const std::vector<std::uint32_t> lower = {0xFFFFFF, 0xFFFFFF, 0xFEFEFF,
                                              0xFFFFFF, 0xFFFFFF, 0xFFFFFF};
    assert_true(row == lower);
    row.assign(6, 7);
    overlay.draw(0, 6, row);
    overlay.draw(0, 3, row);
    assert_true(row == std::vector<std::uint32_t>(6, 7));
}

void inversions_change_what_they_lie_on(void**) {
    CursorOverlay overlay;
    overlay.set_cursor(std::make_shared<const ui::Cursor>(*ui::Cursor::make_masked(
        3, 2, 0, 1, {1, 2, 3, 0, 0xFFFFFF, 0xFFFFFF}, {4, 5, 6, 0x112233, 0, 0xFFFFFF})));
    overlay.move({1, 5});
    std::vector<std::uint32_t> row(5, 0xAA405060);
    overlay.draw(0, 5, row);
    const std::vector<std::uint32_t> expected = {0xAA405060, 0x112233, 0x405060, 0xBFAF9F,
                                                 0xAA405060};
    assert_true(row == expected);
    std::vector<std::uint32_t> part(1, 0x405060);
    overlay.draw(3, 5, part);
    assert_int_equal(part[0], 0xBFAF9F);
}

// The same pixels come out whatever pieces of rows are drawn.
void pieces_of_rows_get_their_part(void**) {
    CursorOverlay overlay;
    overlay.set_cursor(sample());
    overlay.move({3, 5});
    std::vector<std::uint32_t> whole(8, 0x404040);
    overlay.draw(0, 4, whole);
    for (std::size_t from = 0; from < 8; ++from)
        for (std::size_t count = 0; from + count <= 8; ++count) {
            std::vector<std::uint32_t> part(count, 0x404040);
            overlay.draw(int(from), 4, part);
            for (std::size_t i = 0; i < count; ++i)
                assert_int_equal(part[i], whole[from + i]);
        }
}

// P-RFB-13: a pointer at any place, also far outside
void places_outside_draw_nothing(void**) {
    CursorOverlay overlay;
    overlay.set_cursor(sample());
    std::vector<std::uint32_t> row(4, 9);
    for (const int x : {-1000000, -1, 5, 65535, 1000000}) {
        overlay.move({x, 0});
        overlay.draw(0, -1, row);
        assert_true(row == std::vector<std::uint32_t>(4, 9));
    }
    overlay.move({4, 0}); // half of it
    overlay.draw(0, -1, row);
    assert_int_equal(row[2], 9);
    assert_int_equal(row[3], 0xFF0000);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_drawn_without_a_cursor),
        cmocka_unit_test(old_and_new_place_are_sent_again),
        cmocka_unit_test(pixels_are_blended_by_alpha),
        cmocka_unit_test(inversions_change_what_they_lie_on),
        cmocka_unit_test(pieces_of_rows_get_their_part),
        cmocka_unit_test(places_outside_draw_nothing),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
