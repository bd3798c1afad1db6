// Pictures and updates end to end: the right pixels, at the right time.
#include <cstring>
#include <random>

#include "tests/ui/vnc/world.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

constexpr ui::PixelFormat colour_mapped = {8, 8, false, false, 0, 0, 0, 0, 0, 0};

/// A surface of any pixel format, full of noise.
std::shared_ptr<ui::Surface> noise(int width, int height, pixman_format_code_t format) {
    auto surface = *ui::Surface::create(width, height, format);
    std::mt19937 random(unsigned(width * height));
    for (int y = 0; y < height; ++y)
        for (int i = 0; i < width * PIXMAN_FORMAT_BPP(format) / 8; ++i)
            surface->row(y)[i] = std::byte(random());
    return surface;
}

std::vector<std::shared_ptr<ui::Surface>> all_surfaces() {
    std::vector<std::shared_ptr<ui::Surface>> all;
    for (const int width : {1, 2, 7, 15, 16, 17, 31, 33, 65})
        for (const int padding : paddings)
            all.push_back(picture(width, 5, padding & ~3, Content::noise));
    for (const auto format :
         {PIXMAN_x8r8g8b8, PIXMAN_a8r8g8b8, PIXMAN_b8g8r8x8, PIXMAN_b8g8r8a8,
          PIXMAN_x8b8g8r8, PIXMAN_r8g8b8, PIXMAN_r5g6b5, PIXMAN_x1r5g5b5})
        all.push_back(noise(33, 9, format));
    all.push_back(picture(1366, 60, 0, Content::runs));
    all.push_back(picture(1400, 3, 4, Content::noise));
    return all;
}

// V-23, V-25, CVE-04: every client format and encoding, every kind of surface
void clients_of_every_format_see_every_surface(void**) {
    const auto surfaces = all_surfaces();
    std::vector<ui::PixelFormat> formats(std::begin(client_formats),
                                         std::end(client_formats));
    formats.push_back(colour_mapped);
    World world;
    for (const auto& format : formats) {
        for (const int encoding : {rfb::raw, rfb::zlib}) {
            const auto client = world.join();
            client->set_pixel_format(format);
            client->set_encodings({encoding, rfb::extended_desktop_size});
            for (const auto& surface : surfaces) {
                world.display->set_surface(surface);
                drain();
                assert_true(client->sync());
                assert_true(client->shows(*surface));
            }
        }
    }
}

// V-25: a client that never says which format it wants
void a_silent_client_gets_the_servers_format(void**) {
    World world;
    const auto client = world.join();
    assert_true(client->sync());
    assert_true(client->shows(*world.surface));
}

void several_clients_each_see_their_own_way(void**) {
    World world;
    std::vector<ClientPtr> clients;
    for (const auto& format : client_formats) {
        clients.push_back(world.join());
        clients.back()->set_pixel_format(format);
        clients.back()->set_encodings({clients.size() % 2 ? rfb::raw : rfb::zlib});
        assert_true(clients.back()->sync());
    }
    for (int i = 0; i < 20; ++i) {
        world.draw({i, i, 9, 7}, 0x10203u * unsigned(i));
        for (const auto& client : clients)
            assert_true(client->update(true));
        for (const auto& client : clients)
            assert_true(client->shows(*world.surface));
    }
}

// The format may change at any time, also under one compressed stream.
void the_format_can_change_during_a_session(void**) {
    World world;
    const auto client = world.watch({rfb::zlib});
    for (int round = 0; round < 3; ++round) {
        for (const auto& format : client_formats) {
            client->set_pixel_format(format);
            assert_true(client->sync());
            assert_true(client->shows(*world.surface));
        }
    }
}

// V-36: with a request waiting, damage reaches the client in one turn of the loop, after
// any idle time; the second turn is the client's.
void damage_reaches_a_waiting_client_in_one_turn(void**) {
    World world;
    const auto client = world.watch({rfb::raw});
    for (int i = 0; i < 10; ++i) {
        client->request(true);
        drain();
        const auto before = client->received();
        world.draw({i, i, 2, 2}, 0xFF00FF);
        g_main_context_iteration(nullptr, FALSE);
        g_main_context_iteration(nullptr, FALSE);
        assert_int_equal(client->received() - before, 4 + 12 + 2 * 2 * 4);
        assert_true(client->shows(*world.surface));
    }
}

// The display says so, and the client has it all but for what was uncovered.
void what_was_moved_is_copied(void**) {
    World world;
    world.show(200, 200);
    const auto client = world.watch({rfb::zlib, rfb::copy_rect});
    for (const int dy : {-10, 7}) {
        const auto before = client->received();
        for (int row = 0; row < 200 - std::abs(dy); ++row) {
            const int y = dy < 0 ? row - dy : 199 - row - dy;
            std::memcpy(world.surface->row(y + dy), world.surface->row(y), 200 * 4);
        }
        world.display->copy({0, std::max(-dy, 0), 200, 200 - std::abs(dy)},
                            {0, std::max(dy, 0)});
        assert_true(client->update(true));
        assert_true(client->shows(*world.surface));
        assert_int_equal(client->received() - before, 4 + 12 + 4);
        assert_int_equal(client->updates.back().count(rfb::copy_rect), 1);
    }
}

