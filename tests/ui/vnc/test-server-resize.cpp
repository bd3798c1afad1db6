// Sizes end to end: changed by the emulator, and wished for by clients.
#include <chrono>

#include "tests/ui/vnc/world.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

/// A client that follows sizes, and has just seen the screens.
ClientPtr resizing_client(World& world, Over over = Over::pipe) {
    return world.watch({rfb::raw, rfb::extended_desktop_size}, over);
}

/// Asks for a size and waits for the answer.
RfbSize ask(RfbClient& client, int width, int height, unsigned screens = 1) {
    const auto before = client.sizes.size();
    client.send(rfb::set_desktop_size(width, height, screens));
    client.wait_for([&] { return client.sizes.size() > before; });
    return client.sizes.size() > before ? client.sizes.back() : RfbSize{};
}

/// Lets the pause between two wishes go by.
void let_the_pause_pass() {
    const Deadline over = deadline_after(std::chrono::milliseconds(120));
    run_until([&] { return milliseconds_left(over) == 0; }, nullptr,
              std::chrono::milliseconds(150));
}

/// With an id that says it is there: 0 is none to some clients.
bool is_one_screen(const RfbSize& size) {
    return size.screens ==
           std::vector<RfbScreen>{{1, 0, {0, 0, size.width, size.height}}};
}

void the_emulators_sizes_reach_all_clients(void**) {
    World world;
    const auto fixed = world.watch({rfb::raw});
    const auto old = world.watch({rfb::raw, rfb::desktop_size});
    const auto modern = resizing_client(world);
    for (const auto& [width, height] :
         {std::pair(100, 80), {33, 17}, {1, 1}, {640, 480}}) {
        world.show(width, height);
        drain();
        for (const auto& client : {&fixed, &old, &modern})
            assert_true((*client)->sync());
        assert_true(old->shows(*world.surface));
        assert_true(modern->shows(*world.surface));
        assert_int_equal(modern->sizes.back().reason, 0);
        assert_int_equal(modern->sizes.back().status, 0);
        assert_true(is_one_screen(modern->sizes.back()));
        assert_int_equal(old->sizes.back().encoding, rfb::desktop_size);
    }
    assert_true(fixed->sizes.empty());
    assert_int_equal(fixed->width(), 64);
}

// O-13: the largest size there is, and one row of it
void the_largest_sizes_arrive(void**) {
    World world;
    const auto client = world.watch({rfb::zlib, rfb::extended_desktop_size});
    for (const auto& [width, height] :
         {std::pair(ui::max_surface_dimension, 1), {1, ui::max_surface_dimension}}) {
        world.show(width, height);
        drain();
        assert_true(client->sync());
        assert_true(client->shows(*world.surface));
    }
}

// P-RFB-17: noVNC waits for the answer before it asks again, so there always is one
void every_answer_of_the_emulator_reaches_the_client(void**) {
    struct Row {
        ui::ResizeAnswer answer;
        int status;
    };
    for (const auto& row :
         {Row{ui::ResizeAnswer::prohibited, 1},
          Row{ui::ResizeAnswer::out_of_resources, 2}, Row{ui::ResizeAnswer::invalid, 3},
          Row{ui::ResizeAnswer::accepted, 4}}) {
        World world;
        world.emulator.answer = row.answer;
        const auto client = resizing_client(world);
        const auto size = ask(*client, 200, 100);
        assert_int_equal(size.reason, 1);
        assert_int_equal(size.status, row.status);
        assert_int_equal(size.width, 64);
        assert_int_equal(size.height, 48);
        assert_true(is_one_screen(size));
        assert_int_equal(world.emulator.sizes.size(), 1);
        assert_true(world.emulator.sizes[0] == std::pair(200, 100));
    }
}

