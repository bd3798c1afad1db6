// The machine's pointer, drawn for clients that cannot draw it, end to end.
#include <cstring>

#include "tests/ui/vnc/world.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

constexpr int side = 5;
constexpr std::uint32_t red = 0xFF0000;

/// Opaque and red, with its hot spot in the middle.
ui::Cursor red_cursor() {
    return *ui::Cursor::make(side, side, side / 2, side / 2,
                             std::vector<std::uint32_t>(side * side, 0xFF000000 | red));
}

/// What the display shows with the red cursor there.
std::shared_ptr<ui::Surface> with_pointer(const ui::Surface& surface, int x, int y) {
    auto drawn = *ui::Surface::create(surface.width(), surface.height());
    for (int row = 0; row < surface.height(); ++row)
        std::memcpy(drawn->row(row), surface.row(row), std::size_t(surface.width()) * 4);
    const auto area =
        ui::intersect({x - side / 2, y - side / 2, side, side}, surface.bounds());
    for (int row = area.y; row < area.bottom(); ++row)
        std::fill_n(reinterpret_cast<std::uint32_t*>(drawn->row(row)) + area.x,
                    area.width, red);
    return drawn;
}

bool shows_pointer_at(const RfbClient& client, const World& world, int x, int y) {
    return client.shows(*with_pointer(*world.surface, x, y));
}

/// Asks for what is new, lets all be done, and gives back how many pixels came.
std::size_t pixels_of_next_update(RfbClient& client) {
    client.updates.clear();
    client.request(true);
    drain();
    std::size_t pixels = 0;
    for (const auto& update : client.updates)
        for (const auto& rectangle : update.rectangles)
            pixels += std::size_t(rectangle.rect.width * rectangle.rect.height);
    return pixels;
}

void only_clients_that_cannot_draw_it_see_it_in_the_pixels(void**) {
    World world;
    world.display->set_cursor(red_cursor());
    world.display->move_pointer({20, 30});
    const auto plain = world.watch({rfb::raw});
    const auto able = world.watch({rfb::raw, rfb::cursor});
    drain();
    assert_true(plain->sync() && able->sync());
    assert_true(shows_pointer_at(*plain, world, 20, 30));
    assert_true(able->shows(*world.surface));
    assert_int_equal(able->cursors.size(), 1);
}

// What was below comes back, and what is drawn below later stays below.
void it_moves_over_the_picture(void**) {
    World world;
    world.display->set_cursor(red_cursor());
    const auto client = world.watch({rfb::raw});
    for (const auto& [x, y] :
         {std::pair(20, 30), {22, 31}, {0, 0}, {63, 47}, {-100, 500}, {10, 15}}) {
        world.display->move_pointer({x, y});
        drain();
        assert_true(pixels_of_next_update(*client) <= 2 * side * side);
        assert_true(shows_pointer_at(*client, world, x, y));
        world.draw({x - 8, y - 8, 9, 9}, 0x00FF00);
        drain();
        pixels_of_next_update(*client);
        assert_true(shows_pointer_at(*client, world, x, y));
    }
}

// As long as nobody knows where it is, it is nowhere.
void it_is_there_from_its_first_place_on(void**) {
    World world;
    world.display->set_cursor(red_cursor());
    const auto client = world.watch({rfb::raw});
    assert_true(client->shows(*world.surface));
    world.display->move_pointer({0, 0});
    drain();
    assert_true(client->sync());
    assert_true(shows_pointer_at(*client, world, 0, 0));
}

// The display has said so before there was a server.
void a_later_server_knows_its_place(void**) {
    World world;
    world.display->set_cursor(red_cursor());
    world.display->move_pointer({9, 9});
    world.server = vnc::Server::create(world.display);
    const auto client = world.watch({rfb::raw});
    assert_true(shows_pointer_at(*client, world, 9, 9));
}

