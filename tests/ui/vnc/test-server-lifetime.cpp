// The server and its clients end in every state there is, and leave nothing behind.
#include <functional>

#include "tests/support/heap.hpp"
#include "tests/support/websock-client.hpp"
#include "tests/ui/vnc/world.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

/// A client that got so far, by the number of the stage.
struct Stage {
    const char* name;
    std::function<void(World&, RfbClient&)> reach;
};

const std::vector<Stage>& all_stages() {
    static const std::vector<Stage> stages = {
        {"accepted", [](World&, RfbClient&) {}},
        {"greeted", [](World&, RfbClient& client) { client.take(12); }},
        {"version", [](World&, RfbClient& c) { c.send(as_bytes("RFB 003.008\n")); }},
        {"type", [](World&, RfbClient& c) { c.send(as_bytes("RFB 003.008\n\1")); }},
        {"running", [](World&, RfbClient& c) { c.shake_hands(); }},
        {"asking",
         [](World&, RfbClient& c) {
             c.shake_hands();
             c.sync();
             c.request(true);
         }},
        {"half a message",
         [](World&, RfbClient& c) {
             c.shake_hands();
             c.send(ByteView(rfb::cut_text("half of this")).first(12));
         }},
        {"blocked",
         [](World&, RfbClient& c) {
             c.shake_hands();
             c.pause();
             c.request(false);
         }},
        {"wishing",
         [](World&, RfbClient& c) {
             c.shake_hands();
             c.send(
                 rfb::joined({rfb::set_desktop_size(1, 1), rfb::set_desktop_size(2, 2)}));
         }},
        {"gone", [](World&, RfbClient& c) { c.close(); }},
    };
    return stages;
}

// P-RFB-25, CVE-22, V-39, TRAP-22: with clients in every state, and nothing is left of
// them
void the_server_may_go_with_clients_in_every_state(void**) {
    // The context gets its own descriptors with the first watch.
    assert_true(World().join() != nullptr);
    for (const auto over : everything) {
        if (over == Over::tcp6 && !has_ipv6())
            continue;
        for (const auto& stage : all_stages()) {
            for (const bool drained : {false, true}) {
                const auto before = open_descriptors();
                {
                    World world;
                    world.pipe_bytes = 16 * 1024;
                    world.show(400, 400);
                    const auto client = world.connect(over);
                    stage.reach(world, *client);
                    if (drained)
                        drain();
                    world.server.reset();
                    drain();
                    client->resume();
                    assert_true(run_until(
                        [&] { return client->has_ended() || stage.name[0] == 'g'; }));
                }
                assert_int_equal(open_descriptors(), before);
            }
        }
    }
}

// P-RFB-25, O-39: before the WebSocket is open, too
void the_server_may_go_during_a_websocket_handshake(void**) {
    const auto request = upgrade_request();
    for (const std::size_t length :
         {std::size_t(0), std::size_t(1), request.size() - 1, request.size()}) {
        const auto before = open_descriptors();
        {
            World world;
            RfbClient client(world.dial_socket(world.address(Over::websocket)));
            client.send(as_bytes(request).first(length));
            drain();
            world.server.reset();
            assert_true(run_until([&] { return client.has_ended(); }));
        }
        assert_int_equal(open_descriptors(), before);
    }
}

// V-04: idle clients that leave are noticed, over everything
void clients_that_leave_are_noticed(void**) {
    for (const auto over : everything) {
        if (over == Over::tcp6 && !has_ipv6())
            continue;
        for (const auto& stage : all_stages()) {
            World world;
            world.pipe_bytes = 16 * 1024;
            world.show(400, 400);
            const auto client = world.connect(over);
            stage.reach(world, *client);
            drain();
            client->close();
            assert_true(world.has_clients(0));
        }
    }
}

// CVE-11, V-13, CVE-21, IO-02, C-5: nothing is left of a thousand clients
void a_thousand_clients_leave_nothing_behind(void**) {
    for (const auto over : {Over::pipe, Over::unix_socket, Over::websocket}) {
        World world;
        const auto address = over == Over::pipe ? SocketAddress() : world.address(over);
        const auto visit = [&](int i) {
            auto socket = over == Over::pipe ? world.dial() : world.dial_socket(address);
            if (over == Over::websocket && i % 5 != 4) {
                (void)WebsockClient::shake_hands(*socket);
                socket = std::make_shared<WebsockClient>(socket);
            }
            RfbClient client(socket);
            if (i % 5 == 4 || (i % 5 == 3 && over == Over::websocket))
                return;
            client.shake_hands();
            client.set_encodings({rfb::zlib});
            if (i % 5 < 3)
                client.sync();
            client.request(false);
        };
        for (int i = 0; i < 50; ++i)
            visit(i);
        assert_true(world.has_clients(0));
        drain();
        const auto descriptors = open_descriptors();
        const auto heap = heap_bytes();
        for (int i = 0; i < 1000; ++i)
            visit(i);
        assert_true(world.has_clients(0));
        assert_true(run_until([&] { return open_descriptors() <= descriptors; }));
        assert_true(heap_bytes() < heap + 64 * 1024);
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(the_server_may_go_with_clients_in_every_state),
        cmocka_unit_test(the_server_may_go_during_a_websocket_handshake),
        cmocka_unit_test(clients_that_leave_are_noticed),
        cmocka_unit_test(a_thousand_clients_leave_nothing_behind),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