void a_size_that_is_taken_at_once_is_the_answer(void**) {
    for (const auto over : plain_and_websocket) {
        World world;
        world.emulator.answer = ui::ResizeAnswer::accepted;
        world.emulator.on_resize = [&](int width, int height) {
            world.show(width, height);
        };
        const auto client = resizing_client(world, over);
        const auto other = resizing_client(world);
        other->request(true);
        drain();
        const auto size = ask(*client, 200, 100);
        assert_int_equal(size.reason, 1);
        assert_int_equal(size.status, 0);
        assert_int_equal(size.width, 200);
        assert_true(is_one_screen(size));
        assert_true(client->update(true));
        assert_true(client->shows(*world.surface));
        drain();
        assert_int_equal(other->sizes.back().reason, 2);
        assert_int_equal(other->sizes.back().status, 0);
        assert_int_equal(other->width(), 200);
        assert_true(other->update(true));
        assert_true(other->shows(*world.surface));
    }
}

// Nothing about the size is said before the answer, not even to a request that waits, and
// whether the wish was passed on at once or from a timer.
void the_answer_brings_the_size_itself(void**) {
    World world;
    world.emulator.answer = ui::ResizeAnswer::accepted;
    world.emulator.on_resize = [&](int width, int height) { world.show(width, height); };
    const auto client = resizing_client(world);
    client->sizes.clear();
    for (const int width : {200, 300}) {
        client->request(true);
        drain();
        client->send(rfb::set_desktop_size(width, 100));
        drain();
    }
    assert_true(client->wait_for([&] { return client->width() == 300; }));
    drain();
    assert_int_equal(client->sizes.size(), 2);
    for (const auto& size : client->sizes) {
        assert_int_equal(size.reason, 1);
        assert_int_equal(size.status, 0);
    }
    assert_true(client->comes_to_show(*world.surface));
}

void a_size_that_comes_later_comes_from_the_server(void**) {
    World world;
    world.emulator.answer = ui::ResizeAnswer::accepted;
    const auto client = resizing_client(world);
    assert_int_equal(ask(*client, 200, 100).status, 4);
    client->request(true);
    drain();
    world.show(200, 100);
    assert_true(client->wait_for([&] { return client->width() == 200; }));
    assert_int_equal(client->sizes.back().reason, 0);
    assert_true(client->update(true));
    assert_true(client->shows(*world.surface));
}

// An emulator that takes another size than asked for has not fulfilled the wish.
void another_size_is_not_the_answer(void**) {
    World world;
    world.emulator.answer = ui::ResizeAnswer::accepted;
    world.emulator.on_resize = [&](int, int) { world.show(208, 104); };
    const auto client = resizing_client(world);
    assert_int_equal(ask(*client, 200, 100).status, 4);
    assert_true(client->sync());
    assert_int_equal(client->width(), 208);
    assert_true(client->shows(*world.surface));
}

// P-RFB-17: sizes that cannot be are refused without asking the emulator
void impossible_sizes_are_refused(void**) {
    for (const auto& [width, height] : {std::pair(0, 0), {0, 100}, {100, 0}}) {
        World world;
        world.emulator.answer = ui::ResizeAnswer::accepted;
        const auto client = resizing_client(world);
        const auto size = ask(*client, width, height);
        assert_int_equal(size.reason, 1);
        assert_int_equal(size.status, 3);
        assert_true(world.emulator.sizes.empty());
    }
    World world;
    const auto client = resizing_client(world);
    assert_int_equal(ask(*client, 65535, 65535, 255).status, 3);
    assert_true(world.emulator.sizes.empty());
    let_the_pause_pass();
    assert_int_equal(ask(*client, 100, 100, 0).status, 1);
    assert_int_equal(world.emulator.sizes.size(), 1);
}

void without_an_emulator_resizing_is_prohibited(void**) {
    World world;
    world.display->set_input(nullptr);
    const auto client = resizing_client(world);
    assert_int_equal(ask(*client, 100, 100).status, 1);
}

