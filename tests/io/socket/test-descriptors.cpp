// Reads and writes with extras: descriptors that travel along, and bytes only looked at.
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <vector>

#include "io/core/transfer.hpp"
#include "io/socket/channel-socket.hpp"
#include "tests/support/descriptors.hpp"
#include "tests/support/drained.hpp"
#include "tests/support/stacks.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

using Descriptors = std::vector<UniqueFd>;

/// The two ends of a pipe, non-blocking.
struct Pipe {
    Pipe() {
        std::array<int, 2> ends;
        if (pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) == 0) {
            read_end.reset(ends[0]);
            write_end.reset(ends[1]);
        }
    }
    UniqueFd read_end;
    UniqueFd write_end;
};

struct Pair {
    Pair() {
        auto made = *ChannelSocket::socket_pair();
        near = made.first;
        far = made.second;
    }
    IoResult send(std::string_view text, std::span<const int> fds) const {
        const iovec vector = to_iovec(as_bytes(text));
        return near->writev({&vector, 1}, {.fds = fds});
    }
    IoResult receive(const ReadOptions& options) {
        const iovec vector = to_iovec(MutableBytes(buffer));
        return far->readv({&vector, 1}, options);
    }
    std::shared_ptr<ChannelSocket> near;
    std::shared_ptr<ChannelSocket> far;
    std::array<std::byte, 64> buffer;
};

bool is_nonblocking(int fd) {
    return (fcntl(fd, F_GETFL) & O_NONBLOCK) != 0;
}

bool leads_to(const UniqueFd& write_end, const UniqueFd& read_end) {
    char letter = 'p';
    return ::write(write_end.get(), &letter, 1) == 1 &&
           ::read(read_end.get(), &letter, 1) == 1;
}

// IO-26, IO-27.
void up_to_sixteen_descriptors_travel_with_one_message(void**) {
    for (const std::size_t count : {1u, 2u, 16u}) {
        Pair pair;
        const Pipe pipe;
        const std::vector<int> fds(count, pipe.write_end.get());
        assert_int_equal(**pair.send("x", fds), 1);
        assert_true(is_open(pipe.write_end.get())); // borrowed
        Descriptors received;
        assert_int_equal(**pair.receive({.fds = &received}), 1);
        assert_int_equal(received.size(), count);
        for (const auto& fd : received) {
            assert_true(fd.get() != pipe.write_end.get());
            assert_true(is_close_on_exec(fd.get()));
            assert_true(leads_to(fd, pipe.read_end));
        }
    }
}

void received_descriptors_are_blocking_unless_they_shall_stay(void**) {
    for (const bool preserve : {false, true}) {
        Pair pair;
        const Pipe pipe;
        const int fd = pipe.write_end.get();
        (void)pair.send("x", {&fd, 1});
        Descriptors received;
        (void)pair.receive({.fds = &received, .preserve_fd_blocking = preserve});
        assert_int_equal(received.size(), 1);
        assert_int_equal(is_nonblocking(received[0].get()), preserve);
    }
}

void received_descriptors_are_added_to_those_that_are_there(void**) {
    Pair pair;
    const Pipe pipe;
    const std::array fds{pipe.read_end.get(), pipe.write_end.get()};
    (void)pair.send("x", fds);
    (void)pair.send("y", {});
    Descriptors received;
    received.emplace_back(fcntl(0, F_DUPFD_CLOEXEC, 0));
    const int first = received[0].get();
    // A message ends where its descriptors are.
    assert_int_equal(**pair.receive({.fds = &received}), 1);
    assert_int_equal(received.size(), 3);
    assert_int_equal(received[0].get(), first);
    assert_int_equal(**pair.receive({.fds = &received}), 1);
    assert_int_equal(received.size(), 3);
}

void descriptors_nobody_asked_for_are_dropped(void**) {
    Pair pair;
    const Pipe pipe;
    const int before = open_descriptors();
    const int fd = pipe.write_end.get();
    (void)pair.send("text", {&fd, 1});
    assert_string_equal(drained(*pair.far).text().c_str(), "text");
    assert_int_equal(open_descriptors(), before);
}

void what_cannot_be_sent_is_refused_up_front(void**) {
    Pair pair;
    const Pipe pipe;
    const std::vector<int> too_many(17, pipe.write_end.get());
    assert_true(pair.send("x", too_many).error().kind == ErrorKind::invalid_argument);
    assert_true(pair.send("", {too_many.data(), 1}).error().kind ==
                ErrorKind::invalid_argument);
    const int closed = 9999;
    assert_true(pair.send("x", {&closed, 1}).error().kind == ErrorKind::invalid_argument);
    assert_int_equal(drained(*pair.far).data.size(), 0);
    auto [near, far] = make_tcp_pair();
    const iovec vector = to_iovec(as_bytes("x"));
    assert_true(near->writev({&vector, 1}, {.fds = {too_many.data(), 1}}).error().kind ==
                ErrorKind::not_supported);
    Descriptors received;
    assert_true(far->readv({&vector, 1}, {.fds = &received}).error().kind ==
                ErrorKind::not_supported);
}

/// One message with any number of descriptors, past the channel's own limit.
bool send_raw(int socket, const std::vector<int>& fds) {
    char letter = 'x';
    iovec vector{&letter, 1};
    std::vector<char> control(CMSG_SPACE(fds.size() * sizeof(int)));
    msghdr message{};
    message.msg_iov = &vector;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    *header = {CMSG_LEN(fds.size() * sizeof(int)), SOL_SOCKET, SCM_RIGHTS};
    std::memcpy(CMSG_DATA(header), fds.data(), fds.size() * sizeof(int));
    return sendmsg(socket, &message, 0) == 1;
}