void it_goes_where_a_controlling_client_puts_it(void**) {
    World world;
    world.display->set_cursor(red_cursor());
    const auto able = world.watch({rfb::raw, rfb::cursor});
    const auto watching = world.watch({rfb::raw});
    watching->request(true);
    drain();
    able->send(rfb::pointer_event(0, 40, 20));
    drain();
    assert_true(shows_pointer_at(*watching, world, 40, 20));
    assert_true(able->sync() && able->shows(*world.surface));
    // A machine that counts motion says itself where that has led.
    world.display->set_pointer_mode(ui::PointerMode::relative);
    drain();
    able->send(rfb::pointer_event(0, 10, 10));
    drain();
    assert_int_equal(pixels_of_next_update(*watching), 0);
    assert_true(shows_pointer_at(*watching, world, 40, 20));
}

void it_is_hidden_when_the_display_says_so(void**) {
    World world;
    world.display->set_cursor(red_cursor());
    world.display->move_pointer({20, 20});
    const auto client = world.watch({rfb::raw});
    const auto sees = [&](bool pointer) {
        drain();
        pixels_of_next_update(*client);
        return pointer ? shows_pointer_at(*client, world, 20, 20)
                       : client->shows(*world.surface);
    };
    world.display->set_pointer_visible(false);
    assert_true(sees(false));
    world.display->set_pointer_visible(true);
    assert_true(sees(true));
    world.display->set_cursor(std::nullopt);
    assert_true(sees(false));
    world.display->set_cursor(red_cursor());
    assert_true(sees(true));
    world.display->set_cursor(ui::Cursor());
    assert_true(sees(false));
}

// Whoever draws it from now on has it taken out of the pixels, and the other way round,
// also when it has moved since.
void clients_may_change_their_mind(void**) {
    World world;
    world.display->set_cursor(red_cursor());
    world.display->move_pointer({20, 20});
    const auto client = world.watch({rfb::raw});
    for (int x = 21; x < 40; x += 9) {
        world.display->move_pointer({x, 20});
        client->set_encodings({rfb::raw, rfb::cursor});
        drain();
        assert_true(pixels_of_next_update(*client) > 0);
        assert_true(client->shows(*world.surface));
        world.display->move_pointer({x + 1, 24});
        drain();
        client->set_encodings({rfb::raw});
        drain();
        pixels_of_next_update(*client);
        assert_true(shows_pointer_at(*client, world, x + 1, 24));
    }
}

// It costs nothing where every client draws it.
void moving_it_sends_nothing_to_clients_that_draw_it(void**) {
    World world;
    world.display->set_cursor(red_cursor());
    const auto client = world.watch({rfb::raw, rfb::cursor});
    client->request(true);
    drain();
    client->updates.clear();
    client->request(true);
    for (int x = 0; x < 30; ++x) {
        world.display->move_pointer({x, x});
        client->send(rfb::pointer_event(0, x, 5));
        drain();
    }
    assert_true(client->updates.empty());
}

void it_follows_the_size(void**) {
    World world;
    world.display->set_cursor(red_cursor());
    world.display->move_pointer({60, 40});
    const auto client = world.watch({rfb::raw, rfb::desktop_size});
    const auto fixed = world.watch({rfb::raw});
    for (const int width : {200, 40, 62, 64}) {
        world.show(width, 48, unsigned(width));
        drain();
        assert_true(client->sync() && fixed->sync());
        assert_true(shows_pointer_at(*client, world, 60, 40));
    }
    assert_true(shows_pointer_at(*fixed, world, 60, 40));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(only_clients_that_cannot_draw_it_see_it_in_the_pixels),
        cmocka_unit_test(it_moves_over_the_picture),
        cmocka_unit_test(it_is_there_from_its_first_place_on),
        cmocka_unit_test(a_later_server_knows_its_place),
        cmocka_unit_test(it_goes_where_a_controlling_client_puts_it),
        cmocka_unit_test(it_is_hidden_when_the_display_says_so),
        cmocka_unit_test(clients_may_change_their_mind),
        cmocka_unit_test(moving_it_sends_nothing_to_clients_that_draw_it),
        cmocka_unit_test(it_follows_the_size),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
