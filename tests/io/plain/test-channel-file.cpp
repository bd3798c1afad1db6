// Files, pipes and terminals as channels.
#include "io/plain/channel-file.hpp"

#include <fcntl.h>
#include <pty.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <climits>
#include <csignal>
#include <cstring>
#include <thread>
#include <vector>

#include "io/core/transfer.hpp"
#include "io/core/watch.hpp"
#include "tests/support/descriptors.hpp"
#include "tests/support/drained.hpp"
#include "tests/support/loop.hpp"
#include "tests/support/stacks.hpp"
#include "tests/support/temporary-folder.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

std::array<std::byte, 1> one_byte;

/// A pipe's two ends as channels of their own, non-blocking.
struct OneWay {
    std::shared_ptr<ChannelFile> reader, writer;
};

OneWay one_way() {
    std::array<int, 2> fds;
    assert_int_equal(pipe2(fds.data(), O_CLOEXEC | O_NONBLOCK), 0);
    return {*ChannelFile::from_fd(UniqueFd(fds[0])),
            *ChannelFile::from_fd(UniqueFd(fds[1]))};
}

/// A terminal: the program's side and the screen's.
struct Terminal {
    std::shared_ptr<ChannelFile> screen, program;
};

Terminal terminal() {
    int screen = -1;
    int program = -1;
    assert_int_equal(openpty(&screen, &program, nullptr, nullptr, nullptr), 0);
    termios raw{};
    cfmakeraw(&raw);
    tcsetattr(program, TCSANOW, &raw);
    Terminal pair{*ChannelFile::from_fd(UniqueFd(screen)),
                  *ChannelFile::from_fd(UniqueFd(program))};
    (void)pair.screen->set_blocking(Blocking::no);
    (void)pair.program->set_blocking(Blocking::no);
    return pair;
}

std::string read_text(Channel& channel, std::size_t size) {
    std::string text(size, '?');
    const auto count = channel.read(std::as_writable_bytes(std::span(text)));
    text.resize(count && *count ? **count : 0);
    return text;
}

std::string read_text_at(Channel& channel, std::size_t size, std::uint64_t offset) {
    std::string text(size, '?');
    const iovec buffer = to_iovec(std::as_writable_bytes(std::span(text)));
    const auto count = channel.preadv({&buffer, 1}, offset);
    text.resize(count && *count ? **count : 0);
    return text;
}

bool sigpipe_is_pending() {
    sigset_t pending;
    sigpending(&pending);
    return sigismember(&pending, SIGPIPE) == 1;
}

bool sigpipe_is_blocked() {
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, nullptr, &mask);
    return sigismember(&mask, SIGPIPE) == 1;
}

/// SIGPIPE as a new process has it, while the object lives.
class DefaultSigpipe {
public:
    DefaultSigpipe() : old_(std::signal(SIGPIPE, SIG_DFL)) {}
    ~DefaultSigpipe() { std::signal(SIGPIPE, old_); }
    DefaultSigpipe(const DefaultSigpipe&) = delete;
    DefaultSigpipe& operator=(const DefaultSigpipe&) = delete;

private:
    void (*old_)(int);
};

// ---- files

void a_file_is_read_and_written_where_it_stands(void**) {
    const TemporaryFolder folder;
    const auto file = *ChannelFile::open(folder.file("f"), O_CREAT | O_RDWR, 0600);
    assert_true(file->has_feature(Feature::seekable));
    assert_true(write_all(*file, as_bytes("0123456789")).has_value());
    assert_string_equal(read_text(*file, 5).c_str(), "");
    assert_int_equal(*file->seek(4, Whence::set), 4);
    assert_string_equal(read_text(*file, 3).c_str(), "456");
    assert_int_equal(*file->seek(-2, Whence::current), 5);
    assert_int_equal(*file->seek(-1, Whence::end), 9);
    assert_string_equal(drained_to_end(*file).text().c_str(), "9");
}

void a_positioned_transfer_leaves_the_position_alone(void**) {
    const TemporaryFolder folder;
    const auto file = *ChannelFile::open(folder.file("f"), O_CREAT | O_RDWR, 0600);
    assert_true(write_all(*file, as_bytes("0123456789")).has_value());
    assert_int_equal(*file->seek(2, Whence::set), 2);
    const iovec patch = to_iovec(as_bytes("XY"));
    assert_int_equal(**file->pwritev({&patch, 1}, 7), 2);
    assert_string_equal(read_text_at(*file, 4, 6).c_str(), "6XY9");
    assert_string_equal(read_text_at(*file, 4, 100).c_str(), "");
    assert_string_equal(read_text(*file, 3).c_str(), "234");
    const auto beyond = file->pwritev({&patch, 1}, UINT64_MAX);
    assert_true(beyond.error().kind == ErrorKind::invalid_argument);
}

