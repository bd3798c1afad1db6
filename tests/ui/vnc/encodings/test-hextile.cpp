// Hextile encoding, seen by a client.
#include "ui/vnc/encodings/hextile.hpp"

#include "tests/ui/vnc/encodings/drawings.hpp"
#include "tests/ui/vnc/encodings/encoding-check.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::vnc;

namespace {

constexpr std::size_t header_bytes = 12;

test::EncodingCheck connection(const ui::Frame& frame, ui::PixelFormat format = {}) {
    return {Encoding::Hextile,
            {.format = format, .lossy = {}},
            frame.width(),
            frame.height()};
}

// V-16: every size and client format
void a_client_sees_the_picture(void**) {
    assert_true(test::shows_everything(Encoding::Hextile));
}

void every_number_of_colours_is_shown(void**) {
    for (const int colours : {1, 2, 3, 4, 8, 9, 16, 17, 127, 128, 256, 5000}) {
        const auto frame = test::draw_colours(70, 70, colours);
        for (const auto& format : test::client_formats)
            assert_true(connection(*frame, format).shows(*frame, frame->bounds()));
    }
}

void text_and_desktops_are_shown(void**) {
    for (const auto& frame : {test::draw_text(333, 211), test::draw_desktop(500, 301)}) {
        auto check = connection(*frame);
        assert_true(check.shows(*frame, frame->bounds()));
        assert_true(check.out.size() < 500 * 301 * 4);
        assert_true(check.shows(*frame, {7, 9, 100, 90}));
    }
}

// O-13: the largest sizes
void the_longest_sides_are_shown(void**) {
    for (const auto& frame : {test::draw_text(16384, 3), test::draw_text(3, 16384)})
        assert_true(connection(*frame).shows(*frame, frame->bounds()));
}

void a_colour_that_stays_is_sent_once(void**) {
    const auto frame = test::draw_solid(160, 160, 0x123456);
    auto check = connection(*frame);
    assert_true(check.shows(*frame, frame->bounds()));
    assert_int_equal(check.out.size(), header_bytes + 4 + 100);
    // But not beyond the rectangle
    assert_true(check.shows(*frame, {0, 0, 16, 16}));
    assert_int_equal(check.out.size(), header_bytes + 5);
}

// A tile whose only shape is a column or a block is one rectangle
void rectangles_grow_in_both_directions(void**) {
    for (const ui::Rect shape : {ui::Rect{3, 0, 1, 16}, {0, 3, 16, 1}, {5, 6, 7, 8}}) {
        const auto frame = test::draw(16, 16, [&](int x, int y) {
            return shape.contains(x, y) ? 0xFF0000u : 0x00FF00u;
        });
        auto check = connection(*frame);
        assert_true(check.shows(*frame, frame->bounds()));
        assert_int_equal(check.out.size(), header_bytes + 1 + 4 + 4 + 1 + 2);
    }
    // A cross: the column, and what is left of the row
    const auto cross = test::draw(
        16, 16, [&](int x, int y) { return x == 8 || y == 3 ? 0xFF0000u : 0x00FF00u; });
    auto check = connection(*cross);
    assert_true(check.shows(*cross, cross->bounds()));
    assert_int_equal(check.out.size(), header_bytes + 1 + 4 + 4 + 1 + 3 * 2);
}

// O-51: a tile is never larger than its pixels and one byte
void noise_takes_one_byte_more_for_each_tile(void**) {
    const auto frame = test::frame_of(*test::picture(64, 64, 0, test::Content::noise));
    for (const auto& format : test::client_formats) {
        auto check = connection(*frame, format);
        assert_true(check.shows(*frame, frame->bounds()));
        const auto raw = std::size_t(64 * 64) * format.bits_per_pixel / 8;
        assert_true(check.out.size() <= header_bytes + raw + 16);
    }
    for (const int colours : {2, 3, 40}) {
        const auto dots = test::draw_colours(64, 64, colours);
        auto check = connection(*dots, test::client_formats[7]);
        assert_true(check.shows(*dots, dots->bounds()));
        assert_true(check.out.size() <= header_bytes + 64 * 64 + 16);
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_client_sees_the_picture),
        cmocka_unit_test(every_number_of_colours_is_shown),
        cmocka_unit_test(text_and_desktops_are_shown),
        cmocka_unit_test(the_longest_sides_are_shown),
        cmocka_unit_test(a_colour_that_stays_is_sent_once),
        cmocka_unit_test(rectangles_grow_in_both_directions),
        cmocka_unit_test(noise_takes_one_byte_more_for_each_tile),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
