// The emulator draws from a thread of its own while clients come, look and go.
#include <atomic>
#include <random>
#include <thread>

#include "tests/ui/vnc/world.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

/// An emulator in a thread: surfaces that are complete when they are shown, damage, and
/// everything else there is. Ends with a picture of its own and a name that says so.
class Drawing {
public:
    Drawing(ui::Display& display, int steps)
        : display_(display), thread_([this, steps] { run(steps); }) {}
    /// The picture at the end.
    std::shared_ptr<ui::Surface> finish() {
        thread_.join();
        return last_;
    }
    bool is_done() const { return done_; }

private:
    void run(int steps) {
        std::mt19937 random(7);
        for (int i = 0; i < steps; ++i) {
            switch (random() % 8) {
            case 0:
            case 1:
                last_ = picture(int(random() % 120 + 1), int(random() % 90 + 1), 0,
                                Content::runs, unsigned(i));
                display_.set_surface(last_);
                break;
            case 2:
                display_.set_cursor(
                    *ui::Cursor::make(1, 1, 0, 0, {0xFF0000FFu + unsigned(i)}));
                break;
            case 3:
                display_.set_cursor(std::nullopt);
                break;
            case 4:
                (void)display_.set_name(std::to_string(i));
                break;
            case 5:
                display_.bell();
                break;
            default:
                display_.damage({int(random() % 99), int(random() % 99), 30, 30});
            }
        }
        last_ = picture(77, 55, 0, Content::noise);
        display_.set_surface(last_);
        (void)display_.set_name("the end");
        done_ = true;
    }

    ui::Display& display_;
    std::shared_ptr<ui::Surface> last_;
    std::atomic<bool> done_ = false;
    std::thread thread_;
};

ClientPtr follower(World& world, int i) {
    static constexpr Over ways[] = {Over::pipe, Over::unix_socket, Over::websocket,
                                    Over::pipe};
    auto client = world.join(ways[i % 4]);
    client->set_pixel_format(client_formats[std::size_t(i) % std::size(client_formats)]);
    client->set_encodings({i % 2 ? rfb::zlib : rfb::raw, rfb::extended_desktop_size,
                           rfb::cursor, rfb::desktop_name});
    return client;
}

// P-RFB-22, V-06, V-18: surfaces come and go a thousand times from another thread; each
// client sees sizes before the pixels that need them, and in the end the last picture
void clients_follow_an_emulator_in_another_thread(void**) {
    World world;
    std::vector<ClientPtr> clients;
    for (int i = 0; i < 4; ++i)
        clients.push_back(follower(world, i));
    Drawing drawing(*world.display, 5000);
    while (!drawing.is_done()) {
        for (const auto& client : clients) {
            const auto seen = client->updates.size();
            client->request(seen % 5 != 0);
            // What came last may be seen already.
            assert_true(client->wait_for(
                [&] { return client->updates.size() > seen || drawing.is_done(); }));
        }
    }
    const auto last = drawing.finish();
    for (const auto& client : clients) {
        assert_true(client->sync());
        assert_true(client->wait_for([&] { return client->name == "the end"; }));
        assert_true(client->shows(*last));
    }
}

// P-RFB-22, CVE-21, V-24: clients come and go meanwhile
void clients_come_and_go_while_another_thread_draws(void**) {
    World world;
    Drawing drawing(*world.display, 20000);
    int visits = 0;
    while (!drawing.is_done() || visits < 50) {
        const auto client = follower(world, visits++);
        assert_true(client->update(false));
        client->request(true);
        if (visits % 2 == 0)
            client->send(rfb::key_event(true, 'k'));
    }
    const auto last = drawing.finish();
    const auto client = follower(world, 0);
    assert_true(client->sync());
    assert_true(client->shows(*last));
}

// Servers come and go in front of a display that is being drawn.
void servers_come_and_go_while_another_thread_draws(void**) {
    World world;
    Drawing drawing(*world.display, 20000);
    int rounds = 0;
    while (!drawing.is_done() || rounds < 50) {
        world.server = vnc::Server::create(world.display);
        const auto client = follower(world, 4 * rounds++);
        assert_true(client->update(false));
        world.server.reset();
    }
    drawing.finish();
}

// P-RFB-22: the same in one thread, so that each switch meets each state of the clients
void surfaces_switch_a_thousand_times_under_four_clients(void**) {
    World world;
    world.pipe_bytes = 2000;
    std::vector<ClientPtr> clients;
    for (int i = 0; i < 4; ++i)
        clients.push_back(follower(world, i));
    std::mt19937 random(3);
    for (unsigned i = 0; i < 1000; ++i) {
        const int side = i % 3 == 0 ? 40 : int(random() % 60 + 1);
        world.show(side, side / 2 + 1, i);
        for (const auto& client : clients)
            if (random() % 3 == 0)
                client->request(random() % 4 != 0);
        for (auto turns = random() % 4; turns > 0; --turns)
            g_main_context_iteration(nullptr, FALSE);
        for (const auto& client : clients)
            assert_string_equal(client->broken().c_str(), "");
    }
    for (const auto& client : clients) {
        drain();
        assert_true(client->sync());
        assert_true(client->shows(*world.surface));
    }
}

// O-26, V-08: clients leave, and the server goes, while large updates are being encoded
void who_leaves_in_mid_frame_leaves_nothing(void**) {
    const auto before = open_descriptors();
    {
        World world({.encode_threads = 2});
        world.show(1600, 1200);
        for (int i = 0; i < 60; ++i) {
            const auto client = follower(world, i);
            client->request(false);
            const auto steps = i % 5; // from "not begun" to "half of it has come"
            for (int turn = 0; turn < steps; ++turn)
                g_main_context_iteration(nullptr, FALSE);
        }
        const auto last = follower(world, 1);
        assert_true(last->sync());
        assert_true(last->shows(*world.surface));
        assert_true(world.has_clients(1));
        last->request(false);
        g_main_context_iteration(nullptr, FALSE);
        world.server.reset();
    }
    assert_int_equal(open_descriptors(), before);
}

// V-09: a colour map is sent, and formats change, while updates are being encoded
void formats_change_while_updates_are_encoded(void**) {
    World world({.encode_threads = 2});
    world.show(1200, 900);
    const auto busy = follower(world, 1);
    const auto client = follower(world, 0);
    const auto mapped = follower(world, 3);
    mapped->only_count();
    assert_true(busy->update(false) && client->update(false));
    for (int i = 0; i < 40; ++i) {
        const auto answers = busy->answers();
        busy->request(false);
        for (int turn = 0; turn < i % 4; ++turn)
            g_main_context_iteration(nullptr, FALSE);
        client->set_pixel_format(
            client_formats[std::size_t(i) % std::size(client_formats)]);
        const auto received = mapped->received();
        mapped->send(rfb::set_pixel_format({8, 8, false, false, 0, 0, 0, 0, 0, 0}));
        mapped->request(false);
        assert_true(client->update(false));
        assert_true(client->shows(*world.surface));
        assert_true(mapped->wait_for([&] { return mapped->received() > received; }));
        assert_true(busy->wait_for([&] { return busy->answers() > answers; }));
        assert_true(busy->shows(*world.surface));
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(clients_follow_an_emulator_in_another_thread),
        cmocka_unit_test(clients_come_and_go_while_another_thread_draws),
        cmocka_unit_test(servers_come_and_go_while_another_thread_draws),
        cmocka_unit_test(who_leaves_in_mid_frame_leaves_nothing),
        cmocka_unit_test(formats_change_while_updates_are_encoded),
        cmocka_unit_test(surfaces_switch_a_thousand_times_under_four_clients),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
