// Connecting: to whom, how long, and what is left when it is called off.
#include <sys/socket.h>

#include <thread>
#include <vector>

#include "tests/io/socket/connecting.hpp"
#include "tests/support/descriptors.hpp"
#include "tests/support/drained.hpp"
#include "tests/support/temporary-folder.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

using std::chrono::milliseconds;

std::shared_ptr<ChannelSocket> listen_on(const SocketAddress& address, int backlog = 10) {
    auto listener = ChannelSocket::listen(address, backlog);
    return listener ? *listener : nullptr;
}

InetAddress local(const char* port) {
    return {.host = "127.0.0.1", .port = port};
}

/// Connects there, and sends a word each way.
bool talks_to(ChannelSocket& listener, const SocketAddress& address) {
    const auto client = connect_now(address);
    const auto server = accept_now(listener);
    if (!client || !server)
        return false;
    (void)(*client)->write(as_bytes("hello"));
    (void)server->write(as_bytes("world"));
    (void)wait(*server, Condition::in);
    (void)wait(**client, Condition::in);
    return drained(*server).text() == "hello" && drained(**client).text() == "world" &&
           is_close_on_exec((*client)->fd()) && is_close_on_exec(server->fd());
}

void connects_over_ipv4(void**) {
    const auto listener = listen_on(local("0"));
    const auto address = *listener->local_address();
    assert_true(talks_to(*listener, address));
    const auto client = connect_now(address);
    assert_true(*(*client)->remote_address() == address);
    const auto server = accept_now(*listener);
    assert_true(*server->remote_address() == *(*client)->local_address());
}

void connects_over_ipv6(void**) {
    const auto listener = listen_on(InetAddress{.host = "::1", .port = "0"});
    if (!listener)
        skip(); // the machine has no IPv6
    assert_true(talks_to(*listener, *listener->local_address()));
}

void connects_by_name(void**) {
    const auto listener = listen_on(local("0"));
    auto address = std::get<InetAddress>(*listener->local_address());
    address.host = "localhost";
    assert_true(talks_to(*listener, address));
    // A name may have several addresses: the next one is tried when one refuses.
    address.ipv4.reset();
    assert_true(talks_to(*listener, address));
}

void connects_to_unix_sockets(void**) {
    const TemporaryFolder folder;
    const UnixAddress path{folder.file("socket"), false};
    const UnixAddress abstract{std::string("qio-test\0", 9) + folder.file(""), true};
    for (auto& address : {path, abstract}) {
        const auto listener = listen_on(address);
        assert_true(*listener->local_address() == SocketAddress(address));
        assert_true(talks_to(*listener, address));
    }
}

void adopts_an_open_descriptor(void**) {
    auto pair = *ChannelSocket::socket_pair();
    const int fd = fcntl(pair.first->fd(), F_DUPFD_CLOEXEC, 0);
    const auto channel = connect_now(FdAddress{fd});
    assert_int_equal((*channel)->fd(), fd);
    (void)(*channel)->write(as_bytes("x"));
    assert_string_equal(drained(*pair.second).text().c_str(), "x");
}

void says_why_it_cannot(void**) {
    const TemporaryFolder folder;
    const auto taken = listen_on(local("0"));
    const auto gone = *taken->local_address();
    (void)taken->close();
    struct Case {
        SocketAddress address;
        ErrorKind kind;
    };
    const Case cases[] = {
        {gone, ErrorKind::refused},
        {UnixAddress{folder.file("nothing"), false}, ErrorKind::not_found},
        {UnixAddress{folder.file("nothing"), true}, ErrorKind::refused},
        {UnixAddress{"", false}, ErrorKind::invalid_argument},
        {FdAddress{9999}, ErrorKind::invalid_argument},
        {InetAddress{.host = "", .port = "1"}, ErrorKind::invalid_argument},
        {InetAddress{.host = "name", .port = "1", .numeric = true}, ErrorKind::not_found},
        {InetAddress{.host = "127.0.0.1", .port = "no-such-service"},
         ErrorKind::invalid_argument},
    };
    const int before = open_descriptors();
    for (auto& [address, kind] : cases) {
        const auto result = connect_now(address);
        assert_false(result.has_value());
        if (result.error().kind != kind)
            print_error("%s\n", result.error().message.c_str());
        assert_true(result.error().kind == kind);
        assert_true(result.error().message.starts_with(to_string(address)));
    }
    assert_int_equal(open_descriptors(), before);
}

/// A TCP listener whose queue is full: the next connect gets no answer.
struct SilentListener {
    SilentListener() : listener(listen_on(local("0"), 0)) {
        address = *listener->local_address();
        for (int i = 0; i < 8; ++i)
            ChannelSocket::connect(address, {}, [this](Connected result) {
                if (result)
                    queued.push_back(*result);
            });
        drain();
    }
    std::shared_ptr<ChannelSocket> listener;
    SocketAddress address;
    std::vector<std::shared_ptr<ChannelSocket>> queued;
};

void the_deadline_ends_a_connect_that_nobody_answers(void**) {
    SilentListener silent;
    const int before = open_descriptors();
    Outcome outcome;
    ChannelSocket::connect(silent.address, {.deadline = deadline_after(milliseconds(20))},
                           outcome.recorder());
    assert_true(run_until([&] { return outcome.calls != 0; }));
    drain();
    assert_true(outcome.failed_with(ErrorKind::timed_out));
    assert_int_equal(outcome.calls, 1);
    assert_int_equal(open_descriptors(), before);
}

