// RRE encoding, seen by a client.
#include "ui/vnc/encodings/rre.hpp"

#include "tests/ui/vnc/encodings/drawings.hpp"
#include "tests/ui/vnc/encodings/encoding-check.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::vnc;

namespace {

constexpr std::size_t head = 12 + 4 + 4, subrect = 4 + 8; // bytes

test::EncodingCheck connection(const ui::Frame& frame, ui::PixelFormat format = {}) {
    return {
        Encoding::RRE, {.format = format, .lossy = {}}, frame.width(), frame.height()};
}

// V-16: every size and client format
void a_client_sees_the_picture(void**) {
    assert_true(test::shows_everything(Encoding::RRE));
}

void every_number_of_colours_is_shown(void**) {
    for (const int colours : {1, 2, 3, 8, 9, 127, 5000}) {
        const auto frame = test::draw_colours(70, 70, colours);
        for (const auto& format : test::client_formats)
            assert_true(connection(*frame, format).shows(*frame, frame->bounds()));
    }
}

void text_and_desktops_are_shown(void**) {
    for (const auto& frame : {test::draw_text(333, 211), test::draw_desktop(500, 301)}) {
        auto check = connection(*frame);
        assert_true(check.shows(*frame, frame->bounds()));
        assert_true(check.shows(*frame, {7, 9, 100, 90}));
    }
}

// O-13: the largest sizes
void the_longest_sides_are_shown(void**) {
    for (const auto& frame : {test::draw_text(16384, 3), test::draw_text(3, 16384)})
        assert_true(connection(*frame).shows(*frame, frame->bounds()));
}

void one_colour_is_one_rectangle(void**) {
    const auto frame = test::draw_solid(1000, 300, 0x123456);
    auto check = connection(*frame);
    assert_true(check.shows(*frame, frame->bounds()));
    assert_int_equal(check.rectangles, 1);
    assert_int_equal(check.out.size(), head);
}

void rows_of_the_same_extent_are_one_subrect(void**) {
    const auto frame = test::draw(60, 40, [](int x, int y) {
        return ui::Rect{10, 5, 30, 20}.contains(x, y) ? 0xFF0000u : 0x00FF00u;
    });
    auto check = connection(*frame);
    assert_true(check.shows(*frame, frame->bounds()));
    assert_int_equal(check.out.size(), head + subrect);
}

void each_piece_has_its_own_background(void**) {
    const auto frame = test::draw(256, 64, [](int x, int) { return x < 128 ? 1u : 2u; });
    auto check = connection(*frame);
    assert_true(check.shows(*frame, frame->bounds()));
    assert_int_equal(check.rectangles, 2);
    assert_int_equal(check.out.size(), 2 * head);
}

// O-51: fewer subrects than pixels, whatever is shown
void noise_takes_a_bounded_number_of_bytes(void**) {
    const auto frame = test::frame_of(*test::picture(256, 64, 0, test::Content::noise));
    auto check = connection(*frame);
    assert_true(check.shows(*frame, frame->bounds()));
    assert_true(check.out.size() <= 2 * head + (256 * 64 - 2) * subrect);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_client_sees_the_picture),
        cmocka_unit_test(every_number_of_colours_is_shown),
        cmocka_unit_test(text_and_desktops_are_shown),
        cmocka_unit_test(the_longest_sides_are_shown),
        cmocka_unit_test(one_colour_is_one_rectangle),
        cmocka_unit_test(rows_of_the_same_extent_are_one_subrect),
        cmocka_unit_test(each_piece_has_its_own_background),
        cmocka_unit_test(noise_takes_a_bounded_number_of_bytes),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
