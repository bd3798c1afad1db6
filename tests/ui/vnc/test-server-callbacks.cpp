// The server and its clients end inside every call of the emulator's.
#include <algorithm>

#include "tests/ui/vnc/world.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

/// What a client does that makes the emulator hear of it: one call each.
struct Cause {
    const char* name;
    Bytes message;
};

const std::vector<Cause>& all_causes() {
    static const std::vector<Cause> causes = {
        {"key", rfb::key_event(true, 'x')},
        {"extended key", rfb::extended_key_event(true, 'x', 0x2D)},
        {"pointer", rfb::pointer_event(1, 2, 3)},
        {"cut text", rfb::cut_text("text")},
        {"size", rfb::set_desktop_size(100, 100)},
        // The second comes from a timer.
        {"late size",
         rfb::joined({rfb::set_desktop_size(1, 1), rfb::set_desktop_size(100, 100)})},
    };
    return causes;
}

// C-2, V-01, V-02, P-RFB-25: the emulator drops the server from inside each of its
// callbacks
void the_server_may_go_in_every_callback(void**) {
    for (const auto over : plain_and_websocket) {
        for (const auto answer :
             {ui::ResizeAnswer::accepted, ui::ResizeAnswer::prohibited}) {
            for (const auto& cause : all_causes()) {
                World world;
                world.emulator.answer = answer;
                const auto bystander = world.join();
                const auto client = world.watch({rfb::extended_desktop_size}, over);
                const bool is_late = std::string_view(cause.name) == "late size";
                std::size_t calls = 0;
                world.emulator.on_any = [&] {
                    if (is_late && world.emulator.sizes.size() < 2)
                        return;
                    world.server.reset();
                    calls = world.emulator.calls();
                };
                client->send(cause.message);
                client->send(rfb::repeated(rfb::key_event(true, 'y'), 10));
                assert_true(run_until(
                    [&] { return client->has_ended() && bystander->has_ended(); }));
                assert_true(world.server == nullptr);
                drain();
                assert_int_equal(world.emulator.calls(), calls);
            }
        }
    }
}

// A newcomer takes the place of one who has not logged in yet, and the emulator, told of
// that, drops the server.
void the_server_may_go_when_a_place_is_taken(void**) {
    for (const auto over : {Over::pipe, Over::tcp, Over::websocket}) {
        std::function<void()> drop;
        vnc::ServerOptions options{.max_connecting = 1, .max_connecting_per_address = 1};
        options.events.disconnected = [&](const vnc::ClientInfo&) { drop(); };
        World world(options);
        drop = [&] { world.server.reset(); };
        const auto first = world.connect(over);
        first->take(12);
        RfbClient second(over == Over::pipe ? world.dial()
                                            : world.dial_socket(world.address(over)));
        assert_true(run_until([&] {
            return world.server == nullptr && first->has_ended() && second.has_ended();
        }));
    }
}

// V-31, C-2: the server goes while keys are being lifted: all are lifted, each once
void the_server_may_go_while_keys_are_lifted(void**) {
    for (std::size_t at = 1; at <= 4; ++at) {
        World world;
        const auto bystander = world.join();
        bystander->send(rfb::key_event(true, 'z'));
        const auto client = world.join();
        client->send(
            rfb::joined({rfb::key_event(true, 'a'), rfb::key_event(true, 'b'),
                         rfb::key_event(true, 'c'), rfb::pointer_event(1, 1, 1)}));
        drain();
        assert_int_equal(world.emulator.calls(), 5);
        std::size_t lifted = 0;
        world.emulator.on_any = [&] {
            if (++lifted == at)
                world.server.reset();
        };
        client->close();
        assert_true(run_until([&] { return world.server == nullptr; }));
        drain();
        std::vector<std::uint32_t> names;
        for (const auto& key : world.emulator.keys)
            if (!key.down)
                names.push_back(key.keysym);
        std::ranges::sort(names);
        assert_true(names == (std::vector<std::uint32_t>{'a', 'b', 'c', 'z'}));
        assert_int_equal(world.emulator.pointers.size(), 2);
        assert_int_equal(world.emulator.pointers.back().buttons, 0);
    }
}

// The sink may be exchanged in each call: the old one is not called again.
void the_sink_may_be_taken_away_in_every_call(void**) {
    for (std::size_t at = 1; at <= 6; ++at) {
        World world;
        const auto client = world.join();
        std::size_t calls = 0;
        world.emulator.on_any = [&] {
            if (++calls == at)
                world.display->set_input(nullptr);
        };
        client->send(rfb::joined({rfb::key_event(true, 'a'), rfb::key_event(true, 'b'),
                                  rfb::pointer_event(1, 1, 1)}));
        drain();
        client->close();
        assert_true(world.has_clients(0));
        assert_int_equal(calls, at);
    }
}

// V-21, V-03: a client vanishes while another one's wish for a size is being fulfilled
void a_client_may_vanish_inside_a_callback(void**) {
    World world;
    world.emulator.answer = ui::ResizeAnswer::accepted;
    const auto client = world.watch({rfb::extended_desktop_size});
    const auto other = world.watch({rfb::extended_desktop_size});
    other->send(rfb::key_event(true, 'k'));
    other->request(true);
    drain();
    world.emulator.on_resize = [&](int width, int height) {
        other->close();
        world.show(width, height);
    };
    client->send(rfb::set_desktop_size(100, 100));
    assert_true(client->wait_for([&] { return client->width() == 100; }));
    assert_true(world.has_clients(1));
    assert_true(client->sync());
    assert_true(client->shows(*world.surface));
    assert_int_equal(world.emulator.keys.size(), 2);
}

// The client whose callback it is vanishes in it.
void a_client_may_vanish_in_its_own_callback(void**) {
    for (const auto over : plain_and_websocket) {
        for (const auto& cause : all_causes()) {
            World world;
            world.emulator.answer = ui::ResizeAnswer::accepted;
            const auto bystander = world.join();
            const auto client = world.watch({rfb::extended_desktop_size}, over);
            world.emulator.on_any = [&] { client->close(); };
            client->send(cause.message);
            assert_true(world.has_clients(1));
            world.emulator.on_any = {};
            assert_true(bystander->sync());
        }
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(the_server_may_go_in_every_callback),
        cmocka_unit_test(the_server_may_go_when_a_place_is_taken),
        cmocka_unit_test(the_server_may_go_while_keys_are_lifted),
        cmocka_unit_test(the_sink_may_be_taken_away_in_every_call),
        cmocka_unit_test(a_client_may_vanish_inside_a_callback),
        cmocka_unit_test(a_client_may_vanish_in_its_own_callback),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
