// Who may be a client: sharing, limits and deadlines.
#include "io/core/timer.hpp"
#include "tests/support/websock-client.hpp"
#include "tests/ui/vnc/world.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;
using vnc::SharePolicy;

namespace {

/// Whether the client is served: it has not ended, and gets a picture.
bool is_served(RfbClient& client) {
    return !client.has_ended() && client.sync();
}

struct Row {
    SharePolicy policy;
    bool first_shared, second_shared;
    bool first_stays, second_comes;
};

// P-RFB-08: every policy, with every kind of client before and after
void policies_decide_who_shares(void**) {
    constexpr Row rows[] = {
        {SharePolicy::allow_exclusive, true, true, true, true},
        {SharePolicy::allow_exclusive, true, false, false, true},
        {SharePolicy::allow_exclusive, false, true, true, false},
        {SharePolicy::allow_exclusive, false, false, false, true},
        {SharePolicy::force_shared, true, true, true, true},
        {SharePolicy::force_shared, true, false, true, false},
        {SharePolicy::ignore, true, true, true, true},
        {SharePolicy::ignore, true, false, true, true},
        {SharePolicy::ignore, false, true, true, true},
        {SharePolicy::ignore, false, false, true, true},
    };
    for (const auto over : plain_and_websocket) {
        for (const auto& row : rows) {
            World world({.share = row.policy});
            const auto first = world.join(over, row.first_shared);
            const auto second = world.connect(over);
            const bool came = second->shake_hands("RFB 003.008\n", row.second_shared);
            drain();
            assert_int_equal(came, row.second_comes);
            assert_int_equal(is_served(*first), row.first_stays);
            assert_int_equal(is_served(*second), row.second_comes);
            assert_true(world.has_clients(std::size_t(row.first_stays) +
                                          std::size_t(row.second_comes)));
        }
    }
}

void force_shared_refuses_an_exclusive_client(void**) {
    World world({.share = SharePolicy::force_shared});
    const auto client = world.connect();
    assert_false(client->shake_hands("RFB 003.008\n", false));
    assert_true(client->has_ended());
    assert_true(world.has_clients(0));
}

// An exclusive client ends those that are served, not those that are still connecting;
// when it has left, others may come again.
void an_exclusive_client_leaves_room_afterwards(void**) {
    World world;
    const auto first = world.join();
    const auto connecting = world.connect();
    auto exclusive = world.join(Over::pipe, false);
    assert_true(run_until([&] { return first->has_ended(); }));
    assert_true(world.has_clients(1, 1));
    assert_false(connecting->shake_hands());
    exclusive.reset();
    assert_true(world.has_clients(0));
    assert_true(world.join() != nullptr);
}

// V-30, P-RFB-08, CVE-22: the oldest that is still connecting makes room, over everything
void the_oldest_connecting_client_makes_room(void**) {
    for (const auto over : everything) {
        if (over == Over::tcp6 && !has_ipv6())
            continue;
        World world({.max_connecting = 3});
        const auto served = world.join(over);
        std::vector<ClientPtr> silent;
        for (int i = 0; i < 8; ++i) {
            silent.push_back(world.connect(over));
            // The one before it is further than its age tells.
            if (i % 2 == 0)
                silent.back()->send(as_bytes("RFB 003.008\n"));
            silent.back()->take(12);
        }
        assert_true(world.has_clients(1, 3));
        for (std::size_t i = 0; i < silent.size(); ++i) {
            const bool is_gone = i < 5;
            if (is_gone)
                assert_true(run_until([&] { return silent[i]->has_ended(); }));
            assert_int_equal(silent[i]->has_ended(), is_gone);
        }
        assert_true(is_served(*served));
    }
}

void there_is_always_room_for_one(void**) {
    World world({.max_connecting = 0});
    assert_true(world.join() != nullptr);
    assert_true(world.join(Over::websocket) != nullptr);
}

// V-30: more than max_clients are refused, and those before them go on
void more_clients_than_allowed_are_refused(void**) {
    for (const auto over : plain_and_websocket) {
        World world({.max_clients = 2});
        const auto first = world.join(over);
        auto second = world.join(over);
        const auto third = world.connect(over);
        assert_false(third->shake_hands());
        assert_true(run_until([&] { return third->has_ended(); }));
        assert_true(is_served(*first) && is_served(*second));
        second.reset();
        assert_true(world.has_clients(1));
        assert_true(world.join(over) != nullptr);
        // An exclusive one takes the place of all.
        assert_true(world.join(over, false) != nullptr);
    }
}

// CVE-22, P-RFB-08, O-09, TRAP-24: bytes that come do not extend the deadline
void the_handshake_must_be_over_in_time(void**) {
    for (const auto over : everything) {
        if (over == Over::tcp6 && !has_ipv6())
            continue;
        World world({.handshake_deadline = std::chrono::milliseconds(300)});
        std::vector<ClientPtr> slow;
        for (const auto* said :
             {"", "XX", "RFB 003.00", "RFB 003.008\n", "RFB 003.008\n\1"}) {
            slow.push_back(world.connect(over));
            slow.back()->send(as_bytes(said));
        }
        const auto quick = world.join(over);
        assert_true(quick != nullptr);
        const Timer dribble(
            std::chrono::milliseconds(20), [&] { slow[0]->send(as_bytes("R")); },
            Timer::Repeat::yes);
        assert_true(world.has_clients(1, 0));
        for (const auto& client : slow)
            assert_true(run_until([&] { return client->has_ended(); }));
        assert_true(is_served(*quick));
    }
}

// P-WS-02, CVE-18: the WebSocket's handshake is part of it
void the_websocket_handshake_counts(void**) {
    World world({.handshake_deadline = std::chrono::milliseconds(100)});
    const auto address = world.address(Over::websocket);
    const auto request = upgrade_request();
    std::vector<ClientPtr> slow;
    for (const std::size_t length :
         {std::size_t(0), std::size_t(1), request.size() - 1}) {
        slow.push_back(std::make_unique<RfbClient>(world.dial_socket(address)));
        slow.back()->send(as_bytes(request).first(length));
    }
    assert_true(run_until([&] { return world.server->connecting_count() == 3; }));
    assert_true(world.has_clients(0, 0));
    // At once: nothing was said that a peer could say goodbye to.
    for (const auto& client : slow)
        assert_true(run_until([&] { return client->has_ended(); }, nullptr,
                              std::chrono::seconds(3)));
}

// CVE-22, O-03, P-WS-16: peers that never answer do not pile up descriptors
void silent_connections_do_not_pile_up(void**) {
    for (const bool is_open : {false, true}) {
        World world({.max_connecting = 4});
        const auto address = world.address(Over::websocket);
        const auto before = open_descriptors();
        std::vector<std::shared_ptr<Channel>> silent;
        for (int i = 0; i < 100; ++i) {
            silent.push_back(world.dial_socket(address));
            if (is_open)
                (void)WebsockClient::shake_hands(*silent.back());
            drain();
        }
        assert_int_equal(world.server->connecting_count(), 4);
        assert_true(open_descriptors() <= before + silent.size() + 4 + 4);
    }
}

// P-WS-01, P-WS-19, IO-10: the listener's policy is the one it was given
void the_websocket_policy_decides(void**) {
    World world;
    auto policy = ws::vnc_listener_policy();
    policy.paths = {"/only"};
    const InetAddress anywhere{.host = "127.0.0.1", .port = "0"};
    assert_true(world.server->listen_websocket(anywhere, policy).has_value());
    assert_true(world.server->listen_websocket(anywhere).has_value());
    const auto addresses = world.server->websocket_addresses();
    const auto answer = [&](const SocketAddress& address, const std::string& request) {
        RfbClient client(world.dial_socket(address));
        client.send(as_bytes(request));
        return std::string(as_text(client.take(12)));
    };
    const auto protocol = [](const char* offer) {
        return upgrade_request(std::string("Sec-WebSocket-Protocol: ") + offer + "\r\n");
    };
    assert_string_equal(answer(addresses[0], upgrade_request()).c_str(), "HTTP/1.1 404");
    assert_string_equal(answer(addresses[0], upgrade_request({}, "/only")).c_str(),
                        "HTTP/1.1 101");
    assert_string_equal(answer(addresses[1], upgrade_request({}, "/websockify")).c_str(),
                        "HTTP/1.1 101");
    assert_string_equal(answer(addresses[1], protocol("base64, binary")).c_str(),
                        "HTTP/1.1 101");
    assert_string_equal(answer(addresses[1], protocol("base64")).c_str(), "HTTP/1.1 400");
    assert_string_equal(
        answer(addresses[1], upgrade_request("Origin: http://evil.example\r\n")).c_str(),
        "HTTP/1.1 403");
    assert_true(world.has_clients(0));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(policies_decide_who_shares),
        cmocka_unit_test(force_shared_refuses_an_exclusive_client),
        cmocka_unit_test(an_exclusive_client_leaves_room_afterwards),
        cmocka_unit_test(the_oldest_connecting_client_makes_room),
        cmocka_unit_test(there_is_always_room_for_one),
        cmocka_unit_test(more_clients_than_allowed_are_refused),
        cmocka_unit_test(the_handshake_must_be_over_in_time),
        cmocka_unit_test(the_websocket_handshake_counts),
        cmocka_unit_test(silent_connections_do_not_pile_up),
        cmocka_unit_test(the_websocket_policy_decides),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
