// The socket as a channel: descriptors, ends, and what it says about itself.
#include "io/socket/channel-socket.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <climits>
#include <csignal>
#include <thread>
#include <vector>

#include "io/core/transfer.hpp"
#include "io/core/watch.hpp"
#include "tests/io/socket/connecting.hpp"
#include "tests/support/descriptors.hpp"
#include "tests/support/drained.hpp"
#include "tests/support/stacks.hpp"
#include "tests/support/temporary-folder.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

// CVE-27: a library must not be ended by its peer.
void writing_to_a_peer_that_left_raises_no_signal(void**) {
    const auto old = std::signal(SIGPIPE, SIG_DFL);
    for (const auto make : {&make_unix_pair, &make_tcp_pair}) {
        auto [near, far] = make();
        (void)far->close();
        auto result = near->write(as_bytes("x"));
        for (int i = 0; i < 100 && result; ++i)
            result = near->write(as_bytes("x"));
        assert_true(result.error().kind == ErrorKind::disconnected);
    }
    std::signal(SIGPIPE, old);
}

// IO-27.
void every_descriptor_is_closed_on_exec(void**) {
    auto pair = *ChannelSocket::socket_pair();
    assert_true(is_close_on_exec(pair.first->fd()));
    assert_true(is_close_on_exec(pair.second->fd()));
    const auto listener = *ChannelSocket::listen(InetAddress{"127.0.0.1", "0"}, 5);
    const auto client = *connect_now(*listener->local_address());
    const auto server = accept_now(*listener);
    for (const auto& channel : {listener, client, server})
        assert_true(is_close_on_exec(channel->fd()));
}

// IO-23.
void closing_twice_leaves_the_next_owner_of_the_number_alone(void**) {
    auto pair = *ChannelSocket::socket_pair();
    const int number = pair.first->fd();
    assert_true(pair.first->close().has_value());
    assert_int_equal(pair.first->fd(), -1);
    const UniqueFd other(fcntl(pair.second->fd(), F_DUPFD_CLOEXEC, number));
    assert_int_equal(other.get(), number);
    assert_true(pair.first->close().has_value());
    pair.first.reset();
    assert_true(is_open(number));
}

void one_attempt_takes_as_many_vectors_as_the_kernel_does(void**) {
    auto pair = *ChannelSocket::socket_pair();
    Bytes bytes(IOV_MAX + 10, std::byte('x'));
    std::vector<iovec> list;
    for (auto& byte : bytes)
        list.push_back({&byte, 1});
    assert_int_equal(**pair.first->writev(list), IOV_MAX);
    assert_int_equal(**pair.second->readv(list), IOV_MAX);
}

// IO-02, C-5: connections that come to nothing leave nothing.
void five_hundred_aborted_connects_leave_no_descriptor(void**) {
    const auto listener = *ChannelSocket::listen(InetAddress{"127.0.0.1", "0"}, 600);
    const auto address = *listener->local_address();
    const int before = open_descriptors();
    int completions = 0;
    for (int i = 0; i < 500; ++i) {
        std::stop_source source;
        ChannelSocket::connect(address, {.stop = source.get_token()},
                               [&](Connected) { ++completions; });
        if (i % 2 != 0)
            drain();
        source.request_stop();
    }
    assert_true(run_until([&] { return completions == 500; }));
    drain();
    for (auto client = listener->accept(); client && *client;)
        client = listener->accept();
    assert_int_equal(open_descriptors(), before);
    assert_int_equal(completions, 500);
}

void a_half_closed_socket_still_carries_the_other_half(void**) {
    for (const auto make : {&make_unix_pair, &make_tcp_pair}) {
        auto [near, far] = make();
        assert_true(near->shutdown(Direction::write).has_value());
        assert_true(drained_to_end(*far).ended);
        assert_true(write_all(*far, as_bytes("answer")).has_value());
        (void)far->close();
        assert_string_equal(drained_to_end(*near).text().c_str(), "answer");
    }
}

