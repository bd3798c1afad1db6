// How rectangles of a frame are cut into pieces.
#include "ui/vnc/encodings/splitter.hpp"

#include <random>

#include "tests/support/screen.hpp"
#include "tests/ui/vnc/encodings/drawings.hpp"
#include "tests/ui/vnc/encodings/encoding-check.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::vnc;

namespace {

/// Whether the pieces are the whole rectangle, once, and within the limits.
bool fits(std::span<const Piece> pieces, const ui::Rect& rect,
          const SplitLimits& limits) {
    std::int64_t area = 0;
    ui::Region all;
    for (const auto& [piece, kind, colour] : pieces) {
        const bool is_other = kind == Piece::Kind::other;
        const auto pixels = std::int64_t(piece.width) * piece.height;
        if (piece.empty() || !rect.contains(piece) ||
            piece.width > SplitLimits::max_piece_width ||
            (is_other && (piece.width > limits.max_width || pixels > limits.max_area)))
            return false;
        area += pixels;
        all.add(piece);
    }
    return all == ui::Region(rect) && area == std::int64_t(rect.width) * rect.height;
}

bool colours_are_right(std::span<const Piece> pieces, const ui::Frame& frame) {
    for (const auto& [rect, kind, colour] : pieces)
        for (int y = rect.y; y < rect.bottom(); ++y)
            for (int x = rect.x; x < rect.right(); ++x)
                if (kind == Piece::Kind::solid && frame.row(y)[x] != colour)
                    return false;
    return true;
}

void pieces_are_the_whole_rectangle(void**) {
    const auto frame = test::frame_of(*test::screen());
    std::mt19937 random(8);
    Splitter splitter;
    for (int i = 0; i < 200; ++i) {
        const int x = int(random() % 1280), y = int(random() % 800);
        const ui::Rect rect{x, y, 1 + int(random() % unsigned(1280 - x)),
                            1 + int(random() % unsigned(800 - y))};
        const SplitLimits limits{.max_width = 1 + int(random() % 600),
                                 .max_area = 600 + int(random() % 60000),
                                 .min_solid = 1 + int(random() % 40),
                                 .finds_photos = random() % 2 == 0};
        const auto pieces = splitter.split(*frame, rect, limits);
        assert_true(fits(pieces, rect, limits));
        assert_true(colours_are_right(pieces, *frame));
    }
}

// P-RFB-28: not even a solid area is wider than rectangles may be
void no_piece_is_wider_than_allowed(void**) {
    const auto surface = *ui::Surface::create(16384, 40, PIXMAN_x8r8g8b8);
    const auto frame = test::frame_of(*surface);
    Splitter splitter;
    const auto pieces = splitter.split(*frame, frame->bounds(), {});
    assert_true(fits(pieces, frame->bounds(), {}));
    assert_int_equal(pieces.size(), 8);
    assert_int_equal(int(pieces[0].kind), int(Piece::Kind::solid));
}

void a_tall_frame_is_looked_at_in_blocks(void**) {
    const auto frame = test::frame_of(**ui::Surface::create(32, 5000, PIXMAN_x8r8g8b8));
    Splitter splitter;
    const auto pieces = splitter.split(*frame, {1, 3, 31, 4990}, {});
    assert_true(fits(pieces, {1, 3, 31, 4990}, {}));
}

std::int64_t area_of_kind(std::span<const Piece> pieces, Piece::Kind kind,
                          const ui::Rect& within) {
    std::int64_t area = 0;
    for (const auto& piece : pieces) {
        const auto common = intersect(piece.rect, within);
        if (piece.kind == kind)
            area += std::int64_t(common.width) * common.height;
    }
    return area;
}

void photos_are_found_and_text_is_none(void**) {
    const auto frame = test::frame_of(*test::screen());
    Splitter splitter;
    const auto pieces = splitter.split(*frame, frame->bounds(), {.finds_photos = true});
    const auto& seen = test::screen_photo;
    assert_true(area_of_kind(pieces, Piece::Kind::photo, seen) >
                seen.width * seen.height / 10 * 9);
    for (const auto& text :
         {test::screen_title, test::screen_text, test::screen_soft_text})
        assert_int_equal(area_of_kind(pieces, Piece::Kind::photo, text), 0);
}

std::shared_ptr<const ui::Frame> gradient() {
    return test::draw(256, 256, [](int x, int y) {
        return unsigned(x / 5) << 16 | unsigned(y / 3) << 8 | 0x40;
    });
}

void gradients_are_photos(void**) {
    const auto frame = gradient();
    Splitter splitter;
    const auto pieces = splitter.split(*frame, frame->bounds(), {.finds_photos = true});
    assert_int_equal(area_of_kind(pieces, Piece::Kind::photo, frame->bounds()),
                     256 * 256);
}

// Pale text: its steps are small, but one sees them
void text_on_gradients_is_none(void**) {
    const auto plain = gradient();
    const auto frame = test::draw(256, 256, [&](int x, int y) {
        const bool is_text = x % 16 < 2 && y % 16 < 9;
        return plain->row(y)[x] + (is_text ? 0x101010u : 0);
    });
    Splitter splitter;
    const auto pieces = splitter.split(*frame, frame->bounds(), {.finds_photos = true});
    assert_int_equal(area_of_kind(pieces, Piece::Kind::photo, frame->bounds()), 0);
}

void gradients_of_few_colours_are_none(void**) {
    const auto frame =
        test::draw(256, 256, [](int x, int) { return unsigned(x / 5) << 16; });
    Splitter splitter;
    const auto pieces = splitter.split(*frame, frame->bounds(), {.finds_photos = true});
    assert_int_equal(area_of_kind(pieces, Piece::Kind::photo, frame->bounds()), 0);
}

void photos_are_left_alone_unless_asked_for(void**) {
    const auto frame = test::frame_of(*test::screen());
    Splitter splitter;
    const auto pieces = splitter.split(*frame, frame->bounds(), {});
    assert_int_equal(area_of_kind(pieces, Piece::Kind::photo, frame->bounds()), 0);
}

// The work is bounded: no two cells alike, so nothing large, but all of them solid
void many_small_solid_areas_cost_no_more_than_their_number(void**) {
    const auto surface = *ui::Surface::create(2048, 1024, PIXMAN_x8r8g8b8);
    for (int y = 0; y < 1024; ++y)
        for (int x = 0; x < 2048; ++x)
            reinterpret_cast<std::uint32_t*>(surface->row(y))[x] =
                unsigned((x / 64 + y / 64) % 7) * 0x030507 + 1;
    const auto frame = test::frame_of(*surface);
    Splitter splitter;
    const auto pieces = splitter.split(*frame, frame->bounds(), {});
    assert_true(fits(pieces, frame->bounds(), {}));
    assert_int_equal(pieces.size(), 32 * 16);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_the_whole_rectangle),
        cmocka_unit_test(no_piece_is_wider_than_allowed),
        cmocka_unit_test(a_tall_frame_is_looked_at_in_blocks),
        cmocka_unit_test(photos_are_found_and_text_is_none),
        cmocka_unit_test(gradients_are_photos),
        cmocka_unit_test(text_on_gradients_is_none),
        cmocka_unit_test(gradients_of_few_colours_are_none),
        cmocka_unit_test(photos_are_left_alone_unless_asked_for),
        cmocka_unit_test(many_small_solid_areas_cost_no_more_than_their_number),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
