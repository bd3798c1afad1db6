// TRLE encoding, seen by a client.
#include "ui/vnc/encodings/trle.hpp"

#include "tests/ui/vnc/encodings/drawings.hpp"
#include "tests/ui/vnc/encodings/encoding-check.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::vnc;

namespace {

constexpr std::size_t header_bytes = 12;

test::EncodingCheck connection(const ui::Frame& frame, ui::PixelFormat format = {}) {
    return {
        Encoding::TRLE, {.format = format, .lossy = {}}, frame.width(), frame.height()};
}

// V-16: every size and client format
void a_client_sees_the_picture(void**) {
    assert_true(test::shows_everything(Encoding::TRLE));
}

void every_number_of_colours_is_shown(void**) {
    for (const int colours : {1, 2, 3, 4, 5, 16, 17, 127, 128, 5000}) {
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

// Text of two colours sends them once, and then each tile in 1 + 32 bytes
void a_palette_serves_the_tiles_behind_it(void**) {
    const auto frame = test::draw(160, 16, [](int x, int y) {
        return (x * 7 + y * 5 + x * y) % 3 == 0 ? 0xFF0000u : 0x0000FFu;
    });
    auto check = connection(*frame);
    assert_true(check.shows(*frame, frame->bounds()));
    assert_int_equal(check.out.size(), header_bytes + 10 * (1 + 32) + 2 * 3);
    assert_int_equal(int(check.out[header_bytes]), 2);
    assert_int_equal(int(check.out[header_bytes + 1 + 6 + 32]), 127);
    // But no other rectangle's tiles
    assert_true(check.shows(*frame, {16, 0, 16, 16}));
    assert_int_equal(int(check.out[header_bytes]), 2);
}

void a_palette_of_runs_serves_the_tiles_behind_it(void**) {
    const auto frame = test::draw(64, 16, [](int, int y) { return y / 2 % 4 * 77u + 1; });
    auto check = connection(*frame);
    assert_true(check.shows(*frame, frame->bounds()));
    assert_int_equal(int(check.out[header_bytes]), 128 + 4);
    assert_int_equal(check.out.size(), header_bytes + 4 * (1 + 8 * 2) + 4 * 3);
}

// A tile without a palette comes between
void a_palette_is_forgotten_behind_a_solid_tile(void**) {
    const auto frame = test::draw(48, 16, [](int x, int y) {
        return x / 16 == 1 ? 5u : (x * y + y) % 2 == 0 ? 0xFF0000u : 0x0000FFu;
    });
    auto check = connection(*frame);
    assert_true(check.shows(*frame, frame->bounds()));
    assert_int_equal(check.out.size(), header_bytes + 2 * (1 + 6 + 32) + 4);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_client_sees_the_picture),
        cmocka_unit_test(every_number_of_colours_is_shown),
        cmocka_unit_test(text_and_desktops_are_shown),
        cmocka_unit_test(the_longest_sides_are_shown),
        cmocka_unit_test(a_palette_serves_the_tiles_behind_it),
        cmocka_unit_test(a_palette_of_runs_serves_the_tiles_behind_it),
        cmocka_unit_test(a_palette_is_forgotten_behind_a_solid_tile),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