void a_seek_to_nowhere_says_where_it_was_to_go(void**) {
    const TemporaryFolder folder;
    const auto file = *ChannelFile::open(folder.file("f"), O_CREAT | O_RDWR, 0600);
    const auto result = file->seek(-7, Whence::end);
    assert_true(result.error().kind == ErrorKind::invalid_argument);
    assert_non_null(strstr(result.error().message.c_str(), "-7 from the end"));
}

void opening_names_the_path_that_fails(void**) {
    const TemporaryFolder folder;
    const std::string path = folder.file("missing/file");
    const auto result = ChannelFile::open(path, O_RDONLY);
    assert_true(result.error().kind == ErrorKind::not_found);
    assert_non_null(strstr(result.error().message.c_str(), path.c_str()));
}

void a_refused_o_direct_is_named(void**) {
    const auto result = ChannelFile::open("/proc/self/status", O_RDONLY | O_DIRECT);
    assert_true(result.error().kind == ErrorKind::not_supported);
    assert_non_null(strstr(result.error().message.c_str(), "O_DIRECT"));
    assert_non_null(strstr(result.error().message.c_str(), "/proc/self/status"));
    const auto other = ChannelFile::open("/proc/self/missing", O_RDONLY | O_DIRECT);
    assert_null(strstr(other.error().message.c_str(), "O_DIRECT"));
}

void the_mode_is_that_of_a_created_file(void**) {
    const TemporaryFolder folder;
    const std::string path = folder.file("f");
    const auto file = *ChannelFile::open(path, O_CREAT | O_WRONLY, 0600);
    const auto mode = std::filesystem::status(path).permissions();
    assert_int_equal(int(mode), 0600);
}

void only_what_has_a_position_is_seekable(void**) {
    const TemporaryFolder folder;
    const auto file = *ChannelFile::open(folder.file("f"), O_CREAT | O_RDWR, 0600);
    const auto pipe = one_way();
    const auto tty = terminal();
    const auto pair = *ChannelFile::pipes();
    assert_true(file->has_feature(Feature::seekable));
    const std::byte byte{};
    const iovec buffer = to_iovec(ByteView(&byte, 1));
    for (const auto& channel : {pipe.reader, pipe.writer, tty.program, pair.first}) {
        assert_false(channel->has_feature(Feature::seekable));
        assert_true(channel->seek(0, Whence::set).error().kind ==
                    ErrorKind::not_supported);
        assert_true(channel->preadv({&buffer, 1}, 0).error().kind ==
                    ErrorKind::not_supported);
        assert_true(channel->pwritev({&buffer, 1}, 0).error().kind ==
                    ErrorKind::not_supported);
    }
}

// Nothing can be polled there; a watch, a wait and a source work all the same.
void a_file_and_a_device_without_readiness_are_always_ready(void**) {
    const TemporaryFolder folder;
    const std::vector channels = {
        *ChannelFile::open(folder.file("f"), O_CREAT | O_RDWR, 0600),
        *ChannelFile::open("/dev/null", O_RDWR),
    };
    for (const auto& channel : channels) {
        const auto both = Condition::in | Condition::out;
        assert_true(*wait(*channel, both) == both);
        assert_true(*wait(*channel, Condition::out) == Condition::out);
        bool ended = false;
        Watch watch(*channel, Condition::in, [&](Condition) {
            std::byte byte;
            const auto count = channel->read({&byte, 1});
            ended = count && *count && **count == 0;
            watch.reset();
        });
        assert_true(run_until([&] { return ended; }));
    }
}

// ---- descriptors

// IO-27.
void descriptors_are_closed_on_exec_and_duplicates_are_no_standard_streams(void**) {
    const TemporaryFolder folder;
    const auto file = *ChannelFile::open(folder.file("f"), O_CREAT | O_RDWR, 0600);
    const auto copy = *ChannelFile::duplicate(file->read_fd());
    const auto pair = *ChannelFile::pipes();
    for (const int fd : {file->read_fd(), copy->read_fd(), pair.first->read_fd(),
                         pair.first->write_fd()}) {
        assert_true(is_close_on_exec(fd));
        assert_true(fd > STDERR_FILENO);
    }
    assert_int_not_equal(copy->read_fd(), file->read_fd());
    assert_true(copy->close().has_value());
    assert_true(is_open(file->read_fd()));
    assert_true(ChannelFile::duplicate(-1).error().kind == ErrorKind::invalid_argument);
}

