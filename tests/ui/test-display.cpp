// The display between an emulator's threads and a server's.
#include "ui/display.hpp"

#include <atomic>
#include <random>
#include <vector>

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::ui;

namespace {

struct CountingListener final : DisplayListener {
    std::atomic<int> calls = 0;
    void display_changed() noexcept override { ++calls; }
};

Cursor arrow(int width) {
    return *Cursor::make(width, 1, 0, 0,
                         std::vector<std::uint32_t>(std::size_t(width), 0xFFFFFFFF));
}

/// A display whose listener has taken all there was.
struct Fixture {
    Display display;
    CountingListener listener;

    Fixture() {
        display.add_listener(listener);
        display.take_changes(listener);
        listener.calls = 0;
    }
    ~Fixture() { display.remove_listener(listener); }
};

// V-24: before the first surface there is something to show
void shows_a_black_placeholder_at_first(void**) {
    Display display;
    CountingListener listener;
    display.add_listener(listener);
    assert_int_equal(listener.calls, 1);
    const auto changes = display.take_changes(listener);
    assert_true(changes.surface_changed && !changes.cursor_changed);
    assert_true(changes.surface->bounds() == (Rect{0, 0, 640, 480}));
    assert_true(changes.damage == Region(changes.surface->bounds()));
    std::uint32_t scratch[640];
    for (int x = 0; x < 640; ++x)
        assert_int_equal(changes.surface->read_row(0, 479, 640, scratch)[x], 0);
    display.remove_listener(listener);
}

// V-24: a listener that comes later starts with everything
void a_new_listener_gets_the_whole_state(void**) {
    Display display;
    const std::shared_ptr<const Surface> surface = *Surface::create(10, 20);
    display.set_surface(surface);
    display.set_cursor(arrow(3));
    assert_true(display.set_name("box").has_value());
    for (int round = 0; round < 2; ++round) {
        CountingListener listener;
        display.add_listener(listener);
        assert_int_equal(listener.calls, 1);
        const auto changes = display.take_changes(listener);
        assert_true(changes.surface_changed && changes.cursor_changed);
        assert_true(changes.name_changed && changes.name == "box");
        assert_ptr_equal(changes.surface.get(), surface.get());
        assert_true(changes.damage == Region(Rect{0, 0, 10, 20}));
        assert_true(*changes.cursor == arrow(3));
        display.remove_listener(listener);
    }
}

void calls_a_listener_once_until_the_changes_are_taken(void**) {
    Fixture fixture;
    for (int i = 0; i < 10; ++i)
        fixture.display.damage({i, 0, 1, 1});
    fixture.display.bell();
    assert_int_equal(fixture.listener.calls, 1);
    auto changes = fixture.display.take_changes(fixture.listener);
    assert_true(changes.damage == Region(Rect{0, 0, 10, 1}) && changes.bell);
    assert_false(changes.surface_changed || changes.cursor_changed ||
                 changes.name_changed);
    fixture.display.damage({0, 0, 1, 1});
    assert_int_equal(fixture.listener.calls, 2);
    changes = fixture.display.take_changes(fixture.listener);
    assert_true(changes.damage == Region(Rect{0, 0, 1, 1}) && !changes.bell);
    assert_true(fixture.display.take_changes(fixture.listener).damage.empty());
}

// V-21: damage never reaches outside the surface
void cuts_damage_to_the_surface(void**) {
    Fixture fixture;
    fixture.display.damage({640, 0, 10, 10});
    fixture.display.damage({-10, -10, 10, 10});
    fixture.display.damage({5, 5, 0, 10});
    fixture.display.damage({5, 5, -3, 10});
    assert_int_equal(fixture.listener.calls, 0);
    fixture.display.damage({630, 470, 1 << 30, 1 << 30});
    const auto changes = fixture.display.take_changes(fixture.listener);
    assert_true(changes.damage == Region(Rect{630, 470, 10, 10}));
}

void a_surface_change_damages_all_of_the_new_one(void**) {
    Fixture fixture;
    fixture.display.damage({600, 400, 10, 10});
    fixture.display.set_surface(*Surface::create(100, 50));
    auto changes = fixture.display.take_changes(fixture.listener);
    assert_true(changes.surface_changed);
    assert_true(changes.damage == Region(Rect{0, 0, 100, 50}));
    fixture.display.set_surface(changes.surface);
    changes = fixture.display.take_changes(fixture.listener);
    assert_true(changes.surface_changed);
    assert_true(changes.damage == Region(Rect{0, 0, 100, 50}));
    fixture.display.set_surface(nullptr);
    changes = fixture.display.take_changes(fixture.listener);
    assert_true(changes.surface->bounds() == (Rect{0, 0, 640, 480}));
}

void the_latest_state_wins(void**) {
    Fixture fixture;
    for (int i = 1; i <= 5; ++i) {
        fixture.display.set_surface(*Surface::create(i, i));
        fixture.display.set_cursor(arrow(i));
        assert_true(fixture.display.set_name(std::to_string(i)).has_value());
    }
    auto changes = fixture.display.take_changes(fixture.listener);
    assert_int_equal(changes.surface->width(), 5);
    assert_int_equal(changes.cursor->width(), 5);
    assert_true(changes.name == "5");
    fixture.display.set_cursor(std::nullopt);
    changes = fixture.display.take_changes(fixture.listener);
    assert_true(changes.cursor_changed && !changes.cursor && !changes.surface_changed);
    assert_true(changes.name == "5" && changes.surface->width() == 5);
}

// V-20: names at and beyond the limit
void keeps_the_name_if_the_new_one_cannot_be_sent(void**) {
    Fixture fixture;
    for (const std::size_t size : {0u, 1u, 1017u, 1018u, 1024u})
        assert_true(fixture.display.set_name(std::string(size, 'n')).has_value());
    const auto too_long = fixture.display.set_name(std::string(1025, 'x'));
    assert_true(too_long.error().kind == ErrorKind::limit);
    assert_false(fixture.display.set_name("\xFF").has_value());
    const auto changes = fixture.display.take_changes(fixture.listener);
    assert_true(changes.name == std::string(1024, 'n'));
}

void damage_of_many_pieces_stays_bounded(void**) {
    Fixture fixture;
    std::mt19937 random(4);
    Region all;
    for (int i = 0; i < 3000; ++i) {
        const Rect piece{int(random() % 640), int(random() % 480), 1, 1};
        fixture.display.damage(piece);
        all.add(piece);
    }
    const auto changes = fixture.display.take_changes(fixture.listener);
    assert_true(changes.damage.count() <= 256);
    all.subtract(changes.damage);
    assert_true(all.empty());
}

void listeners_are_independent(void**) {
    Fixture fixture;
    CountingListener other;
    fixture.display.add_listener(other);
    fixture.display.take_changes(other);
    fixture.display.damage({0, 0, 2, 2});
    fixture.display.take_changes(fixture.listener);
    fixture.display.damage({4, 0, 2, 2});
    assert_int_equal(fixture.display.take_changes(other).damage.count(), 2);
    assert_int_equal(fixture.display.take_changes(fixture.listener).damage.count(), 1);
    assert_int_equal(other.calls, 2);
    fixture.display.remove_listener(other);
    fixture.display.damage({8, 0, 2, 2});
    assert_int_equal(other.calls, 2);
    assert_int_equal(fixture.listener.calls, 3);
}

void an_old_surface_is_given_back(void**) {
    Fixture fixture;
    auto surface = *Surface::create(4, 4);
    const std::weak_ptr<const Surface> watch = surface;
    fixture.display.set_surface(std::move(surface));
    fixture.display.take_changes(fixture.listener);
    assert_false(watch.expired());
    fixture.display.set_surface(nullptr);
    assert_true(watch.expired());
}

struct NoInput final : InputSink {
    void key(const KeyEvent&) override {}
    void pointer(const PointerEvent&) override {}
    void cut_text(std::string) override {}
    ResizeAnswer resize_request(int, int) override { return ResizeAnswer::prohibited; }
};

void remembers_who_gets_the_input(void**) {
    Display display;
    NoInput sink;
    assert_null(display.input());
    display.set_input(&sink);
    assert_ptr_equal(display.input(), &sink);
    display.set_input(nullptr);
    assert_null(display.input());
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(shows_a_black_placeholder_at_first),
        cmocka_unit_test(a_new_listener_gets_the_whole_state),
        cmocka_unit_test(calls_a_listener_once_until_the_changes_are_taken),
        cmocka_unit_test(cuts_damage_to_the_surface),
        cmocka_unit_test(a_surface_change_damages_all_of_the_new_one),
        cmocka_unit_test(the_latest_state_wins),
        cmocka_unit_test(keeps_the_name_if_the_new_one_cannot_be_sent),
        cmocka_unit_test(damage_of_many_pieces_stays_bounded),
        cmocka_unit_test(listeners_are_independent),
        cmocka_unit_test(an_old_surface_is_given_back),
        cmocka_unit_test(remembers_who_gets_the_input),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