// IO-16: from any thread.
void a_shutdown_wakes_a_thread_that_reads(void**) {
    auto pair = *ChannelSocket::socket_pair();
    (void)pair.first->set_blocking(Blocking::yes);
    std::thread thread([&] { (void)pair.first->shutdown(Direction::both); });
    std::byte byte;
    const auto count = pair.first->read({&byte, 1});
    thread.join();
    assert_true(count.has_value() && *count);
    assert_int_equal(**count, 0);
}

// Watching for hup alone notices the peer's half-close, without reading.
void a_paused_consumer_learns_that_the_peer_left(void**) {
    auto pair = *ChannelSocket::socket_pair();
    (void)pair.second->write(as_bytes("unread"));
    (void)pair.second->shutdown(Direction::write);
    Condition seen = Condition::none;
    Watch watch(*pair.first, Condition::hup, [&](Condition condition) {
        seen = condition;
        watch.reset();
    });
    const bool told = run_until([&] { return any(seen); });
    watch.reset();
    assert_true(told);
    assert_true(has(seen, Condition::hup));
    assert_string_equal(drained(*pair.first).text().c_str(), "unread");
}

int tcp_flag(const ChannelSocket& socket, int option) {
    int value = -1;
    socklen_t size = sizeof value;
    getsockopt(socket.fd(), IPPROTO_TCP, option, &value, &size);
    return value;
}

// V-38.
void hints_reach_the_socket_or_nobody(void**) {
    auto [near, far] = make_tcp_pair();
    const auto& socket = static_cast<ChannelSocket&>(*near);
    near->set_delay(Hint::off);
    near->set_cork(Hint::on);
    assert_int_equal(tcp_flag(socket, TCP_NODELAY), 1);
    assert_int_equal(tcp_flag(socket, TCP_CORK), 1);
    near->set_delay(Hint::on);
    near->set_cork(Hint::off);
    assert_int_equal(tcp_flag(socket, TCP_NODELAY), 0);
    assert_int_equal(tcp_flag(socket, TCP_CORK), 0);
    auto pair = *ChannelSocket::socket_pair();
    pair.first->set_delay(Hint::off);
    pair.first->set_cork(Hint::on);
}

// IO-21: the same answers however the channel came to be.
void features_do_not_depend_on_how_it_was_made(void**) {
    const auto listener = *ChannelSocket::listen(InetAddress{"127.0.0.1", "0"}, 5);
    const auto client = *connect_now(*listener->local_address());
    const auto server = accept_now(*listener);
    const auto pair = *ChannelSocket::socket_pair();
    const auto adopted =
        *ChannelSocket::from_fd(UniqueFd(fcntl(pair.first->fd(), F_DUPFD_CLOEXEC, 0)));
    const auto heir =
        *ChannelSocket::from_fd(UniqueFd(fcntl(listener->fd(), F_DUPFD_CLOEXEC, 0)));
    for (const auto& channel : {client, server, pair.first, adopted, listener, heir}) {
        assert_true(channel->has_feature(Feature::shutdown));
        assert_true(channel->has_feature(Feature::concurrent_io));
        const bool listens = channel == listener || channel == heir;
        assert_int_equal(channel->has_feature(Feature::listen), listens);
        assert_true(channel->has_feature(Feature::read_msg_peek));
        assert_false(channel->has_feature(Feature::seekable));
        const bool is_tcp = channel == client || channel == server;
        assert_int_equal(channel->has_feature(Feature::write_zero_copy), is_tcp);
        const bool is_unix = channel == pair.first || channel == adopted;
        assert_int_equal(channel->has_feature(Feature::fd_pass), is_unix);
    }
}

