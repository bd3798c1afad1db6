// Pictures, parts of pictures and sizes in every order, and what the display then shows.
#include "ui/dbus/screen.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <climits>
#include <vector>

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::dbus;

namespace {

constexpr std::uint32_t xrgb = PIXMAN_x8r8g8b8;

/// A screen, its display as a server sees it, and how often its size was asked for.
struct World final : ui::DisplayListener {
    World() { display->add_listener(*this), take(); }
    ~World() { display->remove_listener(*this); }
    void display_changed() noexcept override {}
    ui::DisplayChanges take() { return display->take_changes(*this); }
    Size size() {
        const auto surface = take().surface;
        return {std::uint32_t(surface->width()), std::uint32_t(surface->height())};
    }
    std::uint32_t pixel(int x, int y) {
        std::uint32_t scratch = 0;
        return take().surface->read_row(x, y, 1, &scratch)[0] & 0xFFFFFF;
    }
    Result<void> scanout(std::uint32_t width, std::uint32_t height,
                         std::uint32_t colour) {
        const std::vector<std::uint32_t> pixels(std::size_t(width) * height, colour);
        return screen.scanout({width, height, width * 4, xrgb},
                              std::as_bytes(std::span(pixels)));
    }
    Result<void> update(int x, int y, std::uint32_t width, std::uint32_t height,
                        std::uint32_t colour) {
        const std::vector<std::uint32_t> pixels(std::size_t(width) * height, colour);
        return screen.update(x, y, {width, height, width * 4, xrgb},
                             std::as_bytes(std::span(pixels)));
    }