// V-17: nothing without a request
void no_update_comes_without_a_request(void**) {
    World world;
    const auto client = world.watch(
        {rfb::raw, rfb::cursor, rfb::desktop_name, rfb::extended_desktop_size});
    const auto before = client->received();
    world.draw({0, 0, 64, 48}, 0);
    world.display->set_cursor(*ui::Cursor::make(1, 1, 0, 0, {0xFFFFFFFF}));
    assert_true(world.display->set_name("other").has_value());
    world.show(100, 100);
    drain();
    assert_int_equal(client->received(), before);
    // Then the latest state comes, and once.
    assert_true(client->sync());
    drain();
    assert_true(client->shows(*world.surface));
    assert_string_equal(client->name.c_str(), "other");
    assert_int_equal(client->cursors.size(), 1);
}

// V-22: requests beyond the picture are answered, and do not stop later ones
void requests_beyond_the_picture_are_answered(void**) {
    World world;
    const auto client = world.watch({rfb::raw});
    for (const int x : {0, 63, 64, 65535})
        for (const int y : {0, 47, 48, 65535})
            for (const int width : {0, 1, 64, 65535})
                for (const int height : {0, 1, 48, 65535}) {
                    const auto before = client->answers();
                    client->request(false, {x, y, width, height});
                    assert_true(
                        client->wait_for([&] { return client->answers() > before; }));
                }
    client->request(true);
    drain();
    world.draw({1, 1, 1, 1}, 0xABCDEF);
    drain();
    assert_true(client->shows(*world.surface));
}

// V-24: who comes after the last one left sees everything
void a_newcomer_sees_everything(void**) {
    World world;
    for (int i = 0; i < 5; ++i) {
        const auto client = world.watch({rfb::raw});
        assert_true(client->shows(*world.surface));
        world.draw({i, 0, 3, 3}, unsigned(i));
    }
    assert_true(world.has_clients(0));
    world.draw({0, 0, 9, 9}, 0x998877);
    world.display->set_surface(nullptr);
    const auto client = world.watch({rfb::raw});
    assert_int_equal(client->width(), 640);
    assert_true(std::ranges::all_of(client->picture(), [](auto p) { return p == 0; }));
}

// P-RFB-29: nothing but the handshake before it is over
void nothing_is_mixed_into_the_handshake(void**) {
    World world;
    const auto client = world.connect();
    std::string heard;
    for (const auto* said : {"RFB 003.008\n", "\1", "\1"}) {
        world.display->bell();
        world.draw({0, 0, 9, 9}, 1);
        world.display->set_cursor(*ui::Cursor::make(1, 1, 0, 0, {0xFFFFFFFF}));
        drain();
        heard += as_text(client->take(client->input().size()));
        client->send(as_bytes(said));
    }
    drain();
    assert_true(heard == std::string("RFB 003.008\n\1\1\0\0\0\0", 18));
    client->take(24);
    client->start(64, 48);
    drain();
    assert_int_equal(client->bells, 0);
    world.display->bell();
    assert_true(client->sync());
    assert_int_equal(client->bells, 1);
}

// V-18: a request is not forgotten while surfaces of the same size are exchanged
void page_flips_answer_the_waiting_request(void**) {
    World world;
    const auto one = world.watch({rfb::raw});
    const auto other = world.watch({rfb::zlib});
    for (unsigned seed = 0; seed < 20; ++seed) {
        one->request(true);
        other->request(true);
        drain();
        world.show(64, 48, seed);
        assert_true(one->wait_for([&] { return one->answers() == one->requests; }));
        assert_true(other->wait_for([&] { return other->answers() == other->requests; }));
        assert_true(one->shows(*world.surface) && other->shows(*world.surface));
    }
}

// V-05, P-RFB-21: a client that reads slowly gets one whole update after the other
void a_slow_reader_gets_whole_updates(void**) {
    World world;
    world.pipe_bytes = 700;
    world.show(200, 100);
    const auto client = world.watch({rfb::raw});
    assert_true(client->shows(*world.surface));
    for (int i = 0; i < 5; ++i) {
        client->pause();
        client->request(false);
        drain();
        client->request(true);
        drain();
        // Meanwhile: seen by the second request only, and as it is then.
        world.draw({i, 0, 5, 5}, 0x5555);
        world.draw({i, 1, 5, 5}, 0x6666);
        drain();
        client->resume();
        assert_true(
            client->wait_for([&] { return client->answers() == client->requests; }));
        assert_true(client->shows(*world.surface));
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(clients_of_every_format_see_every_surface),
        cmocka_unit_test(a_silent_client_gets_the_servers_format),
        cmocka_unit_test(several_clients_each_see_their_own_way),
        cmocka_unit_test(the_format_can_change_during_a_session),
        cmocka_unit_test(damage_reaches_a_waiting_client_in_one_turn),
        cmocka_unit_test(what_was_moved_is_copied),
        cmocka_unit_test(no_update_comes_without_a_request),
        cmocka_unit_test(requests_beyond_the_picture_are_answered),
        cmocka_unit_test(a_newcomer_sees_everything),
        cmocka_unit_test(nothing_is_mixed_into_the_handshake),
        cmocka_unit_test(page_flips_answer_the_waiting_request),
        cmocka_unit_test(a_slow_reader_gets_whole_updates),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
