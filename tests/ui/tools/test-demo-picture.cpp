// The demo's picture: exact bars and squares, complete damage, any size.
#include "ui/tools/demo/picture.hpp"

#include <cstring>
#include <memory>
#include <vector>

#include "ui/surface.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::demo;

namespace {

struct Size {
    int width;
    int height;
};

constexpr Size sizes[] = {{160, 120},  {161, 139},  {320, 240},  {333, 777},
                          {640, 480},  {800, 600},  {1000, 656}, {1920, 1080},
                          {4000, 160}, {400, 3000}, {4000, 3000}};

/// A picture, the surface it is drawn on, and a time of its own.
struct Scene {
    Picture picture;
    std::shared_ptr<ui::Surface> surface;
    double seconds = 0;

    explicit Scene(Size size) : picture(size.width, size.height) { new_surface(size); }

    void new_surface(Size size) {
        surface = *ui::Surface::create(size.width, size.height);
    }

    void resize(Size size) {
        picture.resize(size.width, size.height);
        new_surface(size);
    }

    ui::Region tick(double step = 0.033) {
        seconds += step;
        const int second = int(seconds) % 60;
        const auto digits = std::to_string(100 + second).substr(1);
        picture.advance({seconds, second, "12:34:" + digits, "Tue  3 Jun 2025"});
        return picture.draw(*surface);
    }

    Colour pixel(int x, int y) const {
        std::uint32_t scratch;
        return *surface->read_row(x, y, 1, &scratch) & 0xFFFFFF;
    }

