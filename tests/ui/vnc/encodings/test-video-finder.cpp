// Films on a desktop: found where they are, and nothing else.
#include "ui/vnc/encodings/video-finder.hpp"

#include "tests/support/film.hpp"
#include "tests/support/screen.hpp"
#include "tests/ui/vnc/encodings/encoding-check.hpp"
#include "ui/frame-capture.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::vnc;

namespace {

constexpr int enough = 12; // updates until a film is found, or will not be

/// A desktop that is drawn in; what differs from the update before is what is looked at.
struct Desktop {
    std::shared_ptr<ui::Surface> surface = test::screen();
    ui::FrameCapture capture;
    VideoFinder finder;

    Desktop() { (void)capture.update(*surface, ui::Region(surface->bounds())); }

    std::optional<ui::Rect> update() {
        const auto changed = *capture.update(*surface, ui::Region(surface->bounds()));
        return finder.find(*capture.frame(), surface->bounds(), changed);
    }
    /// Plays so many pictures there, and says what was found last.
    std::optional<ui::Rect> play(const ui::Rect& rect, int pictures = enough) {
        std::optional<ui::Rect> found;
        for (int i = 0; i < pictures; ++i) {
            test::play(*surface, rect, next_picture_++);
            found = update();
        }
        return found;
    }
    void fill(const ui::Rect& rect, std::uint32_t colour) {
        for (int y = rect.y; y < rect.y + rect.height; ++y)
            for (int x = rect.x; x < rect.x + rect.width; ++x)
                reinterpret_cast<std::uint32_t*>(surface->row(y))[x] = colour;
    }

private:
    int next_picture_ = 0;
};

/// Changes are known in steps of 16 columns, and rows: an odd one may be missing.
bool is_film(const std::optional<ui::Rect>& found, const ui::Rect& film) {
    constexpr int step = 16;
    if (!found)
        return false;
    const int left = film.x / step * step;
    const int right = std::min((int(film.right()) + step - 1) / step * step, 1280);
    return found->x == left && found->right() >= right - 1 && found->right() <= right &&
           found->y == film.y && film.height - found->height <= 1 &&
           found->height <= film.height;
}

// Wherever it lies on the grid that is looked at, and whatever its size.
void a_film_is_found_where_it_is(void**) {
    for (const auto& film : {ui::Rect{320, 192, 640, 352}, ui::Rect{301, 177, 640, 360},
                             ui::Rect{333, 211, 427, 241}, ui::Rect{0, 0, 200, 150},
                             ui::Rect{1280 - 321, 800 - 201, 321, 201},
                             ui::Rect{0, 0, 1280, 800}, ui::Rect{77, 99, 161, 129}}) {
        Desktop desktop;
        assert_true(is_film(desktop.play(film), film));
        const auto place = desktop.finder.place();
        for (int i = 0; i < 40; ++i)
            assert_true(desktop.play(film, 1) == place);
    }
}

void it_takes_some_pictures_until_one_is_believed(void**) {
    Desktop desktop;
    assert_false(desktop.play({320, 192, 640, 352}, 4).has_value());
    assert_true(desktop.play({320, 192, 640, 352}, 2).has_value());
}

// A caret blinks beside it, a clock goes on: they belong to no film, and change nothing.
void what_else_changes_is_left_alone(void**) {
    const ui::Rect film{400, 300, 480, 272};
    Desktop desktop;
    std::optional<ui::Rect> found;
    for (int i = 0; i < 30; ++i) {
        desktop.fill({110, 100, 2, 15}, i % 2 == 0 ? 0x101010 : 0xFFFFFF);
        desktop.fill({386, 400, 12, 9}, i % 2 == 0 ? 0x101010 : 0xFFFFFF);
        desktop.fill({1200, 4, 60, 14}, i % 2 == 0 ? 0x204A87 : 0xFFFFFF);
        found = desktop.play(film, 1);
    }
    assert_true(is_film(found, film));
}

void text_that_scrolls_is_no_film(void**) {
    Desktop desktop;
    for (int i = 0; i < 40; ++i) {
        desktop.surface = test::screen(i);
        assert_false(desktop.update().has_value());
    }
}

void plain_areas_that_flicker_are_no_film(void**) {
    Desktop desktop;
    for (int i = 0; i < 40; ++i) {
        desktop.fill(desktop.surface->bounds(), i % 2 == 0 ? 0xFFFFFF : 0x000000);
        assert_false(desktop.update().has_value());
    }
}

void an_icon_is_no_film(void**) {
    Desktop desktop;
    assert_false(desktop.play({320, 192, 64, 64}, 40).has_value());
}

void one_that_ends_is_forgotten(void**) {
    const ui::Rect film{320, 192, 640, 352};
    Desktop desktop;
    assert_true(desktop.play(film).has_value());
    for (int i = 0; i < enough; ++i) {
        desktop.fill({110, 100, 2, 15}, i % 2 == 0 ? 0x101010 : 0xFFFFFF);
        assert_false(desktop.update().has_value());
    }
    assert_false(desktop.finder.place().has_value());
}

void one_that_moves_or_grows_is_followed(void**) {
    Desktop desktop;
    for (const auto& film : {ui::Rect{100, 100, 320, 240}, ui::Rect{700, 400, 320, 240},
                             ui::Rect{0, 0, 1280, 800}, ui::Rect{200, 200, 320, 240}})
        assert_true(is_film(desktop.play(film, 30), film));
}

// A few pixels of a film, and it does not pay to send a picture.
void little_that_changes_is_left_to_others(void**) {
    const ui::Rect film{320, 192, 640, 352};
    Desktop desktop;
    assert_true(desktop.play(film).has_value());
    desktop.fill({400, 250, 90, 20}, 0xFFFFFF);
    assert_false(desktop.update().has_value());
    assert_true(desktop.play(film, 1).has_value());
}

void another_part_is_another_beginning(void**) {
    const ui::Rect film{320, 192, 640, 352};
    Desktop desktop;
    assert_true(desktop.play(film).has_value());
    const ui::Rect part{300, 180, 400, 300};
    ui::Region damage(part);
    const auto& frame = *desktop.capture.frame();
    assert_false(desktop.finder.find(frame, part, damage).has_value());
    for (int i = 0; i < enough; ++i)
        desktop.finder.find(frame, part, damage);
    assert_true(desktop.finder.place() && part.contains(*desktop.finder.place()));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_film_is_found_where_it_is),
        cmocka_unit_test(it_takes_some_pictures_until_one_is_believed),
        cmocka_unit_test(what_else_changes_is_left_alone),
        cmocka_unit_test(text_that_scrolls_is_no_film),
        cmocka_unit_test(plain_areas_that_flicker_are_no_film),
        cmocka_unit_test(an_icon_is_no_film),
        cmocka_unit_test(one_that_ends_is_forgotten),
        cmocka_unit_test(one_that_moves_or_grows_is_followed),
        cmocka_unit_test(little_that_changes_is_left_to_others),
        cmocka_unit_test(another_part_is_another_beginning),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