    std::shared_ptr<ui::Display> display = std::make_shared<ui::Display>();
    int asked = 0;
    Screen screen{display, [this] { ++asked; }};
};

void shows_a_whole_picture(void**) {
    World world;
    assert_true(world.scanout(8, 6, 0x123456).has_value());
    const auto changes = world.take();
    assert_true(changes.surface_changed);
    assert_int_equal(changes.surface->width(), 8);
    assert_int_equal(changes.surface->height(), 6);
    assert_int_equal(world.pixel(7, 5), 0x123456);
}

void keeps_the_surface_of_a_picture_of_the_same_size(void**) {
    World world;
    assert_true(world.scanout(8, 6, 1).has_value());
    world.take();
    assert_true(world.scanout(8, 6, 2).has_value());
    const auto changes = world.take();
    assert_false(changes.surface_changed);
    assert_true(changes.damage == ui::Region(ui::Rect{0, 0, 8, 6}));
    assert_int_equal(world.pixel(7, 5), 2);
}

void draws_a_part_where_it_belongs(void**) {
    World world;
    assert_true(world.scanout(8, 6, 1).has_value());
    world.take();
    assert_true(world.update(2, 3, 4, 2, 9).has_value());
    const auto changes = world.take();
    assert_false(changes.surface_changed);
    assert_true(changes.damage == ui::Region(ui::Rect{2, 3, 4, 2}));
    for (int y = 0; y < 6; ++y)
        for (int x = 0; x < 8; ++x)
            assert_int_equal(world.pixel(x, y),
                             ui::Rect({2, 3, 4, 2}).contains(x, y) ? 9 : 1);
}

void understands_every_format_and_strides_with_padding(void**) {
    World world;
    const std::uint8_t red_565[] = {0x00, 0xF8, 0xAA, 0xAA, 0x1F, 0x00};
    assert_true(
        world.screen.scanout({1, 2, 4, PIXMAN_r5g6b5}, std::as_bytes(std::span(red_565)))
            .has_value());
    assert_int_equal(world.pixel(0, 0), 0xFF0000);
    assert_int_equal(world.pixel(0, 1), 0x0000FF);
    const std::uint8_t bgr[] = {0x33, 0x22, 0x11};
    assert_true(
        world.screen.update(0, 1, {1, 1, 4, PIXMAN_r8g8b8}, std::as_bytes(std::span(bgr)))
            .has_value());
    assert_int_equal(world.pixel(0, 1), 0x112233);
}

void coalesces_many_small_updates(void**) {
    World world;
    assert_true(world.scanout(64, 64, 1).has_value());
    world.take();
    for (int i = 0; i < 1000; ++i)
        assert_true(world.update(i % 64, 10, 1, 1, 2).has_value());
    assert_true(world.take().damage == ui::Region(ui::Rect{0, 10, 64, 1}));
}

// Another surface that is announced by nothing but its parts: 640 x 480 -> 720 x 400.
void grows_with_parts_and_shrinks_with_the_properties(void**) {
    World world;
    world.screen.set_console_size({640, 480});
    assert_true(world.scanout(640, 480, 1).has_value());
    assert_int_equal(world.asked, 0);
    assert_true(world.update(0, 0, 720, 16, 2).has_value());
    assert_true((world.size() == Size{720, 480}));
    assert_int_equal(world.asked, 1);
    assert_int_equal(world.pixel(719, 15), 2);
    assert_int_equal(world.pixel(0, 16), 1); // what was there
    assert_int_equal(world.pixel(719, 16), 0);
    world.screen.set_console_size({720, 400});
    assert_true((world.size() == Size{720, 400}));
    assert_int_equal(world.pixel(719, 15), 2);
    for (int y = 16; y < 400; y += 16)
        assert_true(world.update(0, y, 720, 16, 3).has_value());
    assert_true((world.size() == Size{720, 400}));
    assert_int_equal(world.pixel(719, 399), 3);
    assert_int_equal(world.asked, 1);
}

void takes_the_size_of_properties_that_come_first(void**) {
    World world;
    assert_true(world.scanout(640, 480, 1).has_value());
    world.screen.set_console_size({720, 400});
    assert_true((world.size() == Size{720, 400}));
    assert_true(world.update(0, 384, 720, 16, 2).has_value());
    assert_true((world.size() == Size{720, 400}));
    assert_int_equal(world.pixel(719, 399), 2);
    assert_int_equal(world.asked, 0);
}

// An old picture after the news of the new size, then only parts of the new one.
void asks_when_a_picture_and_the_properties_differ(void**) {
    World world;
    world.screen.set_console_size({800, 600});
    assert_true(world.scanout(800, 600, 1).has_value());
    world.screen.set_console_size({640, 480});
    assert_true(world.scanout(800, 600, 1).has_value());
    assert_int_equal(world.asked, 1);
    assert_true(world.update(0, 0, 640, 16, 2).has_value());
    assert_true((world.size() == Size{800, 600}));
    world.screen.set_console_size({640, 480}); // the answer
    assert_true((world.size() == Size{640, 480}));
    assert_int_equal(world.pixel(639, 15), 2);
}

void asks_once_until_it_is_answered(void**) {
    World world;
    world.screen.set_console_size({100, 100});
    assert_true(world.scanout(10, 10, 1).has_value());
    assert_true(world.scanout(20, 10, 1).has_value());
    assert_int_equal(world.asked, 1);
    world.screen.set_console_size({}); // it could not be asked
    assert_true((world.size() == Size{20, 10}));
    assert_true(world.scanout(10, 20, 1).has_value());
    assert_int_equal(world.asked, 2);
}

void loses_nothing_to_news_that_are_old(void**) {
    World world;
    assert_true(world.scanout(800, 600, 7).has_value());
    world.screen.set_console_size({640, 480});
    assert_true((world.size() == Size{640, 480}));
    world.screen.set_console_size({800, 600});
    assert_true((world.size() == Size{800, 600}));
    assert_int_equal(world.pixel(799, 599), 7);
}

void prefers_the_console_size_to_the_part_it_holds(void**) {
    World world;
    world.screen.set_console_size({1024, 768});
    assert_true(world.update(0, 0, 1024, 16, 3).has_value()); // nothing before it
    assert_true((world.size() == Size{1024, 768}));
    assert_true(world.scanout(640, 480, 1).has_value());
    assert_true(world.update(0, 700, 16, 16, 3).has_value());
    assert_true((world.size() == Size{1024, 768}));
}

void ignores_sizes_that_no_surface_can_have(void**) {
    World world;
    assert_true(world.scanout(8, 6, 1).has_value());
    const Size sizes[] = {{0, 0}, {0, 6}, {8, 0}, {16385, 1}, {UINT_MAX, UINT_MAX}};
    for (const auto& size : sizes)
        world.screen.set_console_size(size);
    assert_true((world.size() == Size{8, 6}));
}

void refuses_wrong_pictures_and_keeps_what_it_had(void**) {
    World world;
    assert_true(world.scanout(8, 6, 5).has_value());
    world.take();
    const std::vector<std::byte> bytes(16);
    assert_false(world.screen.scanout({2, 2, 7, xrgb}, bytes).has_value());
    assert_false(world.screen.scanout({0, 0, 0, xrgb}, bytes).has_value());
    assert_false(world.screen.scanout({16384, 16384, 65536, xrgb}, bytes).has_value());
    assert_false(world.screen.update(0, 0, {0, 1, 4, xrgb}, bytes).has_value());
    assert_false(world.screen.update(-1, 0, {1, 1, 4, xrgb}, bytes).has_value());
    assert_false(world.screen.update(0, INT_MIN, {1, 1, 4, xrgb}, bytes).has_value());
    assert_false(world.screen.update(16384, 0, {1, 1, 4, xrgb}, bytes).has_value());
    assert_false(
        world.screen.update(INT_MAX, INT_MAX, {1, 1, 4, xrgb}, bytes).has_value());
    const auto changes = world.take();
    assert_true(changes.damage.empty());
    assert_false(changes.surface_changed);
    assert_true((world.size() == Size{8, 6}));
}

void shows_the_placeholder_when_disabled(void**) {
    World world;
    assert_true(world.scanout(8, 6, 5).has_value());
    world.screen.disable();
    assert_true((world.size() == Size{640, 480}));
    world.screen.set_console_size({800, 600});
    assert_true((world.size() == Size{640, 480}));
    assert_true(world.update(0, 0, 8, 8, 4).has_value());
    assert_true((world.size() == Size{800, 600}));
}

UniqueFd shared_memory(std::uint32_t pixel) {
    UniqueFd fd(memfd_create("screen", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    const std::vector<std::uint32_t> pixels(16, pixel);
    const auto written = write(fd.get(), pixels.data(), 64);
    return written == 64 && fcntl(fd.get(), F_ADD_SEALS, F_SEAL_SHRINK) == 0
               ? std::move(fd)
               : UniqueFd();
}

void shows_shared_memory_and_its_changes(void**) {
    World world;
    assert_false(world.screen.update_map({0, 0, 1, 1}).has_value());
    assert_true(
        world.screen.scanout_map(shared_memory(8), 0, {4, 4, 16, xrgb}).has_value());
    assert_true((world.size() == Size{4, 4}));
    assert_int_equal(world.pixel(3, 3), 8);
    world.screen.set_console_size({640, 480}); // the memory knows better
    assert_true((world.size() == Size{4, 4}));
    assert_true(world.screen.update_map({2, 2, 100, 100}).has_value());
    assert_true(world.take().damage == ui::Region(ui::Rect{2, 2, 2, 2}));
    assert_true(
        world.screen.update_map({INT_MIN, INT_MIN, INT_MAX, INT_MAX}).has_value());
    assert_true(world.screen.update_map({-1, -1, -1, -1}).has_value());
    assert_true(world.take().damage.empty());
}

void goes_on_with_pixels_of_its_own_after_shared_memory(void**) {
    World world;
    world.screen.set_console_size({6, 4});
    assert_true(
        world.screen.scanout_map(shared_memory(8), 0, {4, 4, 16, xrgb}).has_value());
    assert_true(world.update(5, 0, 1, 1, 9).has_value());
    assert_true((world.size() == Size{6, 4}));
    assert_int_equal(world.pixel(5, 0), 9);
    assert_int_equal(world.pixel(3, 3), 8);
    assert_false(world.screen.update_map({0, 0, 1, 1}).has_value());
    assert_false(world.screen.scanout_map(UniqueFd(), 0, {4, 4, 16, xrgb}).has_value());
    assert_true((world.size() == Size{6, 4}));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(shows_a_whole_picture),
        cmocka_unit_test(keeps_the_surface_of_a_picture_of_the_same_size),
        cmocka_unit_test(draws_a_part_where_it_belongs),
        cmocka_unit_test(understands_every_format_and_strides_with_padding),
        cmocka_unit_test(coalesces_many_small_updates),
        cmocka_unit_test(grows_with_parts_and_shrinks_with_the_properties),
        cmocka_unit_test(takes_the_size_of_properties_that_come_first),
        cmocka_unit_test(asks_when_a_picture_and_the_properties_differ),
        cmocka_unit_test(asks_once_until_it_is_answered),
        cmocka_unit_test(loses_nothing_to_news_that_are_old),
        cmocka_unit_test(prefers_the_console_size_to_the_part_it_holds),
        cmocka_unit_test(ignores_sizes_that_no_surface_can_have),
        cmocka_unit_test(refuses_wrong_pictures_and_keeps_what_it_had),
        cmocka_unit_test(shows_the_placeholder_when_disabled),
        cmocka_unit_test(shows_shared_memory_and_its_changes),
        cmocka_unit_test(goes_on_with_pixels_of_its_own_after_shared_memory),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
