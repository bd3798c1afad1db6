// What may change while a server runs: listeners, credentials, clients from elsewhere;
// and what it tells about itself meanwhile.
#include <algorithm>

#include "io/socket/listen.hpp"
#include "io/socket/net-listener.hpp"
#include "io/tls/credentials-x509.hpp"
#include "tests/support/websock-client.hpp"
#include "tests/ui/vnc/visitor.hpp"
#include "ui/vnc/server-status.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;
using vnc::ListenOptions;
using vnc::Speak;

namespace {

using std::chrono::milliseconds;

const InetAddress anywhere{.host = "127.0.0.1", .port = "0"};

bool can_connect(World& world, const SocketAddress& address) {
    const auto channel = world.dial_socket(address);
    drain();
    return channel != nullptr;
}

// V-34, P-RFB-25: listeners go and come; clients in any state stay
void listeners_are_replaced_at_once(void**) {
    World world;
    const auto old = world.address(Over::tcp);
    const auto old_websocket = world.address(Over::websocket);
    const auto served = world.join(Over::tcp);
    const auto connecting = world.connect(Over::websocket);
    for (int i = 0; i < 2; ++i)
        assert_true(world.server
                        ->set_listeners({{anywhere, {.speak = Speak::rfb}},
                                         {anywhere, {.speak = Speak::websocket}}})
                        .has_value());
    assert_false(can_connect(world, old));
    assert_false(can_connect(world, old_websocket));
    assert_int_equal(world.server->addresses().size(), 1);
    assert_int_equal(world.server->websocket_addresses().size(), 1);
    assert_true(can_connect(world, world.server->addresses()[0]));
    assert_true(served->sync());
    assert_true(connecting->shake_hands());
    assert_true(world.server->set_listeners({}).has_value());
    assert_true(world.server->addresses().empty());
    assert_true(served->sync() && connecting->sync());
}

// V-34: on failure everything is as it was
void listeners_stay_when_new_ones_fail(void**) {
    World world;
    World other;
    const auto address = world.address(Over::tcp);
    const auto taken = other.address(Over::tcp);
    const auto result =
        world.server->set_listeners({{anywhere, {}}, {taken, {.speak = Speak::rfb}}});
    assert_false(result.has_value());
    assert_true(result.error().kind == ErrorKind::address_in_use);
    assert_true(world.server->addresses() == std::vector{address});
    assert_true(world.server->websocket_addresses().empty());
    assert_true(can_connect(world, address));
}

// What is listened on already is not closed in between, and speaks otherwise from now on.
void a_listener_that_stays_gets_new_options(void**) {
    World world({.greeting_delay = std::chrono::hours(1)});
    const auto address = world.address(Over::tcp);
    const RfbClient waiting(world.dial_socket(address));
    assert_true(
        world.server->set_listeners({{address, {.speak = Speak::anything}}}).has_value());
    assert_true(world.server->addresses() == std::vector{address});
    const auto channel = visit(world, address, By::websocket);
    assert_true(channel != nullptr);
    RfbClient client(channel);
    assert_true(client.shake_hands());
}

// A socket that was opened by somebody else, such as the service manager.
void an_inherited_socket_is_listened_on(void**) {
    World world;
    auto sockets = listen_all(anywhere, 8);
    assert_true(sockets.has_value());
    const auto address = *sockets->front()->local_address();
    const int fd = dup(sockets->front()->fd());
    sockets->clear();
    assert_true(world.server->listen(FdAddress{fd}, {}).has_value());
    assert_true(world.server->addresses() == std::vector{address});
    RfbClient client(world.dial_socket(address));
    assert_true(client.shake_hands());
}

void a_viewer_that_listens_is_connected_to(void**) {
    World world;
    const auto viewer = NetListener::create();
    assert_true(viewer->open(anywhere).has_value());
    ClientPtr client;
    viewer->set_callback([&](std::shared_ptr<ChannelSocket> socket) {
        client = std::make_unique<RfbClient>(std::move(socket));
    });
    std::optional<bool> done;
    const auto address = viewer->addresses()[0];
    world.server->connect_to(
        address, [&](const Result<void>& result) { done = result.has_value(); });
    assert_true(run_until([&] { return done && client; }));
    assert_true(*done);
    assert_true(client->shake_hands() && client->sync());
    assert_true(world.server->info().clients[0].peer == address);

    viewer->close();
    done.reset();
    world.server->connect_to(
        address, [&](const Result<void>& result) { done = result.has_value(); });
    assert_true(run_until([&] { return done.has_value(); }));
    assert_false(*done);
    done.reset();
    world.server->connect_to(
        address, [&](const Result<void>& result) { done = result.has_value(); });
    world.server.reset();
    assert_true(run_until([&] { return done.has_value(); }));
    assert_false(*done);
}

// Sessions go on with what they began with; the next ones get the new certificate.
void credentials_are_reloaded_in_place(void**) {
    const Authority authority;
    const TemporaryFolder folder;
    authority.write_to(folder);
    const auto credentials =
        TlsCredentialsX509::create({.endpoint = tls::Endpoint::server,
                                    .directory = folder.file(""),
                                    .verify_peer = tls::VerifyPeer::no});
    assert_true(credentials.has_value());
    World world;
    assert_true(
        world.server->listen(anywhere, {.credentials = *credentials}).has_value());
    const auto address = world.server->addresses()[0];
    const auto name_seen = [&](const Certificate& ca) {
        const std::unique_ptr<const TlsCredentials> stranger(new TestCredentials(
            TestCredentials::x509(tls::Endpoint::client, nullptr, ca)));
        const auto session = put_tls(world.dial_socket(address), *stranger);
        return session ? session->info().peer_name : "";
    };
    const std::unique_ptr<const TlsCredentials> stranger(new TestCredentials(
        TestCredentials::x509(tls::Endpoint::client, nullptr, authority.ca)));
    RfbClient before(visit(world, address, By::wss, stranger.get()));
    assert_true(before.shake_hands());
    assert_true(name_seen(authority.ca).contains("CN=server"));

    const Authority next;
    next.write_to(folder);
    const Certificate renamed(server_spec("renewed"), next.ca);
    write_identity(folder, "server", renamed);
    assert_true((*credentials)->reload().has_value());
    assert_true(name_seen(next.ca).contains("CN=renewed"));
    assert_true(name_seen(authority.ca).empty());
    assert_true(before.sync());

    write_file(folder.file("") + "server-cert.pem", "nonsense");
    assert_false((*credentials)->reload().has_value());
    assert_true(name_seen(next.ca).contains("CN=renewed"));
}

/// The events, as text.
struct Log {
    vnc::ServerEvents events() {
        return {.connected = [this](auto& info) { add("connected", info); },
                .initialized = [this](auto& info) { add("initialized", info); },
                .disconnected = [this](auto& info) { add("disconnected", info); }};
    }
    void add(const char* what, const vnc::ClientInfo& info) {
        text += std::string(text.empty() ? "" : " ") + what + " " +
                std::to_string(info.id) + (info.is_initialized ? "+" : "");
        if (on_event)
            on_event();
    }

