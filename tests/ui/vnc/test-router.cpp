// Several displays behind one address: who gets which, and as what.
#include "ui/vnc/router.hpp"

#include "tests/support/websock-client.hpp"
#include "tests/ui/vnc/visitor.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;
using vnc::Admission;
using vnc::Role;
using vnc::Router;
using vnc::Speak;
using vnc::Visit;

namespace {

const InetAddress anywhere{.host = "127.0.0.1", .port = "0"};

/// Two displays of different sizes, and a router in front.
struct House {
    explicit House(vnc::RouterOptions options = {}, Speak speak = Speak::anything)
        : router(Router::create(std::move(options))) {
        second.show(32, 24);
        (void)router->add("one", *first.server);
        (void)router->add("two", *second.server, {"/console"});
        (void)router->listen(anywhere, {.speak = speak});
        address = router->listeners().at(0).address;
    }

    /// The width of the display that a WebSocket to this path shows; or the HTTP status.
    int at(const std::string& path) {
        const auto below = first.dial_socket(address);
        const auto request = upgrade_request({}, path);
        (void)below->write(as_bytes(request));
        Bytes bytes;
        std::byte byte;
        const Watch wake(*below, Condition::in, [](Condition) {});
        run_until([&] {
            const auto count = below->read({&byte, 1});
            if (count && *count && **count == 1)
                bytes.push_back(byte);
            return as_text(bytes).ends_with("\r\n\r\n") ||
                   (count && *count && **count == 0);
        });
        const std::string head(as_text(bytes));
        if (!head.starts_with("HTTP/1.1 101 "))
            return head.size() > 12 ? std::stoi(head.substr(9, 3)) : 0;
        RfbClient client(std::make_shared<WebsockClient>(below));
        return client.shake_hands() ? client.width() : 0;
    }

    World first, second;
    std::unique_ptr<Router> router;
    SocketAddress address;
};

void the_path_chooses_the_display(void**) {
    for (const auto speak : {Speak::anything, Speak::websocket}) {
        House house({}, speak);
        constexpr std::pair<const char*, int> rows[] = {
            {"/", 64},
            {"/websockify", 64},
            {"/websockify?token=x", 64},
            {"/display/one", 64},
            {"/display/two", 32},
            {"/display/two?x", 32},
            {"/console", 32},
            {"/display/", 404},
            {"/display/three", 404},
            {"/display/two/", 404},
            {"/display/%74wo", 404},
            {"/elsewhere", 404},
        };
        for (const auto& [path, width] : rows)
            assert_int_equal(house.at(path), width);
    }
}

void rfb_without_a_path_gets_the_first(void**) {
    House house;
    RfbClient client(house.first.dial_socket(house.address));
    assert_true(client.shake_hands());
    assert_int_equal(client.width(), 64);
    house.router->remove("one");
    RfbClient next(house.first.dial_socket(house.address));
    assert_true(next.shake_hands());
    assert_int_equal(next.width(), 32);
    assert_true(client.sync());
}

void names_are_given_once(void**) {
    House house;
    const auto add = [&](const char* id, std::vector<std::string> paths) {
        return house.router->add(id, *house.first.server, std::move(paths)).has_value();
    };
    assert_false(add("one", {}));
    assert_false(add("three", {"/console"}));
    assert_false(add("three", {"/"}));
    assert_false(add("three", {"/display/x"}));
    assert_false(add("three", {"console"}));
    assert_true(add("three", {"/third"}));
    assert_int_equal(house.at("/third"), 64);
}

// P-RFB-25: a server may go while it is in the router, and with a visit on its way
void a_server_that_went_is_not_found(void**) {
    House house;
    const RfbClient silent(house.first.dial_socket(house.address));
    house.second.server.reset();
    assert_int_equal(house.at("/display/two"), 404);
    assert_int_equal(house.at("/display/one"), 64);
    assert_int_equal(house.router->status().size(), 1);
    assert_string_equal(house.router->status()[0].id.c_str(), "one");
    house.first.server.reset();
    assert_int_equal(house.at("/"), 404);
    house.router.reset();
    drain();
}

// Somebody decides who may go where, and may say no.
void admission_is_asked_for(void**) {
    std::vector<Visit> visits;
    House house(
        {.admit = [&](const Visit& visit) -> std::expected<Admission, ws::HttpRefusal> {
            visits.push_back(visit);
            if (visit.query == "key=1")
                return Admission{.display = "two"};
            if (visit.query == "key=0")
                return Admission{.display = "nowhere"};
            if (visit.path == "/public" || !visit.is_websocket)
                return Admission{.display = "one", .role = Role::view};
            return std::unexpected(ws::HttpRefusal{401, "Who are you?", {}});
        }});
    assert_int_equal(house.at("/"), 401);
    assert_int_equal(house.at("/x?key=1"), 32);
    assert_int_equal(house.at("/x?key=0"), 404);
    assert_int_equal(visits.size(), 3);
    assert_true(visits[1].is_websocket && visits[1].peer.has_value());
    assert_string_equal(visits[1].path.c_str(), "/x");

    // A viewer sees, and moves nothing.
    RfbClient viewer(house.first.dial_socket(house.address));
    assert_true(viewer.shake_hands() && viewer.sync());
    assert_true(house.first.server->info().clients[0].role == Role::view);
    viewer.send(rfb::key_event(true, 0x61));
    viewer.send(rfb::pointer_event(1, 3, 4));
    assert_true(viewer.sync());
    assert_int_equal(house.first.emulator.calls(), 0);
}

void status_names_every_display(void**) {
    House house;
    const auto status = house.router->status();
    assert_int_equal(status.size(), 2);
    assert_string_equal(status[1].id.c_str(), "two");
    assert_int_equal(status[1].info.listeners.size(), 1);
    assert_true(house.router->set_listeners({}).has_value());
    assert_true(house.router->status()[0].info.listeners.empty());
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(the_path_chooses_the_display),
        cmocka_unit_test(rfb_without_a_path_gets_the_first),
        cmocka_unit_test(names_are_given_once),
        cmocka_unit_test(a_server_that_went_is_not_found),
        cmocka_unit_test(admission_is_asked_for),
        cmocka_unit_test(status_names_every_display),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