// V-37: a client that never announced the rectangle is not sent one
void no_answer_for_who_cannot_read_it(void**) {
    World world;
    const auto client = world.watch({rfb::raw});
    client->send(rfb::set_desktop_size(100, 100));
    assert_true(client->sync());
    assert_true(client->sizes.empty());
    assert_int_equal(world.emulator.sizes.size(), 1);
}

// P-RFB-17: wishes reach the emulator every 100 ms, and the last one always does
void wishes_come_in_slowly_and_the_last_one_wins(void**) {
    World world;
    world.emulator.answer = ui::ResizeAnswer::accepted;
    std::vector<Clock::time_point> times;
    world.emulator.on_resize = [&](int width, int height) {
        times.push_back(Clock::now());
        world.show(width, height);
    };
    const auto client = resizing_client(world);
    const auto before = client->sizes.size();
    for (int i = 1; i <= 1000; ++i)
        client->send(rfb::set_desktop_size(100 + i, 50));
    assert_true(client->wait_for([&] { return client->sizes.size() == before + 2; }));
    assert_int_equal(world.emulator.sizes.size(), 2);
    assert_true(world.emulator.sizes[0] == std::pair(101, 50));
    assert_true(world.emulator.sizes[1] == std::pair(1100, 50));
    // A timer may be a millisecond early by another clock.
    assert_true(times[1] - times[0] >= std::chrono::milliseconds(95));
    assert_int_equal(client->sizes.back().status, 0);
    assert_int_equal(client->width(), 1100);
    // Once the pause is over the next wish is passed on at once.
    let_the_pause_pass();
    assert_int_equal(ask(*client, 99, 99).status, 0);
}

/// Sends a SetDesktopSize and waits for the answer.
RfbSize answer_to(RfbClient& client, const Bytes& message) {
    const auto before = client.sizes.size();
    client.send(message);
    client.wait_for([&] { return client.sizes.size() > before; });
    return client.sizes.size() > before ? client.sizes.back() : RfbSize{};
}

constexpr ui::Rect left{0, 0, 64, 48}, right{64, 0, 36, 48};
const std::vector<RfbScreen> two_screens = {{3, 0, left}, {4, 0, right}};

void all_screens_are_told(void**) {
    World world;
    const auto client = resizing_client(world);
    const auto old = world.watch({rfb::raw, rfb::desktop_size});
    world.surface = picture(100, 48, 0, Content::noise);
    const std::vector<ui::Screen> screens = {{3, left, 0}, {4, right, 0}};
    assert_true(world.display->set_surface(world.surface, screens).has_value());
    drain();
    assert_true(client->sync() && old->sync());
    assert_true(client->sizes.back().screens == two_screens);
    assert_true(client->shows(*world.surface) && old->shows(*world.surface));
    // Other screens of the same size are news for who can be told.
    const auto sizes = old->sizes.size();
    client->request(true);
    drain();
    assert_true(world.display->set_screens({{3, left, 7}}).has_value());
    drain();
    assert_true(client->sizes.back().screens == (std::vector<RfbScreen>{{3, 7, left}}));
    assert_int_equal(client->sizes.back().reason, 0);
    assert_true(client->sync() && client->shows(*world.surface));
    assert_true(old->sync());
    assert_int_equal(old->sizes.size(), sizes);
}

// P-RFB-17: others learn of it only when it was done, and that it was not the server
void a_wish_for_several_screens_is_passed_on(void**) {
    World world;
    world.emulator.answer = ui::ResizeAnswer::accepted;
    ui::ScreenLayout wished;
    world.emulator.on_layout = [&](const ui::ScreenLayout& wish) {
        wished = wish;
        world.surface = picture(wish.width, wish.height, 0, Content::noise);
        (void)world.display->set_surface(world.surface, wish.screens);
    };
    const auto client = resizing_client(world);
    const auto other = resizing_client(world);
    other->request(true);
    drain();
    const auto size =
        answer_to(*client, rfb::set_screens(100, 48, {{3, left}, {4, right}}));
    assert_true(wished == (ui::ScreenLayout{100, 48, {{3, left, 0}, {4, right, 0}}}));
    assert_int_equal(size.reason, 1);
    assert_int_equal(size.status, 0);
    assert_true(size.screens == two_screens);
    drain();
    assert_int_equal(other->sizes.back().reason, 2);
    assert_int_equal(other->sizes.back().status, 0);
    assert_true(other->sizes.back().screens == two_screens);
    assert_true(client->update(true) && client->shows(*world.surface));
    assert_true(other->update(true) && other->shows(*world.surface));
    // The next change is the emulator's own.
    other->request(true);
    drain();
    world.show(64, 48);
    drain();
    assert_int_equal(other->sizes.back().reason, 0);
}

