// Films end to end: a server that sends them as H.264, and clients that play them.
#include "tests/support/decoders/h264-decoder.hpp"
#include "tests/support/film.hpp"
#include "tests/ui/vnc/world.hpp"
#include "ui/vnc/encodings/h264-compressor.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

constexpr int h264 = 50, tight = 7, zrle = 16, quality_6 = -26;
constexpr ui::Rect film{96, 64, 320, 192};

/// A client asks for each picture of a film; how many of its updates had video in them.
struct Cinema {
    World world;
    int pictures = 0;

    explicit Cinema(const vnc::ServerOptions& options = {}) : world(options) {
        world.show(640, 400);
    }

    bool play(RfbClient& client, int count) {
        for (int i = 0; i < count; ++i) {
            test::play(*world.surface, film, pictures++);
            world.display->damage(film);
            if (!client.update(true))
                return false;
        }
        return client.broken().empty();
    }

    /// Whether the client is sent the last picture as it is, when it has rested.
    bool comes_to_rest(RfbClient& client) {
        for (int i = 0; i < 100 && !client.shows(*world.surface); ++i)
            if (!client.update(true))
                return false;
        return client.shows(*world.surface);
    }
};

std::size_t videos(const RfbClient& client) {
    std::size_t count = 0;
    for (const auto& update : client.updates)
        count += update.count(h264);
    return count;
}

void a_film_is_played_and_rests_in_the_end(void**) {
    for (const auto over : plain_and_websocket) {
        Cinema cinema;
        const auto client = cinema.world.watch({h264, tight, quality_6}, over);
        assert_non_null(client.get());
        assert_true(cinema.play(*client, 40));
        assert_true(videos(*client) > 25);
        assert_true(cinema.comes_to_rest(*client));
        const auto before = videos(*client);
        assert_true(cinema.play(*client, 20));
        assert_true(videos(*client) > before + 10);
    }
}

void who_does_not_list_it_gets_none(void**) {
    Cinema cinema;
    const auto client = cinema.world.watch({tight, quality_6});
    assert_true(cinema.play(*client, 30));
    assert_int_equal(videos(*client), 0);
}

void a_server_may_send_none(void**) {
    for (const auto& options :
         {vnc::ServerOptions{.lossy = false}, vnc::ServerOptions{.video = false}}) {
        Cinema cinema(options);
        const auto client = cinema.world.watch({h264, tight, quality_6});
        assert_true(cinema.play(*client, 30));
        assert_int_equal(videos(*client), 0);
    }
}

// Each has a decoder of its own, and its own time.
void several_clients_each_play_it(void**) {
    Cinema cinema;
    std::vector<ClientPtr> clients;
    for (int i = 0; i < 3; ++i)
        clients.push_back(cinema.world.watch({h264, zrle, quality_6}));
    for (int i = 0; i < 30; ++i)
        assert_true(cinema.play(*clients[std::size_t(i % 7) % clients.size()], 1));
    for (const auto& client : clients)
        assert_true(cinema.play(*client, 15));
    for (const auto& client : clients) {
        assert_true(videos(*client) > 0);
        assert_true(cinema.comes_to_rest(*client));
    }
}

// While a picture is being encoded the client says that all is different.
void what_a_client_says_meanwhile_does_no_harm(void**) {
    Cinema cinema;
    const auto client = cinema.world.watch({h264, tight, quality_6});
    assert_true(cinema.play(*client, 15));
    for (int i = 0; i < 20; ++i) {
        test::play(*cinema.world.surface, film, cinema.pictures++);
        cinema.world.display->damage(film);
        client->request(true);
        if (i % 2 == 0)
            drain();
        if (i % 4 == 0)
            client->set_encodings({h264, zrle, quality_6 - i % 3});
        assert_true(cinema.play(*client, i % 3 * 6));
    }
    assert_true(cinema.comes_to_rest(*client));
}

void another_size_in_the_middle_does_no_harm(void**) {
    Cinema cinema;
    const auto client =
        cinema.world.watch({h264, tight, quality_6, rfb::extended_desktop_size});
    for (const int width : {640, 500, 801, 640}) {
        cinema.world.show(width, 400);
        assert_true(client->sync());
        const auto before = videos(*client);
        assert_true(cinema.play(*client, 20));
        assert_true(videos(*client) > before);
    }
    assert_true(cinema.comes_to_rest(*client));
}

} // namespace

int main() {
    if (!vnc::H264Compressor::is_built_in() || !can_read_h264())
        return 77; // skipped
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_film_is_played_and_rests_in_the_end),
        cmocka_unit_test(who_does_not_list_it_gets_none),
        cmocka_unit_test(a_server_may_send_none),
        cmocka_unit_test(several_clients_each_play_it),
        cmocka_unit_test(what_a_client_says_meanwhile_does_no_harm),
        cmocka_unit_test(another_size_in_the_middle_does_no_harm),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