    std::vector<std::uint32_t> pixels() const {
        std::vector<std::uint32_t> all;
        std::vector<std::uint32_t> scratch(std::size_t(surface->width()));
        for (int y = 0; y < surface->height(); ++y) {
            const auto* row = surface->read_row(0, y, surface->width(), scratch.data());
            all.insert(all.end(), row, row + surface->width());
        }
        return all;
    }
};

/// How many pixels inside the rectangle have another colour.
int others(const Scene& scene, const ui::Rect& rect, Colour colour) {
    int count = 0;
    for (int y = rect.y; y < rect.bottom(); ++y)
        for (int x = rect.x; x < rect.right(); ++x)
            count += scene.pixel(x, y) != colour;
    return count;
}

int wrong_bar_pixels(const Scene& scene, int rows) {
    int count = 0;
    for (int i = 0; i < 8; ++i) {
        const int left = i * scene.surface->width() / 8;
        const int right = (i + 1) * scene.surface->width() / 8;
        count +=
            others(scene, {left, 0, right - left, rows}, bar_colours[std::size_t(i)]);
    }
    return count;
}

ui::Rect key_square(const Scene& scene) {
    return {20, scene.surface->height() - 60, 40, 40};
}

ui::Rect click_square(const Scene& scene) {
    return {80, scene.surface->height() - 60, 40, 40};
}

/// Changed pixels that are not in the damage.
int missed(const std::vector<std::uint32_t>& before, const Scene& scene,
           const ui::Region& damage) {
    int count = 0;
    const auto after = scene.pixels();
    const auto width = std::size_t(scene.surface->width());
    for (std::size_t i = 0; i < after.size(); ++i)
        count +=
            before[i] != after[i] && !damage.contains(int(i % width), int(i / width));
    return count;
}

std::int64_t area(const ui::Region& region) {
    std::int64_t pixels = 0;
    for (const auto& rect : region.rectangles())
        pixels += std::int64_t(rect.width) * rect.height;
    return pixels;
}

/// Some of everything that can happen, different in each step.
void stir(Scene& scene, int step) {
    const int width = scene.surface->width(), height = scene.surface->height();
    if (step % 3 == 0)
        scene.picture.press_key(step % 9 == 6 ? 0xFF08U : 0x61U + unsigned(step));
    if (step % 4 == 1)
        scene.picture.press_key(0xFF0D);
    scene.picture.move_pointer(
        {step * 97 % width, step * 61 % height, std::uint16_t(step % 5 == 0 ? 1 : 0)});
}

void a_disc_is_drawn_up_to_its_edge(void**) {
    const auto surface = *ui::Surface::create(40, 40);
    Painter(*surface, surface->bounds()).draw(Stroke{{20, 20}, {20, 20}, 10}, 0xFFFFFF);
    std::uint32_t scratch;
    for (const auto& [x, y] : {std::pair{10, 20}, {29, 20}, {20, 10}, {20, 29}})
        assert_true((*surface->read_row(x, y, 1, &scratch) & 0xFF) > 0xF0);
    for (const auto& [x, y] : {std::pair{9, 20}, {30, 20}, {20, 9}, {11, 11}})
        assert_true((*surface->read_row(x, y, 1, &scratch) & 0xFF) < 0x10);
}

void shows_the_bars_in_full_colour(void**) {
    Scene scene({800, 600});
    (void)scene.tick();
    assert_int_equal(wrong_bar_pixels(scene, 80), 0);
    assert_int_equal(scene.pixel(0, 0), 0xC0C0C0);
    assert_int_equal(scene.pixel(150, 79), 0xC0C000);
    assert_int_equal(scene.pixel(699, 40), 0x0000C0);
    assert_int_equal(scene.pixel(700, 40), 0x000000);
    assert_int_not_equal(scene.pixel(40, 80), 0xC0C0C0);
}

void shows_keys_as_colours(void**) {
    Scene scene({800, 600});
    (void)scene.tick();
    assert_int_equal(others(scene, {20, 540, 40, 40}, 0x303030), 0);
    for (const std::uint32_t keysym : {0x71U, 0x41U, 0xFF0DU, 0xFF08U, 0x1000394U, 0U}) {
        scene.picture.press_key(keysym);
        (void)scene.tick();
        const Colour colour =
            (keysym * 37 & 255) << 16 | (keysym * 73 & 255) << 8 | (keysym * 151 & 255);
        assert_int_equal(others(scene, {20, 540, 40, 40}, colour), 0);
    }
}

void shows_clicks_as_colours(void**) {
    Scene scene({800, 600});
    (void)scene.tick();
    assert_int_equal(others(scene, {80, 540, 40, 40}, 0x303030), 0);
    scene.picture.move_pointer({511, 333, 0});
    scene.picture.move_pointer({511, 333, 4});
    scene.picture.move_pointer({520, 340, 4}); // no press, a movement
    scene.picture.move_pointer({520, 340, 0});
    (void)scene.tick();
    assert_int_equal(others(scene, {80, 540, 40, 40}, 0xFF4DF0), 0);
    scene.picture.move_pointer({1, 2, 1});
    scene.picture.move_pointer({3, 4, 3}); // another button joins
    (void)scene.tick();
    assert_int_equal(others(scene, {80, 540, 40, 40}, 0x0304B4), 0);
}

void damage_holds_every_changed_pixel(void**) {
    for (const Size size : {sizes[0], sizes[3], sizes[5], sizes[6]}) {
        Scene scene(size);
        (void)scene.tick();
        for (int step = 0; step < 90; ++step) {
            const auto before = scene.pixels();
            stir(scene, step);
            const auto damage = scene.tick(step % 20 == 19 ? 1.0 : 0.033);
            assert_int_equal(missed(before, scene, damage), 0);
        }
    }
}

void damage_is_small(void**) {
    Scene scene({800, 600});
    assert_int_equal(area(scene.tick()), 800 * 600);
    for (int step = 0; step < 60; ++step)
        assert_true(area(scene.tick()) < 800 * 600 / 16);
    (void)scene.tick(0);
    assert_true(area(scene.tick(0)) < 800 * 600 / 32);
}

void a_picture_drawn_in_pieces_is_the_picture_drawn_at_once(void**) {
    for (const Size size : {sizes[2], sizes[5], sizes[6]}) {
        Scene pieces(size), whole(size);
        (void)pieces.tick();
        // The other one draws nothing until the end.
        whole.picture.advance({0.033, 0, "12:34:00", "Tue  3 Jun 2025"});
        whole.seconds = 0.033;
        for (int step = 0; step < 40; ++step) {
            stir(pieces, step);
            (void)pieces.tick();
            stir(whole, step);
            whole.seconds += 0.033;
            const auto digits = std::to_string(100 + int(whole.seconds)).substr(1);
            whole.picture.advance({whole.seconds, int(whole.seconds), "12:34:" + digits,
                                   "Tue  3 Jun 2025"});
        }
        (void)whole.picture.draw(*whole.surface);
        assert_true(pieces.pixels() == whole.pixels());
    }
}

void nothing_is_drawn_over_bars_and_squares(void**) {
    for (const Size size : sizes) {
        Scene scene(size);
        (void)scene.tick();
        scene.picture.press_key('q');
        scene.picture.move_pointer({7, 9, 1});
        // A thick trail from corner to corner, through the bars and the squares.
        for (const auto& [x, y] : {std::pair{0, 0},
                                   {40, size.height - 40},
                                   {100, size.height - 40},
                                   {size.width - 1, 40}})
            scene.picture.move_pointer({x, y, 1});
        (void)scene.tick();
        assert_int_equal(wrong_bar_pixels(scene, std::min(80, size.height - 60)), 0);
        assert_int_equal(others(scene, key_square(scene), key_colour('q')), 0);
        assert_int_equal(others(scene, click_square(scene), click_colour({7, 9, 1})), 0);
    }
}

void a_new_size_keeps_what_was_typed_and_clicked(void**) {
    Scene scene({800, 600});
    (void)scene.tick();
    scene.picture.press_key('7');
    scene.picture.move_pointer({300, 400, 1});
    for (const Size size : sizes) {
        scene.resize(size);
        const auto damage = scene.tick();
        assert_true(damage == ui::Region(ui::Rect{0, 0, size.width, size.height}));
        assert_int_equal(others(scene, key_square(scene), key_colour('7')), 0);
        assert_int_equal(others(scene, click_square(scene), click_colour({300, 400, 1})),
                         0);
    }
    scene.resize({800, 600});
    (void)scene.tick();
    Scene untyped({800, 600});
    (void)untyped.tick();
    untyped.picture.resize(800, 600);
    untyped.seconds = scene.seconds - 0.033;
    (void)untyped.tick();
    assert_true(scene.pixels() != untyped.pixels()); // the typed text is there again
}

void input_outside_the_picture_is_harmless(void**) {
    Scene scene({160, 120});
    scene.picture.move_pointer({-5, 70000, 0xFFFF});
    scene.picture.move_pointer({65535, 65535, 0});
    const auto damage = scene.tick();
    assert_true(ui::Rect({0, 0, 160, 120}).contains(damage.bounds()));
}

void comes_to_rest_when_time_stands_still(void**) {
    Scene scene({800, 600});
    (void)scene.tick();
    scene.picture.move_pointer({300, 300, 0});
    (void)scene.tick(Trail::seconds_to_live);
    const auto damage = scene.tick(0);
    assert_true(area(damage) < 20000); // the ball's box at most
    assert_int_equal(missed(scene.pixels(), scene, damage), 0);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_disc_is_drawn_up_to_its_edge),
        cmocka_unit_test(shows_the_bars_in_full_colour),
        cmocka_unit_test(shows_keys_as_colours),
        cmocka_unit_test(shows_clicks_as_colours),
        cmocka_unit_test(damage_holds_every_changed_pixel),
        cmocka_unit_test(damage_is_small),
        cmocka_unit_test(a_picture_drawn_in_pieces_is_the_picture_drawn_at_once),
        cmocka_unit_test(nothing_is_drawn_over_bars_and_squares),
        cmocka_unit_test(a_new_size_keeps_what_was_typed_and_clicked),
        cmocka_unit_test(input_outside_the_picture_is_harmless),
        cmocka_unit_test(comes_to_rest_when_time_stands_still),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
