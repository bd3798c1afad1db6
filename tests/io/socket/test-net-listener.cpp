// A listener on several addresses, and the callback that gets the connections.
#include "io/socket/net-listener.hpp"

#include <sys/resource.h>

#include <vector>

#include "tests/io/socket/connecting.hpp"
#include "tests/support/descriptors.hpp"
#include "tests/support/drained.hpp"
#include "tests/support/temporary-folder.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

using Clients = std::vector<std::shared_ptr<ChannelSocket>>;

const InetAddress any_port{.host = "127.0.0.1", .port = "0"};

/// A listener on one TCP port that keeps its clients.
struct Fixture {
    Fixture() {
        opened = listener->open(any_port).has_value();
        listener->set_callback([this](auto client) { clients.push_back(client); });
        address = listener->addresses().front();
    }
    std::shared_ptr<NetListener> listener = NetListener::create();
    bool opened = false;
    SocketAddress address;
    Clients clients;
};

void hands_over_connections_of_all_addresses(void**) {
    const TemporaryFolder folder;
    const auto listener = NetListener::create();
    assert_true(listener->open(any_port).has_value());
    assert_true(listener->open(any_port).has_value());
    assert_true(listener->open(UnixAddress{folder.file("s"), false}).has_value());
    listener->add(*ChannelSocket::listen(UnixAddress{folder.file("t"), true}, 5));
    Clients clients;
    listener->set_callback([&](auto client) { clients.push_back(client); });
    const auto addresses = listener->addresses();
    assert_int_equal(addresses.size(), 4);
    assert_true(addresses[0] != addresses[1]);
    Clients peers;
    for (auto& address : addresses)
        peers.push_back(*connect_now(address));
    const bool done = run_until([&] { return clients.size() == 4; });
    (void)peers[2]->write(as_bytes("hello"));
    listener->close();
    assert_true(done);
    assert_false(std::filesystem::exists(folder.file("s")));
    bool heard = false;
    for (auto& client : clients)
        heard = heard || drained(*client).text() == "hello";
    assert_true(heard);
}

void an_address_in_use_leaves_the_others_open(void**) {
    Fixture fixture;
    assert_true(fixture.opened);
    assert_false(fixture.listener->open(fixture.address).has_value());
    const auto client = connect_now(fixture.address);
    const bool done = run_until([&] { return fixture.clients.size() == 1; });
    assert_true(client.has_value() && done);
    assert_int_equal(fixture.listener->addresses().size(), 1);
}

void without_a_callback_connections_wait(void**) {
    Fixture fixture;
    fixture.listener->set_callback({});
    const auto client = connect_now(fixture.address);
    drain();
    const auto before = fixture.clients.size();
    fixture.listener->set_callback(
        [&](auto accepted) { fixture.clients.push_back(accepted); });
    const bool done = run_until([&] { return fixture.clients.size() == 1; });
    assert_true(client.has_value() && done);
    assert_int_equal(before, 0);
}

// IO-29: the callback is replaced while it runs, and again and again.
void the_callback_may_replace_itself(void**) {
    Fixture fixture;
    std::vector<int> served;
    const auto token = std::make_shared<int>();
    std::function<void(int)> install = [&](int number) {
        fixture.listener->set_callback([&, number, token](auto) {
            install(number + 1);
            served.push_back(number + *token); // what it holds is still there
        });
    };
    install(0);
    Clients peers;
    for (int i = 0; i < 5; ++i)
        peers.push_back(*connect_now(fixture.address));
    const bool done = run_until([&] { return served.size() == 5; });
    fixture.listener->set_callback({});
    assert_true(done);
    for (int i = 0; i < 5; ++i)
        assert_int_equal(served[std::size_t(i)], i);
    assert_int_equal(token.use_count(), 1);
}

void the_callback_may_close_the_listener(void**) {
    Fixture fixture;
    int calls = 0;
    fixture.listener->set_callback([&](auto) {
        ++calls;
        fixture.listener->close();
    });
    Clients peers;
    for (int i = 0; i < 3; ++i)
        if (auto peer = connect_now(fixture.address))
            peers.push_back(*peer);
    drain();
    assert_int_equal(calls, 1);
    assert_true(fixture.listener->addresses().empty());
    // And it can be used again.
    assert_true(fixture.listener->open(any_port).has_value());
    const auto again = connect_now(fixture.listener->addresses().front());
    assert_true(run_until([&] { return calls == 2; }));
}

// C-2.
void the_callback_may_drop_the_listener(void**) {
    auto listener = NetListener::create();
    assert_true(listener->open(any_port).has_value());
    assert_true(listener->open(any_port).has_value());
    const auto addresses = listener->addresses();
    const std::weak_ptr<NetListener> gone = listener;
    int calls = 0;
    listener->set_callback([&](auto) {
        ++calls;
        listener.reset();
    });
    const auto first = connect_now(addresses[0]);
    const auto second = connect_now(addresses[1]);
    drain();
    assert_int_equal(calls, 1);
    assert_true(gone.expired());
    assert_true(connect_now(addresses[1]).error().kind == ErrorKind::refused);
}