void a_descriptor_that_cannot_be_used_stays_with_the_caller(void**) {
    UniqueFd bad(1 << 20);
    assert_true(ChannelFile::from_fd(std::move(bad)).error().kind ==
                ErrorKind::invalid_argument);
    assert_int_equal(bad.get(), 1 << 20);
    UniqueFd good(open("/dev/null", O_RDWR | O_CLOEXEC));
    const int number = good.get();
    assert_false(ChannelFile::pair(std::move(good), std::move(bad)).has_value());
    assert_int_equal(good.get(), number);
    assert_false(ChannelFile::pair(std::move(bad), std::move(good)).has_value());
    assert_int_equal(good.get(), number);
    assert_true(is_open(number));
    (void)bad.release();
}

// IO-23.
void closing_twice_leaves_the_next_owner_of_the_number_alone(void**) {
    auto file = *ChannelFile::open("/dev/null", O_RDWR);
    const int number = file->read_fd();
    assert_true(file->close().has_value());
    assert_int_equal(file->read_fd(), -1);
    const UniqueFd other(open("/dev/null", O_RDWR | O_CLOEXEC));
    assert_int_equal(other.get(), number);
    assert_true(file->close().has_value());
    file.reset();
    assert_true(is_open(number));
}

void nothing_is_left_open(void**) {
    const int before = open_descriptors();
    {
        const auto pair = *ChannelFile::pipes();
        const auto half = *ChannelFile::pipes();
        (void)half.first->shutdown(Direction::write);
        const auto tty = terminal();
        (void)tty.screen->close();
    }
    assert_int_equal(open_descriptors(), before);
}

void one_attempt_takes_as_many_vectors_as_the_kernel_does(void**) {
    const auto pair = *ChannelFile::pipes();
    Bytes bytes(IOV_MAX + 10, std::byte('x'));
    std::vector<iovec> list;
    for (auto& byte : bytes)
        list.push_back({&byte, 1});
    assert_int_equal(**pair.first->writev(list), IOV_MAX);
    assert_int_equal(**pair.second->readv(list), IOV_MAX);
}

std::atomic<int> alarms;

void an_interrupted_read_is_tried_again(void**) {
    const auto pipe = one_way();
    (void)pipe.reader->set_blocking(Blocking::yes);
    sigset_t alarm_only;
    sigemptyset(&alarm_only);
    sigaddset(&alarm_only, SIGALRM);
    pthread_sigmask(SIG_BLOCK, &alarm_only, nullptr); // for the thread to inherit
    alarms = 0;
    std::thread thread([&] {
        while (alarms < 10)
            std::this_thread::yield();
        (void)pipe.writer->write(as_bytes("x"));
    });
    struct sigaction counted{};
    counted.sa_handler = [](int) { ++alarms; }; // and no SA_RESTART
    struct sigaction old{};
    sigaction(SIGALRM, &counted, &old);
    pthread_sigmask(SIG_UNBLOCK, &alarm_only, nullptr);
    const itimerval often{{0, 1000}, {0, 1000}};
    setitimer(ITIMER_REAL, &often, nullptr);
    const std::string text = read_text(*pipe.reader, 10);
    const itimerval never{};
    setitimer(ITIMER_REAL, &never, nullptr);
    thread.join();
    sigaction(SIGALRM, &old, nullptr);
    assert_string_equal(text.c_str(), "x");
}

// ---- ends

// CVE-27: a library must not be ended by its peer.
void writing_to_a_pipe_without_a_reader_raises_no_signal(void**) {
    const DefaultSigpipe sigpipe;
    const auto pipe = one_way();
    (void)pipe.reader->close();
    const auto result = pipe.writer->write(as_bytes("x"));
    assert_true(result.error().kind == ErrorKind::disconnected);
    assert_false(sigpipe_is_blocked());
    assert_false(sigpipe_is_pending());
}

// The kernel raises the signal also for a write that moved some of its bytes.
void a_reader_that_leaves_in_mid_write_raises_no_signal(void**) {
    const DefaultSigpipe sigpipe;
    const auto pipe = one_way();
    (void)pipe.writer->set_blocking(Blocking::yes);
    const Bytes much(1 << 20);
    std::thread thread([reader = pipe.reader] {
        (void)wait(*reader, Condition::in);
        (void)reader->close();
    });
    const auto count = pipe.writer->write(much);
    thread.join();
    assert_true(count.has_value() && *count && **count < much.size());
    assert_false(sigpipe_is_pending());
    assert_true(pipe.writer->write(much).error().kind == ErrorKind::disconnected);
}

