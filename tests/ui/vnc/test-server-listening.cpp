// One address that speaks everything, and who is let in there.
#include "tests/support/websock-client.hpp"
#include "tests/ui/vnc/visitor.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;
using vnc::ListenOptions;
using vnc::Speak;
using vnc::WithoutTls;

namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

const InetAddress anywhere{.host = "127.0.0.1", .port = "0"};

/// Opens another listener of the world's server.
SocketAddress open(World& world, ListenOptions options = {}) {
    const bool done = world.server->listen(anywhere, std::move(options)).has_value();
    const auto listeners = world.server->info().listeners;
    return done ? listeners.back().address : SocketAddress();
}

/// Whether a client that comes that way is served.
bool is_let_in(World& world, const SocketAddress& address, By way,
               const TlsCredentials* credentials = nullptr) {
    const auto channel = visit(world, address, way, credentials);
    if (!channel)
        return false;
    RfbClient client(channel);
    return client.shake_hands() && client.sync();
}

void one_address_speaks_everything(void**) {
    const Certified certified;
    const auto stranger = certified.stranger();
    World world({.greeting_delay = hours(1)});
    const auto address =
        open(world, {.credentials = certified.server(tls::VerifyPeer::no),
                     .without_tls = WithoutTls::anything});
    for (const auto way : every_way)
        assert_true(is_let_in(world, address, way, stranger.get()));
    assert_true(world.server->addresses() == world.server->websocket_addresses());
    assert_true(world.has_clients(0));
}

void every_path_is_a_websocket(void**) {
    World world;
    const auto address = open(world);
    for (const auto* path : {"/", "/websockify", "/websockify?token=x", "/a/b"}) {
        RfbClient client(world.dial_socket(address));
        client.send(as_bytes(upgrade_request({}, path)));
        const auto response = client.take(12);
        assert_string_equal(std::string(as_text(response)).c_str(), "HTTP/1.1 101");
    }
}

// What was read in order to look is not lost, wherever it is cut.
void first_bytes_may_come_one_by_one(void**) {
    World world({.greeting_delay = hours(1)});
    const auto address = open(world);
    for (const std::string& said : {std::string("RFB 003.008\n"), upgrade_request()}) {
        for (std::size_t cut = 1; cut <= said.size(); cut += said.size() > 20 ? 13 : 1) {
            RfbClient client(world.dial_socket(address));
            client.send(as_bytes(said).first(cut));
            assert_true(run_until([&] { return client.is_sent(); }));
            drain();
            client.send(as_bytes(said).subspan(cut));
            const std::string answer(as_text(client.take(12)));
            assert_true(answer == "RFB 003.008\n" || answer == "HTTP/1.1 101");
        }
    }
}

// O-09: nobody waits for bytes, and who says a little is not waited for longer
void only_silent_clients_wait_for_the_greeting(void**) {
    const Certified certified;
    const auto stranger = certified.stranger();
    World world({.greeting_delay = hours(1)});
    const auto address =
        open(world, {.credentials = certified.server(tls::VerifyPeer::no),
                     .without_tls = WithoutTls::anything});
    RfbClient silent(world.dial_socket(address));
    assert_true(is_let_in(world, address, By::websocket));
    assert_true(is_let_in(world, address, By::wss, stranger.get()));
    assert_true(world.has_clients(0, 1));
    assert_int_equal(silent.received(), 0);
    // It may begin as late as it likes.
    silent.send(as_bytes("RFB 003.008\n"));
    assert_string_equal(std::string(as_text(silent.take(12))).c_str(), "RFB 003.008\n");
}

void a_silent_client_is_greeted(void**) {
    World world({.greeting_delay = milliseconds(20)});
    const auto address = open(world);
    const auto start = Clock::now();
    RfbClient silent(world.dial_socket(address));
    RfbClient begun(world.dial_socket(address));
    begun.send(as_bytes("R"));
    assert_int_equal(silent.take(12).size(), 12);
    assert_true(Clock::now() - start >= milliseconds(20));
    // Who has begun with something is waited for.
    assert_int_equal(begun.received(), 0);
    assert_true(world.has_clients(0, 2));
}