void the_callback_may_add_an_address(void**) {
    Fixture fixture;
    int calls = 0;
    fixture.listener->set_callback([&](auto) {
        if (++calls == 1)
            for (int i = 0; i < 20; ++i)
                (void)fixture.listener->open(any_port);
    });
    const auto first = connect_now(fixture.address);
    const bool done = run_until([&] { return calls == 1; });
    const auto addresses = fixture.listener->addresses();
    const auto second = connect_now(addresses.back());
    const bool again = run_until([&] { return calls == 2; });
    assert_true(done && again);
    assert_int_equal(addresses.size(), 21);
}

void a_storm_of_connections_is_served_in_turns(void**) {
    Fixture fixture;
    Clients peers;
    int turns = 0;
    // An ordinary source of the same context gets its turn in between.
    const Timer timer(std::chrono::milliseconds(0), [&] { ++turns; }, Timer::Repeat::yes);
    for (int i = 0; i < 120; ++i)
        ChannelSocket::connect(fixture.address, {}, [&](Connected result) {
            if (result)
                peers.push_back(*result);
        });
    const bool done =
        run_until([&] { return peers.size() == 120 && fixture.clients.size() == 120; });
    assert_true(done);
    assert_true(turns > 1);
}

/// No more descriptors than are open now, as long as it lives.
class NoMoreDescriptors {
public:
    NoMoreDescriptors() {
        getrlimit(RLIMIT_NOFILE, &old_);
        rlimit limit = old_;
        // The lowest free number is the first that is not to be had.
        const UniqueFd lowest(fcntl(0, F_DUPFD_CLOEXEC, 0));
        limit.rlim_cur = rlim_t(lowest.get());
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    ~NoMoreDescriptors() { setrlimit(RLIMIT_NOFILE, &old_); }

private:
    rlimit old_{};
};

// TRAP-09, O-03: out of descriptors it rests, and goes on by itself.
void rests_when_descriptors_run_out(void**) {
    Fixture fixture;
    Clients peers;
    for (int i = 0; i < 3; ++i)
        ChannelSocket::connect(fixture.address, {}, [&](Connected result) {
            if (result)
                peers.push_back(*result);
        });
    fixture.listener->set_callback({});
    run_until([&] { return peers.size() == 3; });
    fixture.listener->set_callback(
        [&](auto client) { fixture.clients.push_back(client); });
    int dispatched = 0;
    {
        const NoMoreDescriptors limit;
        bool over = false;
        const Timer timer(std::chrono::milliseconds(250), [&] { over = true; });
        while (!over)
            dispatched += g_main_context_iteration(nullptr, TRUE);
    }
    const auto before = fixture.clients.size();
    const bool done = run_until([&] { return fixture.clients.size() == 3; });
    assert_int_equal(before, 0);
    assert_in_range(dispatched, 1, 10);
    assert_true(done);
}

void closing_it_while_it_rests_is_final(void**) {
    Fixture fixture;
    const auto peer = connect_now(fixture.address);
    {
        const NoMoreDescriptors limit;
        drain();
    }
    fixture.listener->close();
    bool over = false;
    const Timer timer(std::chrono::milliseconds(150), [&] { over = true; });
    run_until([&] { return over; });
    assert_true(fixture.clients.size() <= 1);
    assert_true(fixture.listener->addresses().empty());
    // Nothing of the rest is left: a new address works at once.
    fixture.clients.clear();
    assert_true(fixture.listener->open(any_port).has_value());
    const auto again = connect_now(fixture.listener->addresses().front());
    assert_true(run_until([&] { return fixture.clients.size() == 1; }));
}

void serves_the_context_it_was_given(void**) {
    const ContextRef context(g_main_context_new());
    const auto listener = NetListener::create(context.get());
    assert_true(listener->open(any_port).has_value());
    int calls = 0;
    listener->set_callback([&](auto) { ++calls; });
    const auto peer = connect_now(listener->addresses().front());
    drain();
    const int early = calls;
    const bool done = run_until([&] { return calls == 1; }, context.get());
    listener->close();
    assert_int_equal(early, 0);
    assert_true(done);
}

// CVE-26: whoever connects and leaves does the listener no harm.
void probes_do_no_harm(void**) {
    Fixture fixture;
    const int before = open_descriptors();
    for (int i = 0; i < 50; ++i) {
        const auto peer = connect_now(fixture.address);
        if (i % 2 != 0 && peer)
            (void)(*peer)->write(as_bytes("XX"));
    }
    drain();
    fixture.clients.clear();
    assert_int_equal(open_descriptors(), before);
    const auto peer = connect_now(fixture.address);
    assert_true(run_until([&] { return fixture.clients.size() == 1; }));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(hands_over_connections_of_all_addresses),
        cmocka_unit_test(an_address_in_use_leaves_the_others_open),
        cmocka_unit_test(without_a_callback_connections_wait),
        cmocka_unit_test(the_callback_may_replace_itself),
        cmocka_unit_test(the_callback_may_close_the_listener),
        cmocka_unit_test(the_callback_may_drop_the_listener),
        cmocka_unit_test(the_callback_may_add_an_address),
        cmocka_unit_test(a_storm_of_connections_is_served_in_turns),
        cmocka_unit_test(rests_when_descriptors_run_out),
        cmocka_unit_test(closing_it_while_it_rests_is_final),
        cmocka_unit_test(serves_the_context_it_was_given),
        cmocka_unit_test(probes_do_no_harm),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
