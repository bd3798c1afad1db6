// Which pictures and cursors of messages are accepted.
#include "ui/dbus/picture.hpp"

#include <climits>
#include <cstring>
#include <vector>

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::dbus;

namespace {

constexpr std::uint32_t xrgb = PIXMAN_x8r8g8b8;

// CVE-04, CVE-10: padding that is not there, sizes whose products overflow
void accepts_only_what_the_bytes_hold(void**) {
    struct Row {
        PictureLayout layout;
        std::size_t bytes;
        bool usable;
    };
    const Row rows[] = {
        {{1, 1, 4, xrgb}, 4, true},
        {{2, 2, 8, xrgb}, 16, true},
        {{2, 2, 8, xrgb}, 15, false},
        {{2, 2, 12, xrgb}, 20, true}, // the last row needs no padding
        {{2, 2, 12, xrgb}, 19, false},
        {{2, 2, 7, xrgb}, 100, false}, // rows would overlap
        {{2, 2, 0, xrgb}, 100, false},
        {{0, 2, 8, xrgb}, 100, false},
        {{2, 0, 8, xrgb}, 100, false},
        {{0, 0, 0, xrgb}, 0, false},
        {{1, 1, 4, xrgb}, 0, false},
        {{3, 1, 8, PIXMAN_r5g6b5}, 6, true},
        {{3, 2, 12, PIXMAN_r8g8b8}, 21, true},
        {{3, 2, 12, PIXMAN_r8g8b8}, 20, false},
        {{1, 1, 4, 0}, 4, false},
        {{1, 1, 4, PIXMAN_a8}, 4, false},
        {{1, 1, 4, 0xFFFFFFFF}, 4, false},
        {{1, 1, 0xFFFFFFFF, xrgb}, 4, false},
        {{1, 1, 0x80000000, xrgb}, 4, false},
        {{1, 2, INT_MAX, xrgb}, 100, false},
        {{0xFFFFFFFF, 1, 4, xrgb}, 4, false},
        {{1, 0xFFFFFFFF, 4, xrgb}, 4, false},
        {{16385, 1, 65540, xrgb}, 65540, false},
        {{65536, 65536, 0, xrgb}, 0, false},   // the product is 2^32
        {{0x40000000, 4, 0, xrgb}, 16, false}, // times four bytes it is 2^34
        {{16384, 16384, INT_MAX, xrgb}, 4, false},
    };
    for (const auto& row : rows) {
        const std::vector<std::byte> bytes(row.bytes);
        const auto surface = surface_over(row.layout, bytes);
        assert_int_equal(surface.has_value(), row.usable);
        if (surface)
            assert_true((*surface)->stride() == int(row.layout.stride));
    }
}

void reads_pixels_at_any_address(void**) {
    const std::uint32_t pixel = 0xFF123456;
    for (std::size_t shift = 0; shift < 4; ++shift) {
        std::vector<std::byte> bytes(shift + sizeof pixel);
        std::memcpy(bytes.data() + shift, &pixel, sizeof pixel);
        const auto surface =
            surface_over({1, 1, 4, xrgb}, ByteView(bytes).subspan(shift));
        assert_true(surface.has_value());
        std::uint32_t scratch = 0;
        assert_int_equal((*surface)->read_row(0, 0, 1, &scratch)[0] & 0xFFFFFF, 0x123456);
    }
}

void knows_how_many_bytes_a_picture_takes(void**) {
    assert_int_equal(picture_bytes({2, 3, 16, xrgb}).value(), 40);
    assert_int_equal(picture_bytes({1, 16384, INT_MAX, xrgb}).value(),
                     16383ull * INT_MAX + 4);
    assert_true(picture_bytes({0, 0, 0, xrgb}).error().kind == ErrorKind::limit);
}

// CVE-12: sizes whose product overflows, sizes beyond the limit
void accepts_only_cursors_that_fit_together(void**) {
    struct Row {
        int width, height, hot_x, hot_y;
        std::size_t bytes;
        bool usable;
    };
    const Row rows[] = {
        {1, 1, 0, 0, 4, true},
        {0, 0, 0, 0, 0, true},
        {0, 0, 5, -5, 0, true},
        {2, 2, 9, -9, 16, true}, // guests may place their hot spot outside
        {2, 2, INT_MIN, INT_MAX, 16, true},
        {512, 512, 0, 0, 512 * 512 * 4, true},
        {2, 2, 0, 0, 15, false},
        {2, 2, 0, 0, 20, false},
        {513, 1, 0, 0, 513 * 4, false},
        {-1, -1, 0, 0, 4, false},
        {INT_MIN, INT_MIN, 0, 0, 0, false},
        {65536, 65536, 0, 0, 0, false},
        {0, 1, 0, 0, 0, false},
    };
    for (const auto& row : rows) {
        const std::vector<std::byte> bytes(row.bytes);
        const auto cursor = cursor_of(row.width, row.height, row.hot_x, row.hot_y, bytes);
        assert_int_equal(cursor.has_value(), row.usable);
    }
}

void refuses_huge_cursors_before_it_copies_them(void**) {
    const std::vector<std::byte> bytes(513 * 512 * 4);
    const auto cursor = cursor_of(1, 1, 0, 0, bytes);
    assert_true(cursor.error().kind == ErrorKind::invalid_argument);
}

void moves_hot_spots_to_the_edge(void**) {
    const std::vector<std::byte> bytes(2 * 3 * 4);
    const auto cursor = cursor_of(2, 3, 7, -1, bytes);
    assert_int_equal(cursor->hot_x(), 1);
    assert_int_equal(cursor->hot_y(), 0);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(accepts_only_what_the_bytes_hold),
        cmocka_unit_test(reads_pixels_at_any_address),
        cmocka_unit_test(knows_how_many_bytes_a_picture_takes),
        cmocka_unit_test(accepts_only_cursors_that_fit_together),
        cmocka_unit_test(refuses_huge_cursors_before_it_copies_them),
        cmocka_unit_test(moves_hot_spots_to_the_edge),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