// P-RFB-17: answered at once, and nobody else hears of it
void layouts_that_cannot_be_are_refused(void**) {
    const Bytes messages[] = {
        rfb::set_screens(100, 48, {{3, left}, {3, right}}),
        rfb::set_screens(99, 48, {{3, left}, {4, right}}),
        rfb::set_screens(100, 48, {{3, left}, {4, {64, 0, 0, 48}}}),
        rfb::set_screens(100, 48, {{3, {65535, 65535, 65535, 65535}}}),
        rfb::set_desktop_size(100, 48, ui::max_screens + 1),
    };
    for (const auto& message : messages) {
        World world;
        world.emulator.answer = ui::ResizeAnswer::accepted;
        const auto client = resizing_client(world);
        const auto other = resizing_client(world);
        const auto before = other->sizes.size();
        const auto size = answer_to(*client, message);
        assert_int_equal(size.reason, 1);
        assert_int_equal(size.status, 3);
        assert_true(is_one_screen(size));
        assert_true(world.emulator.sizes.empty());
        other->request(true);
        drain();
        assert_int_equal(other->sizes.size(), before);
    }
}

// An emulator that knows sizes only has one screen.
void an_emulator_of_one_screen_refuses_several(void**) {
    World world;
    world.emulator.answer = ui::ResizeAnswer::accepted;
    const auto client = resizing_client(world);
    const auto size =
        answer_to(*client, rfb::set_screens(100, 48, {{3, left}, {4, right}}));
    assert_int_equal(size.status, 3);
    assert_true(world.emulator.sizes.empty());
}

// A client that leaves during the pause takes its wish with it.
void the_wish_of_a_client_that_left_is_dropped(void**) {
    World world;
    const auto client = resizing_client(world);
    client->send(rfb::joined({rfb::set_desktop_size(1, 1), rfb::set_desktop_size(2, 2)}));
    drain();
    client->close();
    assert_true(world.has_clients(0));
    let_the_pause_pass();
    assert_int_equal(world.emulator.sizes.size(), 1);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(the_emulators_sizes_reach_all_clients),
        cmocka_unit_test(the_largest_sizes_arrive),
        cmocka_unit_test(every_answer_of_the_emulator_reaches_the_client),
        cmocka_unit_test(a_size_that_is_taken_at_once_is_the_answer),
        cmocka_unit_test(the_answer_brings_the_size_itself),
        cmocka_unit_test(a_size_that_comes_later_comes_from_the_server),
        cmocka_unit_test(another_size_is_not_the_answer),
        cmocka_unit_test(impossible_sizes_are_refused),
        cmocka_unit_test(without_an_emulator_resizing_is_prohibited),
        cmocka_unit_test(no_answer_for_who_cannot_read_it),
        cmocka_unit_test(wishes_come_in_slowly_and_the_last_one_wins),
        cmocka_unit_test(all_screens_are_told),
        cmocka_unit_test(a_wish_for_several_screens_is_passed_on),
        cmocka_unit_test(layouts_that_cannot_be_are_refused),
        cmocka_unit_test(an_emulator_of_one_screen_refuses_several),
        cmocka_unit_test(the_wish_of_a_client_that_left_is_dropped),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
