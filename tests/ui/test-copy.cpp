// What a display is told to have moved, and what is made of several movements.
#include "ui/copy.hpp"

#include <climits>

#include "ui/display.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::ui;

namespace {

using Copies = std::vector<Copy>;

Copies added(std::initializer_list<Copy> all) {
    Copies copies;
    for (const auto& copy : all)
        add_copy(copies, copy);
    return copies;
}

void movements_of_the_same_thing_add_up(void**) {
    // A window, dragged twice.
    assert_true(added({{{15, 12, 40, 30}, {10, 10}}, {{25, 10, 40, 30}, {15, 12}}}) ==
                (Copies{{{25, 10, 40, 30}, {10, 10}}}));
    // A text, scrolled twice: each time a part of it leaves.
    assert_true(added({{{0, 0, 80, 90}, {0, 10}}, {{0, 0, 80, 90}, {0, 10}}}) ==
                (Copies{{{0, 0, 80, 90}, {0, 20}}}));
    // Two things side by side.
    const Copy left{{0, 0, 10, 90}, {0, 10}}, right{{20, 0, 10, 90}, {20, 5}};
    assert_true(added({left, right}) == (Copies{left, right}));
    // A small part of what moved moves on; the rest of it may still be there.
    assert_true(added({{{0, 0, 80, 80}, {0, 5}}, {{50, 0, 10, 10}, {0, 0}}}) ==
                (Copies{{{0, 0, 80, 80}, {0, 5}}, {{50, 0, 10, 10}, {0, 5}}}));
}

void the_latest_are_kept(void**) {
    Copies copies;
    for (int i = 0; i < 100; ++i)
        add_copy(copies, {{i * 20, 0, 10, 10}, {i * 20, 10}});
    assert_int_equal(copies.size(), max_copies);
    assert_int_equal(copies.back().to.x, 99 * 20);
}

struct Listener final : DisplayListener {
    Listener() {
        display.add_listener(*this);
        display.set_surface(*Surface::create(100, 80));
        (void)take();
    }
    ~Listener() { display.remove_listener(*this); }
    void display_changed() noexcept override {}
    DisplayChanges take() { return display.take_changes(*this); }
    Display display;
};

void a_copy_is_damage_and_a_hint(void**) {
    Listener listener;
    listener.display.copy({10, 20, 30, 40}, {5, 25});
    const auto changes = listener.take();
    assert_true(changes.damage == Region({5, 25, 30, 40}));
    assert_true(changes.copies == (Copies{{{5, 25, 30, 40}, {10, 20}}}));
    assert_true(listener.take().copies.empty());
}

// Nothing is said of pixels that come from outside, or go there.
void what_is_outside_is_cut_off(void**) {
    Listener listener;
    struct Row {
        Rect source;
        Point destination;
        Region damage;
        Copies copies;
    };
    const Rect all{0, 0, 100, 80};
    const Row rows[] = {
        {{-10, 0, 30, 30}, {0, 5}, Rect{0, 5, 30, 30}, {{{10, 5, 20, 30}, {0, 0}}}},
        {{80, 60, 90, 90},
         {90, 70},
         Rect{90, 70, 10, 10},
         {{{90, 70, 10, 10}, {80, 60}}}},
        {{10, 10, 5, 5}, {-3, 10}, Rect{0, 10, 2, 5}, {{{0, 10, 2, 5}, {13, 10}}}},
        {{200, 0, 5, 5}, {0, 0}, Rect{0, 0, 5, 5}, {}},
        {{0, 0, 5, 5}, {200, 0}, {}, {}},
        {{3, 3, 5, 5}, {3, 3}, Rect{3, 3, 5, 5}, {}},
        {{3, 3, 0, 5}, {4, 4}, {}, {}},
        {{INT_MIN, INT_MIN, INT_MAX, INT_MAX}, {INT_MAX, INT_MAX}, {}, {}},
        {{INT_MIN, 0, INT_MAX, INT_MAX}, {0, 0}, all, {}},
        {{INT_MAX, 0, INT_MAX, INT_MAX}, {INT_MIN, INT_MIN}, {}, {}},
    };
    for (const auto& row : rows) {
        listener.display.copy(row.source, row.destination);
        const auto changes = listener.take();
        assert_true(changes.damage == row.damage);
        assert_true(changes.copies == row.copies);
    }
}

void a_new_surface_has_nothing_of_the_old_one(void**) {
    Listener listener;
    listener.display.copy({10, 20, 30, 40}, {5, 25});
    listener.display.set_surface(*Surface::create(100, 80));
    assert_true(listener.take().copies.empty());
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(movements_of_the_same_thing_add_up),
        cmocka_unit_test(the_latest_are_kept),
        cmocka_unit_test(a_copy_is_damage_and_a_hint),
        cmocka_unit_test(what_is_outside_is_cut_off),
        cmocka_unit_test(a_new_surface_has_nothing_of_the_old_one),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