// Browsers open connections ahead of need: a greeting would be a wrong answer to what
// they ask for then.
void a_browsers_spare_connection_is_not_greeted(void**) {
    World world({.greeting_delay = milliseconds(200), .browser_delay = hours(1)});
    const auto address = open(world);
    RfbClient before(dial_from("127.0.0.1", address));
    RfbClient page(dial_from("127.0.0.1", address));
    page.send(as_bytes("GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    RfbClient after(dial_from("127.0.0.1", address));
    assert_string_equal(std::string(as_text(page.take(5))).c_str(), "HTTP/");
    // Another is greeted in time, and by then those two would have been.
    RfbClient other(dial_from("127.0.0.2", address));
    assert_int_equal(other.take(12).size(), 12);
    assert_int_equal(before.received() + after.received(), 0);
    after.send(as_bytes("GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    assert_string_equal(std::string(as_text(after.take(5))).c_str(), "HTTP/");
}

void a_viewer_beside_a_browser_is_greeted_later(void**) {
    World world({.greeting_delay = milliseconds(1), .browser_delay = milliseconds(60)});
    const auto address = open(world);
    RfbClient page(dial_from("127.0.0.1", address));
    page.send(as_bytes("GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    assert_string_equal(std::string(as_text(page.take(5))).c_str(), "HTTP/");
    const auto start = Clock::now();
    RfbClient silent(dial_from("127.0.0.1", address));
    assert_int_equal(silent.take(12).size(), 12);
    assert_true(Clock::now() - start >= milliseconds(60));
}

// V-28: the same conditions whichever way somebody comes
void tls_is_asked_of_everybody_or_nobody(void**) {
    struct Row {
        Speak speak;
        WithoutTls without;
        bool comes[4]; ///< by each of every_way
    };
    constexpr Row rows[] = {
        {Speak::anything, WithoutTls::nothing, {false, false, true, true}},
        {Speak::anything, WithoutTls::rfb, {true, false, true, true}},
        {Speak::anything, WithoutTls::anything, {true, true, true, true}},
        {Speak::rfb, WithoutTls::nothing, {false, false, true, false}},
        {Speak::rfb, WithoutTls::anything, {true, false, true, false}},
        {Speak::websocket, WithoutTls::nothing, {false, false, false, true}},
        {Speak::websocket, WithoutTls::rfb, {false, false, false, true}},
        {Speak::websocket, WithoutTls::anything, {false, true, false, true}},
    };
    const Certified certified;
    const auto client = certified.client();
    World world({.handshake_deadline = milliseconds(400), .greeting_delay = hours(1)});
    for (const auto& row : rows) {
        const auto address =
            open(world, {.speak = row.speak,
                         .credentials = certified.server(tls::VerifyPeer::yes),
                         .without_tls = row.without});
        for (std::size_t i = 0; i < std::size(every_way); ++i)
            assert_int_equal(is_let_in(world, address, every_way[i], client.get()),
                             row.comes[i]);
    }
}

// V-28: a certificate that is asked for is asked for everywhere
void a_missing_certificate_is_missed_everywhere(void**) {
    const Certified certified;
    const auto client = certified.client();
    const auto stranger = certified.stranger();
    World world({.greeting_delay = hours(1)});
    constexpr std::pair<Speak, By> rows[] = {{Speak::anything, By::tls},
                                             {Speak::anything, By::wss},
                                             {Speak::websocket, By::wss},
                                             {Speak::rfb, By::tls}};
    for (const auto& [speak, way] : rows) {
        const auto address =
            open(world,
                 {.speak = speak, .credentials = certified.server(tls::VerifyPeer::yes)});
        assert_false(is_let_in(world, address, way, stranger.get()));
        const auto channel = visit(world, address, way, client.get());
        RfbClient known(channel);
        assert_true(known.shake_hands());
        const auto clients = world.server->info().clients;
        assert_int_equal(clients.size(), 1);
        assert_true(clients[0].security.encrypted);
        assert_true(clients[0].security.key_bits >= 128);
        assert_true(clients[0].security.peer_dname.contains("CN=client"));
        assert_int_equal(clients[0].is_websocket, way == By::wss);
        known.close();
        assert_true(world.has_clients(0));
    }
}

/// The security type that a client is offered alone; 0 if it is not one.
int offer(World& world, const SocketAddress& address, By way) {
    RfbClient client(visit(world, address, way));
    client.send(as_bytes("RFB 003.008\n"));
    client.take(12);
    const auto types = client.take(2);
    return types.size() == 2 && types[0] == std::byte{1} ? int(types[1]) : 0;
}

// V-28: browsers know no TLS within RFB: they get what they know if it is around them
void tls_in_front_counts_as_tls(void**) {
    const Certified certified;
    vnc::SecurityOptions wanted;
    wanted.methods = {vnc::LoginMethod::password};
    wanted.tls =
        std::const_pointer_cast<TlsCredentials>(certified.server(tls::VerifyPeer::no));
    const auto security = vnc::Security::create(std::move(wanted));
    assert_true(security.has_value());
    World world({.security = *security});
    for (const auto speak : {Speak::anything, Speak::websocket}) {
        const auto address = open(world, {.speak = speak});
        assert_int_equal(offer(world, address, By::websocket), 19);
        const auto behind = open(world, {.speak = speak, .tls_in_front = true});
        assert_int_equal(offer(world, behind, By::websocket), 2);
    }
}

// V-28: who asks without TLS is told, and gets nothing else
void plain_requests_are_told_of_tls(void**) {
    const Certified certified;
    World world;
    const auto address =
        open(world, {.credentials = certified.server(tls::VerifyPeer::no)});
    const auto answer = ask(world, address, upgrade_request());
    assert_true(answer.starts_with("HTTP/1.1 403 "));
    assert_true(answer.contains("TLS only"));
}

void requests_without_websocket_are_refused(void**) {
    World world;
    const auto address = open(world);
    const auto get = [&](const char* request) { return ask(world, address, request); };
    assert_true(get("GET / HTTP/1.1\r\nHost: h\r\n\r\n").starts_with("HTTP/1.1 426 "));
    assert_true(get("POST / HTTP/1.1\r\nHost: h\r\n\r\n").starts_with("HTTP/1.1 405 "));
    assert_true(get("GET / HTTP/1.0\r\n\r\n").starts_with("HTTP/1.1 400 "));
    const auto endless = "GET / HTTP/1.1\r\nX: " + std::string(5000, 'x');
    assert_true(ask(world, address, endless).starts_with("HTTP/1.1 431 "));
}

// P-WS-01, O-27: the policy holds on this listener, too
void pages_of_other_origins_are_refused(void**) {
    World world;
    const auto address = open(world);
    const auto evil = upgrade_request("Origin: https://evil.example\r\n");
    assert_true(ask(world, address, evil).starts_with("HTTP/1.1 403 "));
    assert_true(world.has_clients(0));
}

// CVE-26, P-TLS-01, P-RFB-25: what comes instead of a protocol harms nobody
void the_listener_survives_junk(void**) {
    const Certified certified;
    const auto stranger = certified.stranger();
    World world({.greeting_delay = hours(1)});
    const SocketAddress addresses[] = {
        open(world),
        open(world, {.credentials = certified.server(tls::VerifyPeer::no)}),
        open(world, {.speak = Speak::rfb}),
        open(world, {.speak = Speak::websocket}),
    };
    const std::string junk[] = {
        "",
        std::string(1, '\0'),
        "\x16",
        "\x16\x03\x01",
        std::string("\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03", 11),
        "\x16\x03" + std::string(3000, '\xff'),
        "RF",
        "RFB 003.0",
        "RFB 999.999\n" + std::string(100, 'x'),
        "GET",
        "GET / HTTP/1.1\r\n",
        "GET \r\n\r\n",
        std::string(10000, 'A'),
    };
    for (const auto& address : addresses)
        for (const auto& bytes : junk) {
            RfbClient client(world.dial_socket(address));
            client.send(as_bytes(bytes));
            run_until([&] { return client.is_sent() || client.has_ended(); });
            drain();
        }
    assert_true(world.has_clients(0));
    assert_true(is_let_in(world, addresses[0], By::rfb));
    assert_true(is_let_in(world, addresses[1], By::wss, stranger.get()));
    assert_true(is_let_in(world, addresses[2], By::rfb));
    assert_true(is_let_in(world, addresses[3], By::websocket));
}

// O-09, P-WS-02, P-TLS-01: one deadline for all that comes before RFB, whatever dribbles
void the_deadline_counts_from_the_connection(void**) {
    const Certified certified;
    World world({.handshake_deadline = milliseconds(300), .greeting_delay = hours(1)});
    const auto address =
        open(world, {.credentials = certified.server(tls::VerifyPeer::no),
                     .without_tls = WithoutTls::anything});
    std::vector<ClientPtr> slow;
    for (const auto* said :
         {"", "R", "XX", "RFB 003.008\n", "GET / HT", "\x16\x03\x01"}) {
        slow.push_back(std::make_unique<RfbClient>(world.dial_socket(address)));
        slow.back()->send(as_bytes(said));
    }
    const Timer dribble(
        milliseconds(20),
        [&] {
            slow[1]->send(as_bytes("FB 003.008\n"));
            slow[4]->send(as_bytes("X"));
        },
        Timer::Repeat::yes);
    assert_true(world.has_clients(0, slow.size()));
    assert_true(world.has_clients(0, 0));
    for (const auto& client : slow)
        assert_true(run_until([&] { return client->has_ended(); }));
}

// TRAP-24, P-RFB-08, V-30: a thousand silent connections keep nobody else out
void a_silent_flood_leaves_room_for_others(void**) {
    World world({.greeting_delay = milliseconds(50)});
    const auto address = open(world);
    const auto before = open_descriptors();
    std::vector<std::shared_ptr<Channel>> silent;
    const auto flood = [&](int count) {
        for (int i = 0; i < count; ++i) {
            silent.push_back(dial_from("127.0.0.1", address));
            drain();
            if (silent.size() > 64)
                silent.erase(silent.begin());
        }
    };
    flood(500);
    assert_true(world.server->connecting_count() <= 32);
    RfbClient honest(dial_from("127.0.0.2", address));
    flood(500);
    assert_true(honest.shake_hands());
    assert_true(honest.sync());
    assert_true(world.server->connecting_count() <= 32);
    assert_true(open_descriptors() <= before + silent.size() + 40);
}

// CVE-18, CVE-22, P-RFB-25: a server that ends lets go of those who are on their way
void arrivals_end_with_the_server(void**) {
    const Certified certified;
    const auto stranger = certified.stranger();
    World world({.greeting_delay = hours(1)});
    const auto before = open_descriptors();
    const auto address =
        open(world, {.credentials = certified.server(tls::VerifyPeer::no),
                     .without_tls = WithoutTls::anything});
    std::vector<ClientPtr> clients;
    for (const auto* said : {"", "R", "RFB 003.008\n", "GET / HT", "\x16\x03\x01"}) {
        clients.push_back(std::make_unique<RfbClient>(world.dial_socket(address)));
        clients.back()->send(as_bytes(said));
    }
    clients.push_back(
        std::make_unique<RfbClient>(put_tls(world.dial_socket(address), *stranger)));
    assert_true(world.has_clients(0, clients.size()));
    world.server.reset();
    for (const auto& client : clients)
        assert_true(run_until([&] { return client->has_ended(); }));
    clients.clear();
    drain();
    assert_int_equal(open_descriptors(), before);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(one_address_speaks_everything),
        cmocka_unit_test(every_path_is_a_websocket),
        cmocka_unit_test(first_bytes_may_come_one_by_one),
        cmocka_unit_test(only_silent_clients_wait_for_the_greeting),
        cmocka_unit_test(a_silent_client_is_greeted),
        cmocka_unit_test(a_browsers_spare_connection_is_not_greeted),
        cmocka_unit_test(a_viewer_beside_a_browser_is_greeted_later),
        cmocka_unit_test(tls_is_asked_of_everybody_or_nobody),
        cmocka_unit_test(a_missing_certificate_is_missed_everywhere),
        cmocka_unit_test(tls_in_front_counts_as_tls),
        cmocka_unit_test(plain_requests_are_told_of_tls),
        cmocka_unit_test(requests_without_websocket_are_refused),
        cmocka_unit_test(pages_of_other_origins_are_refused),
        cmocka_unit_test(the_listener_survives_junk),
        cmocka_unit_test(the_deadline_counts_from_the_connection),
        cmocka_unit_test(a_silent_flood_leaves_room_for_others),
        cmocka_unit_test(arrivals_end_with_the_server),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
