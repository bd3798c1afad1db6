// The server end to end: what a client is told first, over everything that carries RFB.
#include "ui/vnc/server.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/stat.h>

#include "io/socket/channel-socket.hpp"
#include "tests/support/stacks.hpp"
#include "tests/ui/vnc/world.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

void a_client_sees_the_picture_over_everything(void**) {
    for (const auto over : everything) {
        if (over == Over::tcp6 && !has_ipv6())
            continue;
        World world;
        for (const int encoding : {rfb::raw, rfb::zlib}) {
            const auto client = world.watch({encoding}, over);
            assert_true(client != nullptr);
            assert_true(client->shows(*world.surface));
            assert_int_equal(client->updates.back().count(encoding), 1);
            world.draw({3, 4, 5, 6}, 0x123456u + unsigned(encoding));
            assert_true(client->update(true));
            assert_true(client->shows(*world.surface));
        }
        assert_true(world.has_clients(0));
    }
}

// RFC 6143 §7.3.2, byte for byte; P-RFB-30, O-10: padding is zero
void server_init_tells_the_display(void**) {
    World world;
    assert_true(world.display->set_name("Käse").has_value());
    world.show(1366, 5);
    const auto client = world.join();
    assert_true(client != nullptr);
    const std::string expected("\x05\x56\x00\x05\x20\x18\x00\x01\x00\xff\x00\xff\x00\xff"
                               "\x10\x08\x00\x00\x00\x00\x00\x00\x00\x05",
                               24);
    assert_true(as_text(client->server_init) == expected);
    assert_string_equal(client->name.c_str(), "Käse");
    drain();
    assert_true(client->input().empty());
}

// V-20: names of every length the display takes arrive whole
void long_names_arrive_whole(void**) {
    for (const std::size_t length : {0, 1, 1017, 1018, 1023, 1024}) {
        World world;
        const std::string name(length, 'n');
        assert_true(world.display->set_name(name).has_value());
        const auto client = world.watch({rfb::desktop_name});
        assert_true(client != nullptr);
        assert_true(client->name == name);
        const std::string other(length, 'o');
        assert_true(world.display->set_name(other).has_value());
        drain();
        assert_true(client->update(true));
        assert_true(client->name == other);
    }
}

void every_version_gets_to_the_picture(void**) {
    for (const auto* version : {"RFB 003.003\n", "RFB 003.005\n", "RFB 003.007\n",
                                "RFB 003.008\n", "RFB 003.889\n"}) {
        World world;
        const auto client = world.connect();
        assert_true(client->shake_hands(version));
        assert_true(client->sync());
        assert_true(client->shows(*world.surface));
    }
}

// P-RFB-01, P-RFB-02, O-22, CVE-25: what the client is told before the server closes
void a_bad_handshake_is_answered_and_closed(void**) {
    for (const auto over : plain_and_websocket) {
        World world;
        const auto bystander = world.join();
        const auto wrong_version = world.connect(over);
        wrong_version->send(as_bytes("RFB 003.002\n"));
        assert_true(as_text(wrong_version->take_to_end())
                        .starts_with(std::string("RFB 003.008\n\0\0\0\0", 16)));
        assert_true(wrong_version->has_ended());
        for (const char type : {'\0', '\2', '\20', '\23', '\377'}) {
            const auto client = world.connect(over);
            client->send(as_bytes("RFB 003.008\n"));
            client->send(as_bytes(std::string{type, '\1', '\1'}));
            assert_true(as_text(client->take_to_end())
                            .starts_with(std::string(
                                "RFB 003.008\n\1\1\0\0\0\1\0\0\0\43That", 26)));
            assert_true(client->has_ended());
        }
        assert_true(world.has_clients(1));
        assert_true(bystander->sync());
    }
}

// V-38: keys and updates do not wait for each other
void small_messages_leave_at_once(void**) {
    World world;
    auto [ours, theirs] = make_tcp_pair();
    const auto socket = std::static_pointer_cast<ChannelSocket>(theirs);
    world.server->add_client(theirs);
    int value = 0;
    socklen_t size = sizeof value;
    assert_int_equal(getsockopt(socket->fd(), IPPROTO_TCP, TCP_NODELAY, &value, &size),
                     0);
    assert_int_not_equal(value, 0);
}

