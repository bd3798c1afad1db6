// Zero-copy writes: what completes them, and what a watch makes of it.
#include "io/socket/zero-copy.hpp"

#include <linux/errqueue.h>
#include <netinet/in.h>
#include <poll.h>

#include <array>
#include <cstring>
#include <thread>
#include <vector>

#include "io/core/transfer.hpp"
#include "io/core/watch.hpp"
#include "io/socket/channel-socket.hpp"
#include "tests/io/socket/connecting.hpp"
#include "tests/support/drained.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

/// One control message as the kernel would put it on the error queue.
struct Notification {
    int level = SOL_IP;
    int type = IP_RECVERR;
    sock_extended_err report{.ee_errno = 0,
                             .ee_origin = SO_EE_ORIGIN_ZEROCOPY,
                             .ee_type = 0,
                             .ee_code = 0,
                             .ee_pad = 0,
                             .ee_info = 0,
                             .ee_data = 0};
    std::size_t size = sizeof(sock_extended_err);

    void write_to(msghdr& message) const {
        auto* header = static_cast<cmsghdr*>(message.msg_control);
        *header = {CMSG_LEN(size), level, type};
        std::memcpy(CMSG_DATA(header), &report, size);
        message.msg_controllen = CMSG_SPACE(size);
    }
};

sock_extended_err range(std::uint32_t first, std::uint32_t last, std::uint8_t code = 0) {
    sock_extended_err report = Notification{}.report;
    report.ee_info = first;
    report.ee_data = last;
    report.ee_code = code;
    return report;
}

sock_extended_err with_origin(std::uint8_t origin, std::uint32_t problem = 0) {
    sock_extended_err report = range(0, 0);
    report.ee_origin = origin;
    report.ee_errno = problem;
    return report;
}

std::optional<Completions> read(const Notification& notification) {
    alignas(cmsghdr) std::array<char, 256> control{};
    msghdr message{};
    message.msg_control = control.data();
    notification.write_to(message);
    return read_completions(message);
}

// IO-40.
void a_notification_is_a_range_of_sends(void**) {
    struct Case {
        Notification notification;
        std::optional<Completions> expected;
    };
    const auto copied = SO_EE_CODE_ZEROCOPY_COPIED;
    const Case cases[] = {
        {{.report = range(0, 0)}, Completions{1, true}},
        {{.report = range(3, 3)}, Completions{1, true}},
        {{.report = range(3, 7)}, Completions{5, true}},
        {{.report = range(3, 7, copied)}, Completions{5, false}},
        {{.level = SOL_IPV6, .type = IPV6_RECVERR, .report = range(1, 2)},
         Completions{2, true}},
        // The numbers have 32 bits and wrap around.
        {{.report = range(0xFFFFFFFF, 1)}, Completions{3, true}},
        {{.report = range(7, 3)}, std::nullopt},
        {{.report = with_origin(SO_EE_ORIGIN_ICMP)}, std::nullopt},
        {{.report = with_origin(SO_EE_ORIGIN_LOCAL)}, std::nullopt},
        {{.report = with_origin(SO_EE_ORIGIN_ZEROCOPY, ECONNREFUSED)}, std::nullopt},
        {{.type = IP_TTL}, std::nullopt},
        {{.level = SOL_IPV6, .type = IP_RECVERR}, std::nullopt},
        {{.level = SOL_SOCKET, .type = IP_RECVERR}, std::nullopt},
        {{.size = sizeof(sock_extended_err) - 1}, std::nullopt},
        {{.size = 0}, std::nullopt},
    };
    for (auto& [notification, expected] : cases)
        assert_true(read(notification) == expected);
}

/// A kernel that does as it is told.
struct FakeKernel {
    static inline std::vector<int> send_errors;
    static inline std::vector<sock_extended_err> notifications;
    static inline int sends = 0;

    static ssize_t send(int, const msghdr* message, int) {
        ++sends;
        if (!send_errors.empty()) {
            errno = send_errors.front();
            send_errors.erase(send_errors.begin());
            if (errno != 0)
                return -1;
        }
        return ssize_t(message->msg_iov[0].iov_len);
    }
    static ssize_t receive(int, msghdr* message, int) {
        if (notifications.empty()) {
            errno = EAGAIN;
            return -1;
        }
        Notification{.report = notifications.front()}.write_to(*message);
        notifications.erase(notifications.begin());
        return 0;
    }
    static void reset() {
        send_errors.clear();
        notifications.clear();
        sends = 0;
    }
};

struct Faked {
    Faked() { FakeKernel::reset(); }
    IoResult send() { return zero_copy.send(fd.get(), {&vector, 1}); }
    std::optional<ZeroCopyOutcome> flush() { return *zero_copy.flush(fd.get()); }