void a_signal_that_was_pending_before_is_left_to_its_owner(void**) {
    const auto pipe = one_way();
    (void)pipe.reader->close();
    sigset_t only_pipe;
    sigset_t old;
    sigemptyset(&only_pipe);
    sigaddset(&only_pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &only_pipe, &old);
    (void)pipe.writer->write(as_bytes("x"));
    const bool before = sigpipe_is_pending();
    raise(SIGPIPE);
    (void)pipe.writer->write(as_bytes("x"));
    const bool after = sigpipe_is_pending();
    const timespec at_once{};
    sigtimedwait(&only_pipe, nullptr, &at_once);
    pthread_sigmask(SIG_SETMASK, &old, nullptr);
    assert_false(before);
    assert_true(after);
}

void a_socket_as_a_file_raises_no_signal_and_closes_by_halves(void**) {
    const DefaultSigpipe sigpipe;
    std::array<int, 2> fds;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds.data()), 0);
    const auto near = *ChannelFile::from_fd(UniqueFd(fds[0]));
    const auto far = *ChannelFile::from_fd(UniqueFd(fds[1]));
    assert_true(near->has_feature(Feature::shutdown));
    assert_true(near->shutdown(Direction::write).has_value());
    assert_true(drained_to_end(*far).ended);
    assert_true(write_all(*far, as_bytes("answer")).has_value());
    assert_string_equal(read_text(*near, 20).c_str(), "answer");
    (void)near->close();
    assert_true(far->write(as_bytes("x")).error().kind == ErrorKind::disconnected);
}

// D16: there is a hang-up then, and nothing to read.
void a_drained_pipe_whose_writer_left_wakes_and_ends(void**) {
    for (const bool with_data : {false, true}) {
        const auto pipe = one_way();
        if (with_data)
            assert_true(write_all(*pipe.writer, as_bytes("tail")).has_value());
        (void)pipe.writer->close();
        std::string text;
        bool ended = false;
        Watch watch(*pipe.reader, Condition::in, [&](Condition) {
            std::array<std::byte, 2> little;
            const auto count = pipe.reader->read(little);
            if (count && *count)
                text += as_text(std::span(little).first(**count));
            ended = count && *count && **count == 0;
            if (ended)
                watch.reset();
        });
        assert_true(run_until([&] { return ended; }));
        assert_string_equal(text.c_str(), with_data ? "tail" : "");
        assert_true(has(*wait(*pipe.reader, Condition::in), Condition::in));
    }
}

void who_writes_is_told_that_the_reader_left(void**) {
    const auto pipe = one_way();
    while (*pipe.writer->write(Bytes(4096)))
        continue;
    (void)pipe.reader->close();
    assert_true(has(*wait(*pipe.writer, Condition::out), Condition::out));
    assert_true(pipe.writer->write(as_bytes("x")).error().kind ==
                ErrorKind::disconnected);
}

void ending_the_writing_half_of_a_pair_leaves_the_reading_one(void**) {
    const auto pair = *ChannelFile::pipes();
    const auto& [near, far] = pair;
    int calls = 0;
    const Watch watch(*near, Condition::in, [&](Condition) { ++calls; });
    assert_true(near->has_feature(Feature::shutdown));
    assert_true(near->shutdown(Direction::write).has_value());
    assert_true(near->shutdown(Direction::write).has_value());
    assert_int_equal(near->write_fd(), -1);
    assert_true(drained_to_end(*far).ended);
    assert_true(near->write(as_bytes("x")).error().kind == ErrorKind::disconnected);
    assert_true(has(*wait(*near, Condition::out), Condition::out));
    assert_true(drain() < 10);
    assert_int_equal(calls, 0);
    assert_true(write_all(*far, as_bytes("answer")).has_value());
    assert_string_equal(read_text(*near, 20).c_str(), "answer");
    assert_true(near->shutdown(Direction::read).has_value());
    assert_int_equal(**near->read(one_byte), 0);
    assert_true(has(*wait(*near, Condition::in), Condition::in));
}

void ending_a_half_wakes_who_waits_for_it(void**) {
    const auto pair = *ChannelFile::pipes();
    while (*pair.first->write(Bytes(4096)))
        continue;
    bool refused = false;
    Watch watch(*pair.first, Condition::out, [&](Condition) {
        const auto result = pair.first->write(as_bytes("x"));
        refused = !result && result.error().kind == ErrorKind::disconnected;
        watch.reset();
    });
    assert_true(drain() < 10);
    assert_true(pair.first->shutdown(Direction::write).has_value());
    assert_true(run_until([&] { return refused; }, nullptr, std::chrono::seconds(5)));
}

