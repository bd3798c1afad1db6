// Frames of a surface: what they show, what they share, and what differs between them.
#include "ui/frame-capture.hpp"

#include <algorithm>
#include <random>

#include "tests/support/pictures.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::ui;

namespace {

std::uint32_t* pixels(Surface& surface, int y) {
    return reinterpret_cast<std::uint32_t*>(surface.row(y));
}

bool shows(const Frame& frame, const Surface& surface) {
    std::vector<std::uint32_t> scratch(std::size_t(surface.width()));
    if (frame.bounds() != surface.bounds())
        return false;
    for (int y = 0; y < surface.height(); ++y) {
        const auto* row = surface.read_row(0, y, surface.width(), scratch.data());
        for (int x = 0; x < surface.width(); ++x)
            if (frame.row(y)[x] != (row[x] & 0xFFFFFF))
                return false;
    }
    return true;
}

// CVE-04, V-23: every width, height and padding
void a_frame_shows_the_surface(void**) {
    for (const int width : {1, 2, 15, 16, 17, 31, 33, 64, 1366})
        for (const int height : {1, 15, 16, 17, 40})
            for (const int padding : {0, 4, 12, 64}) {
                const auto surface =
                    test::picture(width, height, padding, test::Content::noise);
                assert_true(shows(**Frame::copy_of(*surface), *surface));
            }
}

void surfaces_of_other_formats_are_converted(void**) {
    for (const auto format : {PIXMAN_r5g6b5, PIXMAN_b8g8r8x8, PIXMAN_r8g8b8}) {
        const auto surface = *Surface::create(37, 40, format);
        FrameCapture capture;
        assert_true(capture.update(*surface, surface->bounds()).has_value());
        surface->row(33)[21] ^= std::byte(0xFF);
        const auto changed = capture.update(*surface, surface->bounds());
        assert_true(shows(*capture.frame(), *surface));
        assert_false(changed->empty());
        assert_true(changed->bounds().height == 1);
    }
}

void pixels_have_no_other_bits(void**) {
    const auto surface = *Surface::create(20, 20, PIXMAN_a8r8g8b8);
    FrameCapture capture;
    for (const std::uint32_t value : {0xFF123456u, 0x80654321u}) {
        for (int y = 0; y < 20; ++y)
            std::fill_n(pixels(*surface, y), 20, value);
        assert_true(capture.update(*surface, surface->bounds()).has_value());
        assert_int_equal(capture.frame()->row(7)[3], value & 0xFFFFFF);
    }
    // Only the unused bits are new: nothing to be seen.
    for (int y = 0; y < 20; ++y)
        std::fill_n(pixels(*surface, y), 20, 0x11654321u);
    assert_true(capture.update(*surface, surface->bounds())->empty());
}

void only_what_differs_counts(void**) {
    struct Row {
        Rect drawn, damage, changed;
    };
    static constexpr Row rows[] = {
        {{}, {0, 0, 100, 80}, {}},
        {{5, 6, 1, 1}, {0, 0, 100, 80}, {0, 6, 16, 1}},
        {{5, 6, 1, 1}, {5, 6, 1, 1}, {5, 6, 1, 1}},
        {{15, 3, 2, 5}, {0, 0, 100, 80}, {0, 3, 32, 5}},
        {{99, 79, 1, 1}, {0, 0, 100, 80}, {96, 79, 4, 1}},
        {{0, 10, 100, 20}, {0, 0, 100, 80}, {0, 10, 100, 20}},
        {{0, 0, 100, 80}, {20, 30, 7, 9}, {20, 30, 7, 9}},
        {{20, 20, 9, 9}, {-50, -50, 1000, 1000}, {16, 20, 16, 9}},
        {{20, 20, 9, 9}, {40, 40, 10, 10}, {}},
    };
    for (const auto& row : rows) {
        const auto surface = test::picture(100, 80, 0, test::Content::noise);
        FrameCapture capture;
        assert_true(capture.update(*surface, surface->bounds()).has_value());
        for (int y = row.drawn.y; y < row.drawn.bottom(); ++y)
            for (int x = row.drawn.x; x < row.drawn.right(); ++x)
                pixels(*surface, y)[x] ^= 0x010000;
        const auto changed = capture.update(*surface, row.damage);
        assert_true(*changed == Region(row.changed));
    }
}

void a_frame_that_is_held_never_changes(void**) {
    const auto surface = test::picture(100, 80, 0, test::Content::noise);
    FrameCapture capture;
    assert_true(capture.update(*surface, surface->bounds()).has_value());
    std::vector<std::shared_ptr<const Frame>> held;
    std::vector<std::vector<std::uint32_t>> copies;
    std::mt19937 random(1);
    for (int i = 0; i < 50; ++i) {
        held.push_back(capture.frame());
        auto& copy = copies.emplace_back();
        for (int y = 0; y < 80; ++y)
            copy.insert(copy.end(), capture.frame()->row(y),
                        capture.frame()->row(y) + 100);
        const Rect drawn{int(random() % 100), int(random() % 80), 20, 30};
        const Rect visible = intersect(drawn, surface->bounds());
        for (int y = visible.y; y < visible.bottom(); ++y)
            for (int x = visible.x; x < visible.right(); ++x)
                pixels(*surface, y)[x] = random();
        const Rect damage = i % 2 == 0 ? visible : surface->bounds();
        assert_true(capture.update(*surface, damage).has_value());
        assert_true(shows(*capture.frame(), *surface));
    }
    for (std::size_t i = 0; i < held.size(); ++i)
        for (int y = 0; y < 80; ++y)
            assert_memory_equal(held[i]->row(y), copies[i].data() + y * 100, 400);
}

// A frame that nobody holds is brought up to date where it is; one that somebody holds
// shares what has not changed.
void frames_share_what_they_can(void**) {
    const auto surface = test::picture(64, 64, 0, test::Content::noise);
    FrameCapture capture;
    assert_true(capture.update(*surface, surface->bounds()).has_value());
    const auto* const first = capture.frame().get();
    pixels(*surface, 20)[0] ^= 1;
    assert_true(capture.update(*surface, surface->bounds()).has_value());
    assert_ptr_equal(capture.frame().get(), first);
    const auto held = capture.frame();
    pixels(*surface, 20)[0] ^= 1;
    assert_true(capture.update(*surface, surface->bounds()).has_value());
    assert_ptr_not_equal(capture.frame().get(), first);
    assert_ptr_equal(capture.frame()->row(0), held->row(0));
    assert_ptr_not_equal(capture.frame()->row(20), held->row(20));
    assert_ptr_equal(capture.frame()->row(32), held->row(32));
}

void another_size_starts_over(void**) {
    FrameCapture capture;
    assert_null(capture.frame().get());
    for (const auto& [width, height] :
         {std::pair(64, 48), std::pair(65, 48), std::pair(65, 10), std::pair(1, 1)}) {
        const auto surface = test::picture(width, height, 0, test::Content::noise);
        const auto changed = capture.update(*surface, Region());
        assert_true(*changed == Region(surface->bounds()));
        assert_true(shows(*capture.frame(), *surface));
    }
}

// The rest of the picture is the same memory, and the frame before stays as it is.
void a_drawing_takes_only_the_strips_it_touches(void**) {
    const auto surface = test::picture(70, 100, 0, test::Content::noise);
    const auto frame = *Frame::copy_of(*surface);
    const Rect areas[] = {{3, 20, 10, 5},  {-5, -5, 8, 8},  {60, 90, 30, 30},
                          {0, 0, 70, 100}, {10, 15, 1, 2},  {0, 16, 70, 16},
                          {500, 5, 3, 3},  {5, -100, 9, 9}, {}};
    for (const auto& area : areas) {
        const auto drawn = *frame->with_drawing(
            area, [](int, int, auto row) { std::ranges::fill(row, 0x123456u); });
        assert_true(shows(*frame, *surface));
        const auto visible = intersect(area, frame->bounds());
        for (int y = 0; y < 100; ++y) {
            const Rect strip{0, y / Frame::strip_rows * Frame::strip_rows, 70,
                             Frame::strip_rows};
            assert_true((drawn->row(y) == frame->row(y)) ==
                        intersect(strip, visible).empty());
            for (int x = 0; x < 70; ++x)
                assert_int_equal(drawn->row(y)[x],
                                 visible.contains(x, y) ? 0x123456u : frame->row(y)[x]);
        }
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_frame_shows_the_surface),
        cmocka_unit_test(surfaces_of_other_formats_are_converted),
        cmocka_unit_test(pixels_have_no_other_bits),
        cmocka_unit_test(only_what_differs_counts),
        cmocka_unit_test(a_frame_that_is_held_never_changes),
        cmocka_unit_test(frames_share_what_they_can),
        cmocka_unit_test(another_size_starts_over),
        cmocka_unit_test(a_drawing_takes_only_the_strips_it_touches),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