// IO-39.
void a_stop_calls_a_connect_off(void**) {
    SilentListener silent;
    const int before = open_descriptors();
    for (const int when : {0, 1, 2}) {
        std::stop_source source;
        Outcome outcome;
        if (when == 0)
            source.request_stop();
        ChannelSocket::connect(silent.address, {.stop = source.get_token()},
                               outcome.recorder());
        assert_int_equal(outcome.calls, 0);
        if (when == 2)
            drain(); // it is under way
        std::thread([&] { source.request_stop(); }).join();
        assert_true(run_until([&] { return outcome.calls != 0; }));
        drain();
        assert_true(outcome.failed_with(ErrorKind::cancelled));
        assert_int_equal(outcome.calls, 1);
    }
    assert_int_equal(open_descriptors(), before);
}

void a_stop_after_the_connection_leaves_it_alone(void**) {
    const auto listener = listen_on(local("0"));
    std::stop_source source;
    const auto client =
        connect_now(*listener->local_address(), {.stop = source.get_token()});
    source.request_stop();
    drain();
    (void)(*client)->write(as_bytes("x"));
    const auto server = accept_now(*listener);
    assert_true(wait(*server, Condition::in).has_value());
    assert_string_equal(drained(*server).text().c_str(), "x");
}

void completes_on_the_context_it_was_given(void**) {
    const auto listener = listen_on(local("0"));
    const ContextRef context(g_main_context_new());
    Outcome outcome;
    ChannelSocket::connect(*listener->local_address(), {.context = context.get()},
                           outcome.recorder());
    drain();
    const int early = outcome.calls;
    assert_true(run_until([&] { return outcome.calls != 0; }, context.get()));
    assert_int_equal(early, 0);
    assert_true(outcome.result->has_value());
}

void every_failure_of_a_name_is_told(void**) {
    const auto taken = listen_on(local("0"));
    auto address = std::get<InetAddress>(*taken->local_address());
    (void)taken->close();
    address.host = "localhost";
    address.ipv4.reset();
    const auto message = connect_now(address).error().message;
    const auto both = {"127.0.0.1:", "[::1]:"};
    if (message.contains(';'))
        for (const char* one : both)
            assert_true(message.contains(one));
}

void a_thread_without_a_loop_connects_and_waits(void**) {
    const TemporaryFolder folder;
    const UnixAddress path{folder.file("s"), false};
    for (const SocketAddress& address :
         {SocketAddress(local("0")), SocketAddress(path)}) {
        const auto listener = listen_on(address);
        const auto client = ChannelSocket::connect_wait(*listener->local_address());
        assert_true(client.has_value());
        assert_true(accept_now(*listener) != nullptr);
    }
    const auto listener = listen_on(local("0"));
    auto by_name = std::get<InetAddress>(*listener->local_address());
    by_name.host = "localhost";
    assert_true(ChannelSocket::connect_wait(by_name).has_value());
    (void)listener->close();
    const auto refused = ChannelSocket::connect_wait(by_name);
    assert_true(refused.error().kind == ErrorKind::refused);
    assert_true(refused.error().message.starts_with("tcp:localhost:"));
}

void waiting_for_a_connection_has_an_end(void**) {
    SilentListener silent;
    const int before = open_descriptors();
    const auto late = ChannelSocket::connect_wait(
        silent.address, {.deadline = deadline_after(milliseconds(20))});
    assert_true(late.error().kind == ErrorKind::timed_out);
    for (const SocketAddress& address :
         {silent.address, SocketAddress(InetAddress{.host = "localhost", .port = "1"})}) {
        std::stop_source source;
        source.request_stop();
        const auto stopped =
            ChannelSocket::connect_wait(address, {.stop = source.get_token()});
        assert_true(stopped.error().kind == ErrorKind::cancelled);
    }
    // Also in the middle of a look-up, whose end nobody waits for any more.
    auto by_name = std::get<InetAddress>(silent.address);
    by_name.host = "localhost";
    for (int i = 0; i < 20; ++i) {
        std::stop_source source;
        std::thread other([&] { source.request_stop(); });
        const auto stopped = ChannelSocket::connect_wait(
            i % 2 == 0 ? silent.address : by_name, {.stop = source.get_token()});
        other.join();
        assert_true(stopped.error().kind == ErrorKind::cancelled);
    }
    assert_int_equal(open_descriptors(), before);
}

} // namespace

void waits_for_room_in_a_unix_listeners_queue(void**) {
    const TemporaryFolder folder;
    const SocketAddress address = UnixAddress{folder.file("busy"), false};
    const auto listener = listen_on(address, 0);
    const auto first = connect_now(address); // fills the queue
    Outcome second;
    ChannelSocket::connect(address, {}, second.recorder());
    drain();
    const int calls_while_full = second.calls;
    const auto served = accept_now(*listener);
    const bool done = run_until([&] { return second.calls != 0; });

    assert_true(first.has_value());
    assert_int_equal(calls_while_full, 0);
    assert_true(served != nullptr);
    assert_true(done);
    assert_true(second.result->has_value());
}

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(connects_over_ipv4),
        cmocka_unit_test(connects_over_ipv6),
        cmocka_unit_test(connects_by_name),
        cmocka_unit_test(connects_to_unix_sockets),
        cmocka_unit_test(adopts_an_open_descriptor),
        cmocka_unit_test(says_why_it_cannot),
        cmocka_unit_test(the_deadline_ends_a_connect_that_nobody_answers),
        cmocka_unit_test(waits_for_room_in_a_unix_listeners_queue),
        cmocka_unit_test(a_stop_calls_a_connect_off),
        cmocka_unit_test(a_stop_after_the_connection_leaves_it_alone),
        cmocka_unit_test(every_failure_of_a_name_is_told),
        cmocka_unit_test(a_thread_without_a_loop_connects_and_waits),
        cmocka_unit_test(waiting_for_a_connection_has_an_end),
        cmocka_unit_test(completes_on_the_context_it_was_given),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