// A channel in blocking mode does not make the server wait for one client.
void a_blocking_channel_does_not_stop_the_server(void**) {
    World world;
    world.show(1000, 1000);
    auto [ours, theirs] = make_unix_pair();
    assert_true(theirs->set_blocking(Blocking::yes).has_value());
    world.server->add_client(theirs);
    RfbClient client(ours);
    assert_true(client.shake_hands());
    client.pause();
    client.request(false);
    drain();
    client.resume();
    assert_true(client.sync());
    assert_true(client.shows(*world.surface));
}

// IO-22: the path of a unix socket goes when the server does, not with a client
void listeners_go_with_the_server(void**) {
    World world;
    const auto address = world.address(Over::unix_socket);
    const auto path = std::get<UnixAddress>(address).path;
    {
        RfbClient client(world.dial_socket(address));
        assert_true(client.shake_hands());
    }
    assert_true(world.has_clients(0));
    struct stat file;
    assert_int_equal(stat(path.c_str(), &file), 0);
    const auto tcp = world.address(Over::tcp);
    const auto websocket = world.address(Over::websocket);
    assert_int_equal(world.server->addresses().size(), 2);
    assert_int_equal(world.server->websocket_addresses().size(), 1);
    world.server.reset();
    assert_int_equal(stat(path.c_str(), &file), -1);
    assert_true(world.dial_socket(tcp) == nullptr);
    assert_true(world.dial_socket(websocket) == nullptr);
}

// V-35: questions have answers before anything listens or is there
void every_question_has_an_answer(void**) {
    const auto server = vnc::Server::create(std::make_shared<ui::Display>());
    assert_true(server->addresses().empty());
    assert_true(server->websocket_addresses().empty());
    assert_int_equal(server->client_count(), 0);
    assert_int_equal(server->connecting_count(), 0);
    auto [ours, theirs] = make_pipe_pair();
    server->add_client(theirs);
    assert_int_equal(server->connecting_count(), 1);
    RfbClient client(ours);
    assert_true(client.shake_hands());
    client.send(rfb::joined({rfb::key_event(true, 'k'), rfb::pointer_event(1, 1, 1),
                             rfb::cut_text("t"), rfb::set_desktop_size(9, 9)}));
    assert_true(client.sync());
    assert_int_equal(server->client_count(), 1);
    assert_int_equal(server->connecting_count(), 0);
}

void an_address_that_is_taken_is_refused(void**) {
    World world;
    const auto taken = world.address(Over::tcp);
    const auto plain = world.server->listen(taken);
    assert_false(plain.has_value());
    assert_true(plain.error().kind == ErrorKind::address_in_use);
    assert_false(world.server->listen_websocket(taken).has_value());
    assert_int_equal(world.server->addresses().size(), 1);
    assert_int_equal(world.server->websocket_addresses().size(), 0);
}

// C-3: the server lives on a context of its own just as well.
void serves_on_the_context_it_is_given(void**) {
    const ThreadContext context;
    const auto display = std::make_shared<ui::Display>();
    const auto server = vnc::Server::create(display);
    auto [ours, theirs] = make_pipe_pair();
    server->add_client(theirs);
    RfbClient client(ours, context.get());
    assert_true(client.shake_hands());
    assert_true(client.sync());
    assert_int_equal(client.width(), 640);
    assert_int_equal(client.height(), 480);
    assert_int_equal(drain(nullptr), 0);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_client_sees_the_picture_over_everything),
        cmocka_unit_test(server_init_tells_the_display),
        cmocka_unit_test(long_names_arrive_whole),
        cmocka_unit_test(every_version_gets_to_the_picture),
        cmocka_unit_test(a_bad_handshake_is_answered_and_closed),
        cmocka_unit_test(small_messages_leave_at_once),
        cmocka_unit_test(a_blocking_channel_does_not_stop_the_server),
        cmocka_unit_test(listeners_go_with_the_server),
        cmocka_unit_test(every_question_has_an_answer),
        cmocka_unit_test(an_address_that_is_taken_is_refused),
        cmocka_unit_test(serves_on_the_context_it_is_given),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