// IO-26: what does not fit is an error, and nothing of it stays.
void more_than_sixteen_descriptors_are_refused_and_closed(void**) {
    for (const std::size_t count : {17u, 18u, 24u, 25u, 40u}) {
        Pair pair;
        const Pipe pipe;
        Descriptors received;
        received.emplace_back(fcntl(0, F_DUPFD_CLOEXEC, 0));
        const int before = open_descriptors();
        assert_true(send_raw(pair.near->fd(), std::vector(count, pipe.write_end.get())));
        assert_true(pair.receive({.fds = &received}).error().kind == ErrorKind::limit);
        assert_int_equal(open_descriptors(), before);
        assert_int_equal(received.size(), 1);
        // The stream goes on.
        (void)pair.send("y", {});
        assert_int_equal(**pair.receive({.fds = &received}), 1);
        assert_true(pair.buffer[0] == std::byte('y'));
    }
}

// IO-26: the kernel can hand over only some of them.
void a_process_without_room_keeps_none_of_them(void**) {
    Pair pair;
    const Pipe pipe;
    const std::vector<int> fds(3, pipe.write_end.get());
    assert_int_equal(**pair.send("x", fds), 1);
    const int before = open_descriptors();
    rlimit old{};
    getrlimit(RLIMIT_NOFILE, &old);
    rlimit limit = old;
    {
        const UniqueFd lowest(fcntl(0, F_DUPFD_CLOEXEC, 0));
        limit.rlim_cur = rlim_t(lowest.get() + 1); // room for one
    }
    setrlimit(RLIMIT_NOFILE, &limit);
    Descriptors received;
    const auto result = pair.receive({.fds = &received});
    setrlimit(RLIMIT_NOFILE, &old);
    assert_true(result.error().kind == ErrorKind::exhausted);
    assert_true(received.empty());
    assert_int_equal(open_descriptors(), before);
}

void would_block_leaves_the_descriptors_with_the_caller(void**) {
    Pair pair;
    const Pipe pipe;
    const Bytes block(4096);
    while (*pair.near->write(block) != std::nullopt)
        ;
    const int fd = pipe.write_end.get();
    const auto full = pair.send("x", {&fd, 1});
    assert_true(full.has_value() && !*full);
    assert_true(is_open(fd));
    while (drained(*pair.far).data.size() != 0)
        ;
    assert_int_equal(**pair.send("x", {&fd, 1}), 1);
    Descriptors received;
    assert_int_equal(**pair.receive({.fds = &received}), 1);
    assert_int_equal(received.size(), 1);
}

void nothing_to_read_leaves_the_list_alone(void**) {
    Pair pair;
    Descriptors received;
    const auto nothing = pair.receive({.fds = &received});
    assert_true(nothing.has_value() && !*nothing);
    (void)pair.near->close();
    assert_int_equal(**pair.receive({.fds = &received}), 0);
    assert_true(received.empty());
}

void a_complete_transfer_carries_descriptors_once(void**) {
    Pair pair;
    const Pipe pipe;
    const int fd = pipe.write_end.get();
    const iovec out = to_iovec(as_bytes("hello"));
    assert_true(
        writev_all(*pair.near, {&out, 1}, WriteOptions{.fds = {&fd, 1}}).has_value());
    Descriptors received;
    const iovec in = to_iovec(MutableBytes(pair.buffer).first(5));
    assert_true(
        readv_all(*pair.far, {&in, 1}, ReadOptions{.fds = &received}).has_value());
    assert_int_equal(received.size(), 1);
}

void peeking_leaves_the_bytes_where_they_are(void**) {
    for (const auto make : {&make_unix_pair, &make_tcp_pair}) {
        auto [near, far] = make();
        (void)near->write(as_bytes("hello"));
        (void)wait(*far, Condition::in);
        std::array<std::byte, 16> buffer;
        const iovec vector = to_iovec(MutableBytes(buffer));
        for (int i = 0; i < 2; ++i)
            assert_int_equal(**far->readv({&vector, 1}, {.peek = true}), 5);
        assert_string_equal(drained(*far).text().c_str(), "hello");
        const auto nothing = far->readv({&vector, 1}, {.peek = true});
        assert_true(nothing.has_value() && !*nothing);
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(up_to_sixteen_descriptors_travel_with_one_message),
        cmocka_unit_test(received_descriptors_are_blocking_unless_they_shall_stay),
        cmocka_unit_test(received_descriptors_are_added_to_those_that_are_there),
        cmocka_unit_test(descriptors_nobody_asked_for_are_dropped),
        cmocka_unit_test(what_cannot_be_sent_is_refused_up_front),
        cmocka_unit_test(more_than_sixteen_descriptors_are_refused_and_closed),
        cmocka_unit_test(a_process_without_room_keeps_none_of_them),
        cmocka_unit_test(would_block_leaves_the_descriptors_with_the_caller),
        cmocka_unit_test(nothing_to_read_leaves_the_list_alone),
        cmocka_unit_test(a_complete_transfer_carries_descriptors_once),
        cmocka_unit_test(peeking_leaves_the_bytes_where_they_are),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