void a_single_descriptor_cannot_be_closed_by_halves(void**) {
    const auto file = *ChannelFile::open("/dev/null", O_RDWR);
    assert_false(file->has_feature(Feature::shutdown));
    assert_true(file->shutdown(Direction::write).error().kind ==
                ErrorKind::not_supported);
}

// A peer may stop listening and go on talking.
void who_waits_for_the_peer_to_go_looks_at_what_it_reads_from(void**) {
    const auto pair = *ChannelFile::pipes();
    const auto& [near, far] = pair;
    Condition seen = Condition::none;
    Watch watch(*near, Condition::none, [&](Condition condition) {
        seen |= condition;
        watch.reset();
    });
    (void)far->shutdown(Direction::read);
    assert_true(drain() < 10);
    assert_true(watch.is_active());
    (void)far->close();
    assert_true(run_until([&] { return has(seen, Condition::hup); }));
}

void a_terminal_carries_both_ways_and_ends_when_it_hangs_up(void**) {
    const auto tty = terminal();
    std::byte byte;
    const auto nothing = tty.screen->read({&byte, 1});
    assert_true(nothing.has_value() && !*nothing);
    assert_true(write_all(*tty.program, as_bytes("prompt")).has_value());
    assert_true(has(*wait(*tty.screen, Condition::in), Condition::in));
    assert_string_equal(read_text(*tty.screen, 20).c_str(), "prompt");
    assert_true(write_all(*tty.screen, as_bytes("answer")).has_value());
    assert_true(has(*wait(*tty.program, Condition::in), Condition::in));
    assert_string_equal(read_text(*tty.program, 20).c_str(), "answer");
    (void)tty.program->close();
    assert_true(drained_to_end(*tty.screen).ended);
}

void a_terminal_whose_screen_went_refuses_what_is_written(void**) {
    const auto tty = terminal();
    (void)tty.screen->close();
    assert_true(drained_to_end(*tty.program).ended);
    assert_true(tty.program->write(as_bytes("x")).error().kind ==
                ErrorKind::disconnected);
}

void a_channel_of_one_direction_says_which_one_it_lacks(void**) {
    const auto pipe = one_way();
    assert_true(pipe.reader->write(as_bytes("x")).error().kind ==
                ErrorKind::invalid_argument);
    assert_true(pipe.writer->read(one_byte).error().kind == ErrorKind::invalid_argument);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_read_and_written_where_it_stands),
        cmocka_unit_test(a_positioned_transfer_leaves_the_position_alone),
        cmocka_unit_test(a_seek_to_nowhere_says_where_it_was_to_go),
        cmocka_unit_test(opening_names_the_path_that_fails),
        cmocka_unit_test(a_refused_o_direct_is_named),
        cmocka_unit_test(the_mode_is_that_of_a_created_file),
        cmocka_unit_test(only_what_has_a_position_is_seekable),
        cmocka_unit_test(a_file_and_a_device_without_readiness_are_always_ready),
        cmocka_unit_test(
            descriptors_are_closed_on_exec_and_duplicates_are_no_standard_streams),
        cmocka_unit_test(a_descriptor_that_cannot_be_used_stays_with_the_caller),
        cmocka_unit_test(closing_twice_leaves_the_next_owner_of_the_number_alone),
        cmocka_unit_test(nothing_is_left_open),
        cmocka_unit_test(one_attempt_takes_as_many_vectors_as_the_kernel_does),
        cmocka_unit_test(an_interrupted_read_is_tried_again),
        cmocka_unit_test(writing_to_a_pipe_without_a_reader_raises_no_signal),
        cmocka_unit_test(a_reader_that_leaves_in_mid_write_raises_no_signal),
        cmocka_unit_test(a_signal_that_was_pending_before_is_left_to_its_owner),
        cmocka_unit_test(a_socket_as_a_file_raises_no_signal_and_closes_by_halves),
        cmocka_unit_test(a_drained_pipe_whose_writer_left_wakes_and_ends),
        cmocka_unit_test(who_writes_is_told_that_the_reader_left),
        cmocka_unit_test(ending_the_writing_half_of_a_pair_leaves_the_reading_one),
        cmocka_unit_test(ending_a_half_wakes_who_waits_for_it),
        cmocka_unit_test(a_single_descriptor_cannot_be_closed_by_halves),
        cmocka_unit_test(who_waits_for_the_peer_to_go_looks_at_what_it_reads_from),
        cmocka_unit_test(a_terminal_carries_both_ways_and_ends_when_it_hangs_up),
        cmocka_unit_test(a_terminal_whose_screen_went_refuses_what_is_written),
        cmocka_unit_test(a_channel_of_one_direction_says_which_one_it_lacks),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