    std::string text;
    std::function<void()> on_event;
};

void events_tell_who_comes_and_goes(void**) {
    Log log;
    World world({.events = log.events()});
    auto first = world.join();
    auto second = world.connect(Over::websocket);
    assert_true(world.has_clients(1, 1));
    first.reset();
    assert_true(world.has_clients(0, 1));
    second.reset();
    assert_true(world.has_clients(0, 0));
    assert_string_equal(log.text.c_str(), "connected 1 initialized 1+ connected 2 "
                                          "disconnected 1+ disconnected 2");
}

// P-RFB-25: each of the events may end the server
void a_server_may_go_in_its_events(void**) {
    for (int which = 1; which <= 3; ++which)
        for (const auto over : everything) {
            if (over == Over::tcp6 && !has_ipv6())
                continue;
            Log log;
            World world({.events = log.events()});
            world.address(over == Over::pipe ? Over::tcp : over);
            log.on_event = [&, left = which]() mutable {
                if (--left == 0)
                    world.server.reset();
            };
            ClientPtr client;
            if (over != Over::websocket || which > 1)
                client = world.connect(over);
            else
                (void)world.dial_socket(world.address(over));
            if (client)
                client->shake_hands();
            client.reset();
            assert_true(run_until([&] { return world.server == nullptr; }));
        }
}

// V-35: every question has an answer in every state
void a_server_can_always_be_asked(void**) {
    World world;
    assert_true(world.server->info().listeners.empty());
    assert_true(world.server->info().clients.empty());
    assert_string_equal(
        vnc::status_json(std::vector<vnc::DisplayStatus>{{"a\"b", world.server->info()}})
            .c_str(),
        "{\"displays\":[{\"id\":\"a\\\"b\",\"enabled\":false,\"connections\":0,"
        "\"control\":\"everyone\",\"server\":[],\"clients\":[]}]}\n");
    const auto unix_socket = std::get<UnixAddress>(world.address(Over::unix_socket));
    const auto websocket = std::get<InetAddress>(world.address(Over::websocket));
    const auto pipe = world.join();
    const auto silent = world.connect(Over::unix_socket);
    const auto browser = world.join(Over::websocket);
    const auto info = world.server->info();
    assert_int_equal(info.listeners.size(), 2);
    assert_int_equal(info.connections, 3);
    assert_int_equal(info.clients.size(), 3);
    assert_false(info.clients[0].peer.has_value());
    assert_true(info.clients[0].is_initialized && info.clients[0].is_shared);
    assert_true(info.clients[1].security.is_unix && !info.clients[1].is_initialized);
    assert_true(info.clients[2].is_websocket && !info.clients[2].security.encrypted);
    assert_true(vnc::endpoint_of(info.listeners[0].address) ==
                (vnc::Endpoint{"", unix_socket.path, "unix"}));
    assert_true(vnc::endpoint_of(info.listeners[1].address) ==
                (vnc::Endpoint{"127.0.0.1", websocket.port, "ipv4"}));
    const std::vector<vnc::DisplayStatus> displays{{"d", info}};
    const auto json = vnc::status_json(displays);
    assert_true(json.contains("\"websocket\":true,\"rfb\":false,\"tls\":false"));
    assert_true(
        json.contains("\"family\":\"unknown\",\"websocket\":false,\"tls\":false,"
                      "\"initialized\":true,\"shared\":true,\"view_only\":false"));
    const auto metrics = vnc::metrics_text(displays);
    assert_true(metrics.contains("\nqio_vnc_clients{display=\"d\"} 2\n"));
    assert_true(metrics.contains("\nqio_vnc_connecting_clients{display=\"d\"} 1\n"));
    assert_true(metrics.contains("\nqio_vnc_connections_total{display=\"d\"} 3\n"));
    assert_true(metrics.contains("\nqio_vnc_listeners{display=\"d\"} 2\n"));
}

void traffic_is_told(void**) {
    World world;
    const auto client = world.watch({rfb::zlib});
    const auto before = world.server->info().clients.at(0).traffic;
    assert_true(before.updates >= 1 && before.encoding == rfb::zlib);
    assert_int_equal(before.raw_bytes, before.updates * 64 * 48 * 4);
    world.draw({0, 0, 10, 10}, 7);
    assert_true(client->update(true));
    const auto info = world.server->info();
    const auto traffic = info.clients.at(0).traffic;
    assert_int_equal(traffic.updates, before.updates + 1);
    assert_int_equal(traffic.raw_bytes, before.raw_bytes + 10 * 10 * 4);
    assert_true(traffic.sent_bytes > before.sent_bytes);
    assert_true(traffic.sent_bytes <= client->received());
    assert_false(traffic.delay.has_value() || traffic.bytes_per_second.has_value());
    const std::vector<vnc::DisplayStatus> displays{{"d", info}};
    const auto json = vnc::status_json(displays);
    assert_true(json.contains("\"control\":\"everyone\""));
    assert_true(json.contains("\"control\":true,\"traffic\":{\"encoding\":6,"
                              "\"updates\":" +
                              std::to_string(traffic.updates)));
    const auto metrics = vnc::metrics_text(displays);
    assert_true(metrics.contains(
        "\nqio_vnc_client_sent_bytes_total{display=\"d\",client=\"1\"} " +
        std::to_string(traffic.sent_bytes) + "\n"));
    assert_true(
        metrics.contains("\nqio_vnc_client_control{display=\"d\",client=\"1\"} 1\n"));
    assert_false(metrics.contains("qio_vnc_client_delay_seconds{"));
    assert_true(world.server->give_control(1).has_value());
    const std::vector<vnc::DisplayStatus> later{{"d", world.server->info()}};
    assert_true(vnc::status_json(later).contains("\"control\":1,"));
}

// Who answers fences has a link that is known.
void a_measured_link_is_told(void**) {
    vnc::ClientInfo last;
    vnc::ServerEvents events;
    events.disconnected = [&](const vnc::ClientInfo& client) { last = client; };
    World world({.events = events});
    const auto client = world.watch({rfb::raw, rfb::fence});
    assert_false(client->messages.empty());
    for (auto answer : client->messages) {
        answer[4] = std::byte{0}; // no request any more
        client->send(answer);
    }
    assert_true(client->sync());
    const std::vector<vnc::DisplayStatus> displays{{"d", world.server->info()}};
    assert_true(vnc::metrics_text(displays).contains("\nqio_vnc_client_delay_seconds{"));
    assert_true(vnc::status_json(displays).contains("\"delay_us\":"));
    client->close();
    assert_true(world.has_clients(0));
    assert_true(last.traffic.delay.has_value() && last.traffic.updates > 0);
}

// Who may keep its losses keeps them; the other display's client is sent what rests.
void what_rests_is_refined_unless_it_is_not_to_be(void**) {
    constexpr int jpeg = 21, quality_5 = -27;
    World refining, other({.adaptive = false});
    const auto refined = refining.watch({jpeg, quality_5});
    const auto kept = other.watch({jpeg, quality_5});
    if (refining.server->info().clients[0].traffic.encoding != jpeg)
        return; // built without it
    for (int i = 0; i < 2; ++i) {
        const auto before = kept->updates.size();
        kept->request(true);
        other.draw({0, 0, 64, 48}, unsigned(i));
        assert_true(kept->wait_for([&] { return kept->updates.size() > before; }));
    }
    const auto seen = kept->updates.size();
    kept->request(true);
    // Twice as long as it takes
    for (int i = 0; i < 2; ++i) {
        const auto before = refined->updates.size();
        refining.draw({0, 0, 64, 48}, unsigned(i));
        assert_true(refined->update(true));
        refined->request(true);
        assert_true(
            refined->wait_for([&] { return refined->updates.size() > before + 1; }));
    }
    assert_int_equal(kept->updates.size(), seen);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(listeners_are_replaced_at_once),
        cmocka_unit_test(listeners_stay_when_new_ones_fail),
        cmocka_unit_test(a_listener_that_stays_gets_new_options),
        cmocka_unit_test(an_inherited_socket_is_listened_on),
        cmocka_unit_test(a_viewer_that_listens_is_connected_to),
        cmocka_unit_test(credentials_are_reloaded_in_place),
        cmocka_unit_test(events_tell_who_comes_and_goes),
        cmocka_unit_test(a_server_may_go_in_its_events),
        cmocka_unit_test(a_server_can_always_be_asked),
        cmocka_unit_test(traffic_is_told),
        cmocka_unit_test(a_measured_link_is_told),
        cmocka_unit_test(what_rests_is_refined_unless_it_is_not_to_be),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