// IO-34.
void a_socket_without_a_peer_or_name_says_so(void**) {
    const auto pair = *ChannelSocket::socket_pair();
    assert_true(*pair.first->local_address() == SocketAddress(UnixAddress{}));
    assert_true(*pair.first->remote_address() == SocketAddress(UnixAddress{}));
    const auto listener = *ChannelSocket::listen(InetAddress{"127.0.0.1", "0"}, 5);
    assert_true(listener->remote_address().error().kind == ErrorKind::disconnected);
}

void the_peer_of_a_unix_socket_is_a_process(void**) {
    const PeerCredentials own{getpid(), getuid(), getgid()};
    const TemporaryFolder folder;
    const UnixAddress address{folder.file("s"), false};
    const auto listener = *ChannelSocket::listen(address, 5);
    const auto client = *connect_now(address);
    const auto server = accept_now(*listener);
    const auto pair = *ChannelSocket::socket_pair();
    for (const auto& channel : {client, server, pair.first})
        assert_true(*channel->peer_credentials() == own);
    assert_true(listener->peer_credentials().error().kind == ErrorKind::disconnected);
    auto [near, far] = make_tcp_pair();
    assert_true(near->peer_credentials().error().kind == ErrorKind::not_supported);
    const UniqueFd lonely(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const auto nobody =
        *ChannelSocket::from_fd(UniqueFd(fcntl(lonely.get(), F_DUPFD_CLOEXEC, 0)));
    assert_true(nobody->peer_credentials().error().kind == ErrorKind::disconnected);
    (void)client->close();
    assert_true(client->peer_credentials().error().kind == ErrorKind::closed);
}

void the_send_buffer_has_the_size_that_was_asked_for(void**) {
    const auto pair = *ChannelSocket::socket_pair();
    assert_true(pair.first->set_send_buffer(8192).has_value());
    int size = 0;
    socklen_t length = sizeof size;
    getsockopt(pair.first->fd(), SOL_SOCKET, SO_SNDBUF, &size, &length);
    assert_int_equal(size, 2 * 8192); // the kernel doubles it for its own needs
    assert_true(pair.first->set_send_buffer(std::size_t(INT_MAX) + 1).error().kind ==
                ErrorKind::invalid_argument);
    (void)pair.first->close();
    assert_false(pair.first->set_send_buffer(8192).has_value());
}

void a_descriptor_that_is_no_socket_stays_with_the_caller(void**) {
    std::array<int, 2> pipe;
    assert_int_equal(pipe2(pipe.data(), O_CLOEXEC), 0);
    UniqueFd read_end(pipe[0]);
    const UniqueFd write_end(pipe[1]);
    assert_false(ChannelSocket::from_fd(std::move(read_end)).has_value());
    assert_int_equal(read_end.get(), pipe[0]);
    assert_true(is_open(pipe[0]));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(writing_to_a_peer_that_left_raises_no_signal),
        cmocka_unit_test(every_descriptor_is_closed_on_exec),
        cmocka_unit_test(closing_twice_leaves_the_next_owner_of_the_number_alone),
        cmocka_unit_test(one_attempt_takes_as_many_vectors_as_the_kernel_does),
        cmocka_unit_test(five_hundred_aborted_connects_leave_no_descriptor),
        cmocka_unit_test(a_half_closed_socket_still_carries_the_other_half),
        cmocka_unit_test(a_shutdown_wakes_a_thread_that_reads),
        cmocka_unit_test(a_paused_consumer_learns_that_the_peer_left),
        cmocka_unit_test(hints_reach_the_socket_or_nobody),
        cmocka_unit_test(features_do_not_depend_on_how_it_was_made),
        cmocka_unit_test(a_socket_without_a_peer_or_name_says_so),
        cmocka_unit_test(the_peer_of_a_unix_socket_is_a_process),
        cmocka_unit_test(the_send_buffer_has_the_size_that_was_asked_for),
        cmocka_unit_test(a_descriptor_that_is_no_socket_stays_with_the_caller),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