    UniqueFd fd{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    iovec vector = to_iovec(as_bytes("12345"));
    ZeroCopy zero_copy{ZeroCopy::Calls{&FakeKernel::send, &FakeKernel::receive}};
};

// IO-40: in any order, alone or in ranges.
void a_flush_counts_every_send(void**) {
    Faked faked;
    assert_true(faked.flush() == ZeroCopyOutcome::copied);
    for (int i = 0; i < 6; ++i)
        assert_int_equal(**faked.send(), 5);
    assert_true(faked.flush() == std::nullopt);
    FakeKernel::notifications = {range(4, 5, 1), range(0, 0, 1)};
    assert_true(faked.flush() == std::nullopt);
    FakeKernel::notifications = {with_origin(SO_EE_ORIGIN_ICMP), range(1, 2)};
    assert_true(faked.flush() == std::nullopt);
    FakeKernel::notifications = {range(3, 3, 1)};
    // One of them was sent without a copy.
    assert_true(faked.flush() == ZeroCopyOutcome::avoided);
    assert_true(faked.flush() == ZeroCopyOutcome::copied);
    (void)faked.send();
    FakeKernel::notifications = {range(6, 6, 1)};
    assert_true(faked.flush() == ZeroCopyOutcome::copied);
}

void what_was_not_sent_is_not_counted(void**) {
    Faked faked;
    FakeKernel::send_errors = {EAGAIN, EPIPE, EINTR, 0};
    assert_true(faked.send()->has_value() == false);
    assert_true(faked.send().error().kind == ErrorKind::disconnected);
    assert_true(faked.flush() == ZeroCopyOutcome::copied);
    assert_int_equal(**faked.send(), 5); // interrupted, and sent
    assert_true(faked.flush() == std::nullopt);
}

// IO-40.
void without_memory_it_tries_once_more(void**) {
    Faked faked;
    FakeKernel::send_errors = {ENOBUFS};
    assert_int_equal(**faked.send(), 5);
    assert_int_equal(FakeKernel::sends, 2);
    FakeKernel::send_errors = {ENOBUFS, ENOBUFS};
    const auto error = faked.send().error();
    assert_true(error.kind == ErrorKind::exhausted);
    assert_true(error.message.contains("locked memory"));
    assert_int_equal(FakeKernel::sends, 4);
    FakeKernel::send_errors = {ENOBUFS, EAGAIN};
    assert_true(faked.send()->has_value() == false);
}

/// Two ends of a TCP connection; zero copy works, or the test has nothing to say.
struct Tcp {
    explicit Tcp(const char* host = "127.0.0.1") {
        const auto listener =
            ChannelSocket::listen(InetAddress{.host = host, .port = "0"}, 5);
        if (!listener)
            return;
        near = *connect_now(*(*listener)->local_address());
        far = accept_now(**listener);
    }
    bool works() const { return near && near->has_feature(Feature::write_zero_copy); }
    IoResult send(std::string_view text) const {
        const iovec vector = to_iovec(as_bytes(text));
        return near->writev({&vector, 1}, {.zero_copy = true});
    }
    std::shared_ptr<ChannelSocket> near;
    std::shared_ptr<ChannelSocket> far;
};

Deadline soon() {
    return deadline_after(std::chrono::seconds(20));
}

void a_real_socket_sends_and_completes(void**) {
    for (const char* host : {"127.0.0.1", "::1"}) {
        const Tcp tcp(host);
        if (!tcp.works())
            continue;
        for (int i = 0; i < 3; ++i)
            assert_int_equal(**tcp.send("hello"), 5);
        assert_true(flush_all(*tcp.near, {.deadline = soon()}).has_value());
        assert_true(*flush_all(*tcp.near, {.deadline = soon()}) ==
                    ZeroCopyOutcome::copied);
        (void)tcp.near->shutdown(Direction::write);
        assert_string_equal(drained_to_end(*tcp.far).text().c_str(), "hellohellohello");
    }
}

void both_ends_of_a_connection_can_do_it(void**) {
    const Tcp tcp;
    if (!tcp.works())
        skip();
    const iovec vector = to_iovec(as_bytes("hello"));
    assert_int_equal(**tcp.far->writev({&vector, 1}, {.zero_copy = true}), 5);
    assert_true(flush_all(*tcp.far, {.deadline = soon()}).has_value());
}

void a_channel_without_it_says_so(void**) {
    const auto pair = *ChannelSocket::socket_pair();
    const iovec vector = to_iovec(as_bytes("x"));
    assert_true(pair.first->writev({&vector, 1}, {.zero_copy = true}).error().kind ==
                ErrorKind::not_supported);
    assert_true(**pair.first->flush() == ZeroCopyOutcome::copied);
    assert_true(*flush_all(*pair.first) == ZeroCopyOutcome::copied);
    (void)pair.first->close();
    assert_true(pair.first->flush().error().kind == ErrorKind::closed);
}

// Completions raise POLLERR: no reader is told, and nothing spins.
void completions_are_no_error_to_a_reader(void**) {
    const Tcp tcp;
    if (!tcp.works())
        skip();
    int calls = 0;
    Condition seen = Condition::none;
    Watch watch(*tcp.near, Condition::in, [&](Condition condition) {
        ++calls;
        seen |= condition;
        (void)drained(*tcp.near);
    });
    for (int i = 0; i < 5; ++i)
        (void)tcp.send("hello");
    const int turns = drain();
    const int calls_for_completions = calls;
    (void)tcp.far->write(as_bytes("answer"));
    const bool told = run_until([&] { return calls != 0; });
    watch.reset();
    assert_in_range(turns, 1, 10);
    assert_int_equal(calls_for_completions, 0);
    assert_true(told);
    assert_true(seen == Condition::in);
    // The reader's watch collected them; the flush knows all the same.
    assert_true(tcp.near->flush()->has_value());
}

void who_asks_for_err_is_told_of_completions(void**) {
    const Tcp tcp;
    if (!tcp.works())
        skip();
    Condition seen = Condition::none;
    Watch reader(*tcp.near, Condition::in, [&](Condition) {});
    Watch flusher(*tcp.near, Condition::err, [&](Condition condition) {
        seen |= condition;
        if (tcp.near->flush()->has_value())
            flusher.reset();
    });
    (void)tcp.send("hello");
    const bool done = run_until([&] { return !flusher.is_active(); });
    reader.reset();
    flusher.reset();
    assert_true(done);
    assert_true(seen == Condition::err);
}

void a_watch_for_err_learns_what_somebody_else_collected(void**) {
    const Tcp tcp;
    if (!tcp.works())
        skip();
    bool told = false;
    // Made before the first such write.
    Watch watch(*tcp.near, Condition::err, [&](Condition) {
        told = true;
        watch.reset();
    });
    (void)tcp.send("hello");
    pollfd entry{tcp.near->fd(), 0, 0};
    const int polled = ::poll(&entry, 1, 20000);
    const Condition ready = tcp.near->resolve(Condition::in, Condition::err);
    const bool done = run_until([&] { return told; });
    watch.reset();
    assert_int_equal(polled, 1);
    assert_true(ready == Condition::none);
    assert_true(done);
}

void a_reset_is_still_an_error(void**) {
    const Tcp tcp;
    if (!tcp.works())
        skip();
    (void)tcp.send("unread");
    (void)wait(*tcp.far, Condition::in);
    const linger now{.l_onoff = 1, .l_linger = 0};
    setsockopt(tcp.far->fd(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
    (void)tcp.far->close();
    assert_true(
        has(*wait(*tcp.near, Condition::in, {.deadline = soon()}), Condition::err));
    const auto result = drained(*tcp.near);
    assert_true(result.error && result.error->kind == ErrorKind::disconnected);
}

// IO-40: one thread reads, and collects what belongs to the other.
void a_reader_in_another_thread_takes_nothing_from_the_flush(void**) {
    const Tcp tcp;
    if (!tcp.works())
        skip();
    std::thread reader([&] { (void)drained_to_end(*tcp.near); });
    std::thread sink([&] { (void)drained_to_end(*tcp.far); });
    int flushed = 0;
    for (int i = 0; i < 200; ++i)
        if (auto sent = tcp.send("hello"); sent && *sent)
            flushed += flush_all(*tcp.near, {.deadline = soon()}).has_value();
    (void)tcp.near->shutdown(Direction::write);
    sink.join();
    (void)tcp.far->close();
    reader.join();
    assert_int_equal(flushed, 200);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_notification_is_a_range_of_sends),
        cmocka_unit_test(a_flush_counts_every_send),
        cmocka_unit_test(what_was_not_sent_is_not_counted),
        cmocka_unit_test(without_memory_it_tries_once_more),
        cmocka_unit_test(a_real_socket_sends_and_completes),
        cmocka_unit_test(both_ends_of_a_connection_can_do_it),
        cmocka_unit_test(a_channel_without_it_says_so),
        cmocka_unit_test(completions_are_no_error_to_a_reader),
        cmocka_unit_test(who_asks_for_err_is_told_of_completions),
        cmocka_unit_test(a_watch_for_err_learns_what_somebody_else_collected),
        cmocka_unit_test(a_reset_is_still_an_error),
        cmocka_unit_test(a_reader_in_another_thread_takes_nothing_from_the_flush),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
