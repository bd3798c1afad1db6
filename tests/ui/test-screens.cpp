// Which layouts of screens there can be, and what a display makes of them.
#include "ui/screens.hpp"

#include "ui/display.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::ui;

namespace {

const Screen left{7, {0, 0, 60, 80}, 0}, right{9, {60, 0, 40, 80}, 5};

void layouts_are_checked(void**) {
    struct Row {
        std::vector<Screen> screens;
        std::optional<ErrorKind> error;
    };
    std::vector<Screen> most, too_many;
    for (std::uint32_t id = 0; id <= max_screens; ++id) {
        if (id < max_screens)
            most.push_back({id, {int(id), 0, 1, 1}, 0});
        too_many.push_back({id, {int(id), 0, 1, 1}, 0});
    }
    const Row rows[] = {
        {{left}, {}},
        {{left, right}, {}},
        {{left, {1, {0, 0, 100, 80}, 0}}, {}}, // one over the other
        {most, {}},
        {too_many, ErrorKind::limit},
        {{}, ErrorKind::invalid_argument},
        {{left, {7, {60, 0, 40, 80}, 0}}, ErrorKind::invalid_argument},
        {{{0, {0, 0, 0, 80}, 0}}, ErrorKind::invalid_argument},
        {{{0, {0, 0, 100, 0}, 0}}, ErrorKind::invalid_argument},
        {{{0, {0, 0, 101, 80}, 0}}, ErrorKind::invalid_argument},
        {{{0, {1, 1, 100, 80}, 0}}, ErrorKind::invalid_argument},
        {{{0, {-1, 0, 10, 80}, 0}}, ErrorKind::invalid_argument},
        {{{0, {65535, 65535, 65535, 65535}, 0}}, ErrorKind::invalid_argument},
    };
    for (const auto& row : rows) {
        const auto result = check({100, 80, row.screens});
        assert_int_equal(result.has_value(), !row.error);
        if (row.error)
            assert_true(result.error().kind == *row.error);
    }
    assert_true(check(ScreenLayout::one(1, 1)).has_value());
    assert_false(check(ScreenLayout::one(0, 1)).has_value());
}

void a_wish_is_fulfilled_by_the_same_screens(void**) {
    const ScreenLayout both{100, 80, {left, right}};
    assert_true(fulfils(both, {100, 80, {right, left}}));
    assert_true(fulfils(both, {100, 80, {left, {9, right.area, 0}}}));
    assert_false(fulfils(both, {100, 80, {left}}));
    assert_false(fulfils(both, {100, 81, {left, right}}));
    assert_false(fulfils(both, {100, 80, {left, {8, right.area, 0}}}));
    assert_false(fulfils(both, {100, 80, {left, {9, {60, 0, 40, 79}, 0}}}));
    assert_true(fulfils(ScreenLayout::one(5, 5), {5, 5, {{3, {0, 0, 5, 5}, 0}}}));
    assert_false(fulfils(ScreenLayout::one(5, 5), {5, 5, {{0, {0, 0, 5, 4}, 0}}}));
}

struct Listener final : DisplayListener {
    Listener() {
        display.add_listener(*this);
        display.set_surface(*Surface::create(100, 80));
        (void)take();
    }
    ~Listener() { display.remove_listener(*this); }
    void display_changed() noexcept override { ++calls; }
    ScreenLayout take() { return layout_of(display.take_changes(*this)); }
    int calls = 0;
    Display display;
};

void a_display_has_one_screen_unless_it_says_otherwise(void**) {
    Listener listener;
    auto& display = listener.display;
    assert_true(listener.take() == ScreenLayout::one(100, 80));
    listener.calls = 0;
    assert_true(display.set_screens({left, right}).has_value());
    assert_int_equal(listener.calls, 1);
    const ScreenLayout both{100, 80, {left, right}};
    assert_true(listener.take() == both);
    // A page flip, and another size.
    display.set_surface(*Surface::create(100, 80));
    assert_true(listener.take() == both);
    display.set_surface(*Surface::create(100, 90));
    assert_true(listener.take() == ScreenLayout::one(100, 90));
    assert_true(display.set_surface(*Surface::create(100, 80), {right}).has_value());
    assert_true(listener.take() == (ScreenLayout{100, 80, {right}}));
    display.set_surface(nullptr);
    assert_true(listener.take() == ScreenLayout::one(640, 480));
}

void screens_that_do_not_fit_change_nothing(void**) {
    Listener listener;
    auto& display = listener.display;
    listener.calls = 0;
    assert_false(display.set_screens({left, left}).has_value());
    assert_false(display.set_screens({}).has_value());
    assert_false(
        display.set_surface(*Surface::create(70, 80), {left, right}).has_value());
    assert_int_equal(listener.calls, 0);
    assert_true(listener.take() == ScreenLayout::one(100, 80));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(layouts_are_checked),
        cmocka_unit_test(a_wish_is_fulfilled_by_the_same_screens),
        cmocka_unit_test(a_display_has_one_screen_unless_it_says_otherwise),
        cmocka_unit_test(screens_that_do_not_fit_change_nothing),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
