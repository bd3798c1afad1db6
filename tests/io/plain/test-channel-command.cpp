// Programs as channels.
#include "io/plain/channel-command.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <thread>

#include "io/core/transfer.hpp"
#include "io/core/watch.hpp"
#include "tests/support/descriptors.hpp"
#include "tests/support/drained.hpp"
#include "tests/support/loop.hpp"
#include "tests/support/temporary-folder.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;
using namespace std::chrono_literals;

namespace {

std::array<std::byte, 1> one_byte;

std::shared_ptr<ChannelCommand> shell(const std::string& script,
                                      const SpawnOptions& options = {}) {
    return *ChannelCommand::spawn({"sh", "-c", script}, options);
}

/// Whether this process has a child, ended or not; takes no zombie away.
bool has_children() {
    siginfo_t info{};
    return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

bool childless_soon() {
    return run_until([] {
        if (has_children())
            post(nullptr, [] {}); // look again at once
        return !has_children();
    });
}

/// Waits until a shell script says that it is where it wants to be.
void wait_for_line(Channel& channel) {
    std::array<std::byte, 1> byte{};
    while (byte[0] != std::byte('\n'))
        assert_true(read_all(channel, byte).has_value());
}

std::string output_of(Channel& channel) {
    auto result = drained_to_end(channel);
    assert_true(result.ended);
    std::string text = result.text();
    while (text.ends_with('\n'))
        text.pop_back();
    return text;
}

void echoes_a_mebibyte_and_ends_when_its_input_does(void**) {
    const auto cat = *ChannelCommand::spawn({"cat"});
    Bytes sent(1 << 20);
    for (std::size_t i = 0; i < sent.size(); ++i)
        sent[i] = std::byte(i * 31 >> 3);
    bool written = false;
    std::thread thread([&] {
        written = write_all(*cat, sent).has_value() &&
                  cat->shutdown(Direction::write).has_value();
    });
    Bytes received(sent.size());
    const auto result = read_all(*cat, received);
    thread.join();
    assert_true(result.has_value());
    assert_true(written);
    assert_true(received == sent);
    assert_true(drained_to_end(*cat).ended);
    assert_true(cat->wait_exit()->is_success());
}

void echoes_on_watches(void**) {
    const auto cat = *ChannelCommand::spawn({"cat"});
    std::string received;
    bool ended = false;
    Watch reader(*cat, Condition::in, [&](Condition) {
        std::array<std::byte, 100> buffer;
        const auto count = cat->read(buffer);
        if (count && *count)
            received += as_text(std::span(buffer).first(**count));
        ended = count && *count && **count == 0;
        if (ended)
            reader.reset();
    });
    Watch writer(*cat, Condition::out, [&](Condition) {
        (void)cat->write(as_bytes("hello"));
        writer.reset();
    });
    assert_true(run_until([&] { return received == "hello"; }));
    assert_true(drain() < 10);
    assert_true(cat->shutdown(Direction::write).has_value());
    assert_true(run_until([&] { return ended; }));
}

void tells_how_the_program_ended(void**) {
    struct Case {
        const char* script;
        ExitStatus status;
    };
    for (const auto& [script, status] : {
             Case{"exit 0", {0, 0}},
             Case{"exit 3", {3, 0}},
             Case{"exit 255", {255, 0}},
             Case{"kill -9 $$", {0, SIGKILL}},
             Case{"kill -TERM $$", {0, SIGTERM}},
         }) {
        const auto command = shell(script);
        const auto ended = command->wait_exit();
        assert_true(ended.has_value());
        assert_int_equal(ended->code, status.code);
        assert_int_equal(ended->signal, status.signal);
        assert_true(*command->wait_exit() == status);
        assert_int_equal(ended->is_success(), script == std::string("exit 0"));
    }
}

// D24.
void a_pid_is_forgotten_with_its_process(void**) {
    const auto command = *ChannelCommand::spawn({"cat"});
    assert_true(command->pid() > 0);
    assert_true(command->close().has_value());
    assert_true(command->close().has_value());
    assert_true(command->wait_exit().has_value());
    assert_int_equal(command->pid(), 0);
    assert_false(has_children());
    assert_true(command->terminate(SIGKILL).has_value());
    assert_true(command->close().has_value());
}

void a_missing_direction_is_the_null_device(void**) {
    const auto reads = shell("cat; echo done", {.direction = Direction::read});
    assert_string_equal(output_of(*reads).c_str(), "done");
    assert_true(reads->write(as_bytes("x")).error().kind == ErrorKind::not_supported);
    const TemporaryFolder folder;
    const auto writes = shell(
        "echo nobody listens; cat > \"$OUT\"",
        {.direction = Direction::write, .environment = {{"OUT", folder.file("out")}}});
    assert_true(writes->read(one_byte).error().kind == ErrorKind::not_supported);
    assert_true(write_all(*writes, as_bytes("text")).has_value());
    assert_true(writes->shutdown(Direction::write).has_value());
    assert_true(writes->wait_exit()->is_success());
    const auto out = *ChannelFile::open(folder.file("out"), O_RDONLY);
    assert_string_equal(output_of(*out).c_str(), "text");
}

void standard_error_goes_where_it_is_told(void**) {
    const std::string script = "echo out; echo err >&2";
    const auto discards = shell(script, {.standard_error = StandardError::discard});
    assert_string_equal(output_of(*discards).c_str(), "out");
    assert_null(discards->standard_error().get());
    const auto merges = shell(script, {.standard_error = StandardError::merged});
    assert_string_equal(output_of(*merges).c_str(), "out\nerr");
    const auto captures = shell(script, {.standard_error = StandardError::captured});
    assert_string_equal(output_of(*captures).c_str(), "out");
    assert_string_equal(output_of(*captures->standard_error()).c_str(), "err");
}

void runs_where_and_with_what_it_is_told(void**) {
    const TemporaryFolder folder;
    setenv("QIO_TEST_OLD", "old", 1);
    setenv("QIO_TEST_KEPT", "kept", 1);
    const auto command =
        shell("pwd -P; echo $QIO_TEST_OLD $QIO_TEST_NEW $QIO_TEST_KEPT",
              {.environment = {{"QIO_TEST_OLD", "changed"}, {"QIO_TEST_NEW", "new"}},
               .directory = folder.file(".")});
    const auto place = std::filesystem::canonical(folder.file(".")).string();
    assert_string_equal(output_of(*command).c_str(),
                        (place + "\nchanged new kept").c_str());
}

// IO-27, and what we do with signals is not the program's affair.
void the_program_starts_with_nothing_of_ours(void**) {
    const UniqueFd leaky(open("/dev/null", O_RDWR)); // close-on-exec forgotten
    sigset_t blocked;
    sigset_t old;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &blocked, &old);
    const auto handler = std::signal(SIGPIPE, SIG_IGN);
    const auto files = *ChannelCommand::spawn({"ls", "/proc/self/fd"});
    const auto blocks = *ChannelCommand::spawn({"grep", "SigBlk", "/proc/self/status"});
    const auto ignores = *ChannelCommand::spawn({"grep", "SigIgn", "/proc/self/status"});
    std::signal(SIGPIPE, handler);
    pthread_sigmask(SIG_SETMASK, &old, nullptr);
    // 3 is the folder that is listed.
    assert_string_equal(output_of(*files).c_str(), "0\n1\n2\n3");
    const auto mask_of = [](Channel& channel) {
        return std::stoull(output_of(channel).substr(strlen("SigBlk:")), nullptr, 16);
    };
    assert_int_equal(mask_of(*blocks), 0);
    // Signals 32 and 33 are the C library's own.
    assert_int_equal(mask_of(*ignores) & 0x7FFFFFFF, 0);
}

void a_program_that_cannot_start_is_an_error_with_its_name(void**) {
    const int before = open_descriptors();
    struct Case {
        std::vector<std::string> argv;
        SpawnOptions options;
        ErrorKind kind;
        const char* named;
    };
    for (const auto& [argv, options, kind, named] : std::vector<Case>{
             {{"qio-no-such-program"}, {}, ErrorKind::not_found, "qio-no-such-program"},
             {{"/proc/self/status"}, {}, ErrorKind::permission_denied, "/proc/self/"},
             {{"cat"}, {.directory = "/no/such"}, ErrorKind::not_found, "cat"},
             {{}, {}, ErrorKind::invalid_argument, "name"},
             {{""}, {}, ErrorKind::invalid_argument, "name"},
             {{"cat", std::string("a\0b", 3)}, {}, ErrorKind::invalid_argument, "NUL"},
             {{"cat"},
              {.environment = {{"a=b", ""}}},
              ErrorKind::invalid_argument,
              "a=b"},
         }) {
        const auto result = ChannelCommand::spawn(argv, options);
        assert_false(result.has_value());
        assert_true(result.error().kind == kind);
        assert_non_null(strstr(result.error().message.c_str(), named));
    }
    assert_false(has_children());
    assert_int_equal(open_descriptors(), before);
}

void a_program_may_close_its_output_and_go_on(void**) {
    const auto command = shell("exec >&-; cat > /dev/null; exit 7");
    assert_true(drained_to_end(*command).ended);
    int calls = 0;
    Watch watch(*command, Condition::out, [&](Condition) {
        ++calls;
        watch.set_condition(Condition::none);
    });
    assert_true(run_until([&] { return calls == 1; }));
    watch.reset();
    assert_true(write_all(*command, Bytes(100000)).has_value());
    assert_true(command->shutdown(Direction::write).has_value());
    assert_int_equal(command->wait_exit()->code, 7);
}

// CVE-27.
void writing_to_a_program_that_left_raises_no_signal(void**) {
    const auto old = std::signal(SIGPIPE, SIG_DFL);
    const auto command = shell("exit 0");
    (void)command->wait_exit();
    const auto result = command->write(as_bytes("x"));
    std::signal(SIGPIPE, old);
    assert_true(result.error().kind == ErrorKind::disconnected);
}

void waiting_for_the_end_has_a_deadline_and_can_be_cancelled(void**) {
    const auto cat = *ChannelCommand::spawn({"cat"});
    assert_true(
        cat->wait_exit(WaitOptions{.deadline = deadline_after(1ms)}).error().kind ==
        ErrorKind::timed_out);
    std::stop_source stop;
    std::optional<ErrorKind> late, cancelled;
    cat->wait_exit(OperationOptions{.deadline = deadline_after(1ms)},
                   [&](Result<ExitStatus> result) { late = result.error().kind; });
    cat->wait_exit(OperationOptions{.stop = stop.get_token()},
                   [&](Result<ExitStatus> result) { cancelled = result.error().kind; });
    assert_true(run_until([&] { return late.has_value(); }));
    stop.request_stop();
    assert_true(run_until([&] { return cancelled.has_value(); }));
    assert_true(late == ErrorKind::timed_out);
    assert_true(cancelled == ErrorKind::cancelled);
}

// Once each: by itself, through close(), and through the destructor.
void a_wait_in_the_background_completes_once_however_it_ends(void**) {
    enum class End { itself, close, destructor };
    for (const End end : {End::itself, End::close, End::destructor}) {
        auto cat = *ChannelCommand::spawn({"cat"});
        int completions = 0;
        std::optional<ExitStatus> status;
        cat->wait_exit(OperationOptions{}, [&](Result<ExitStatus> result) {
            ++completions;
            if (result)
                status = *result;
        });
        assert_int_equal(completions, 0);
        if (end == End::itself)
            assert_true(cat->shutdown(Direction::write).has_value());
        else if (end == End::close)
            assert_true(cat->close().has_value());
        else
            cat.reset();
        assert_true(run_until([&] { return completions != 0; }));
        drain();
        assert_int_equal(completions, 1);
        assert_true(status.has_value());
        if (end == End::itself)
            assert_true(status->is_success());
        assert_false(has_children());
    }
}

void a_program_that_ignores_the_request_is_killed_after_the_grace(void**) {
    auto stubborn = shell("trap '' TERM; echo ready; while :; do read x || sleep 1; done",
                          {.grace = 300ms});
    wait_for_line(*stubborn);
    std::optional<ExitStatus> status;
    stubborn->wait_exit(OperationOptions{}, [&](Result<ExitStatus> result) {
        if (result)
            status = *result;
    });
    const auto before = Clock::now();
    stubborn.reset();
    const bool at_once = Clock::now() - before < 300ms;
    assert_true(run_until([&] { return status.has_value(); }));
    assert_int_equal(status->signal, SIGKILL);
    assert_true(Clock::now() - before >= 300ms);
    assert_true(at_once);
    assert_false(has_children());
}

void a_program_that_heeds_the_request_has_the_grace_to_clean_up(void**) {
    auto polite = shell("trap 'exit 5' TERM; echo ready; while :; do sleep 0.01; done",
                        {.grace = 60s});
    wait_for_line(*polite);
    assert_true(polite->close().has_value());
    assert_int_equal(polite->wait_exit()->code, 5);
}

void a_signal_of_choice_reaches_the_program(void**) {
    const auto command =
        shell("trap 'echo usr1; exit 0' USR1; echo ready; while :; do sleep 0.01; done");
    wait_for_line(*command);
    assert_true(command->terminate(SIGUSR1).has_value());
    assert_string_equal(output_of(*command).c_str(), "usr1");
    assert_true(command->terminate(12345).error().kind == ErrorKind::invalid_argument);
}

void programs_left_behind_leave_nothing(void**) {
    // More than this must not stay; an earlier test may still be letting go of some.
    const int before = open_descriptors();
    for (int i = 0; i < 30; ++i) {
        const auto running = *ChannelCommand::spawn({"cat"});
        const auto ended = shell("exit 1", {.standard_error = StandardError::captured});
        if (i % 3 == 0)
            (void)running->close();
        if (i % 3 == 1)
            (void)running->terminate(SIGKILL);
    }
    assert_true(childless_soon());
    assert_true(run_until([&] {
        post(nullptr, [] {});
        return open_descriptors() <= before;
    }));
}

void a_child_that_somebody_else_waited_for_is_an_error(void**) {
    const auto command = shell("exit 4");
    int status = 0;
    assert_int_equal(waitpid(command->pid(), &status, 0), command->pid());
    assert_true(command->wait_exit().error().kind == ErrorKind::not_found);
    assert_int_equal(command->pid(), 0);
}

void works_in_a_program_without_standard_streams(void**) {
    const UniqueFd in(fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 10));
    const UniqueFd out(fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 10));
    close(STDIN_FILENO);
    close(STDOUT_FILENO);
    const auto cat = ChannelCommand::spawn({"cat"});
    const bool taken = is_open(STDIN_FILENO) || is_open(STDOUT_FILENO);
    const bool written = cat && write_all(**cat, as_bytes("text")).has_value() &&
                         (*cat)->shutdown(Direction::write).has_value();
    const std::string text = written ? drained_to_end(**cat).text() : "";
    dup2(in.get(), STDIN_FILENO);
    dup2(out.get(), STDOUT_FILENO);
    assert_string_equal(text.c_str(), "text");
    assert_false(taken);
}

int no_children_at_the_end(void**) {
    return childless_soon() ? 0 : -1;
}

} // namespace

int main() {
    CMUnitTest tests[] = {
        cmocka_unit_test(echoes_a_mebibyte_and_ends_when_its_input_does),
        cmocka_unit_test(echoes_on_watches),
        cmocka_unit_test(tells_how_the_program_ended),
        cmocka_unit_test(a_pid_is_forgotten_with_its_process),
        cmocka_unit_test(a_missing_direction_is_the_null_device),
        cmocka_unit_test(standard_error_goes_where_it_is_told),
        cmocka_unit_test(runs_where_and_with_what_it_is_told),
        cmocka_unit_test(the_program_starts_with_nothing_of_ours),
        cmocka_unit_test(a_program_that_cannot_start_is_an_error_with_its_name),
        cmocka_unit_test(a_program_may_close_its_output_and_go_on),
        cmocka_unit_test(writing_to_a_program_that_left_raises_no_signal),
        cmocka_unit_test(waiting_for_the_end_has_a_deadline_and_can_be_cancelled),
        cmocka_unit_test(a_wait_in_the_background_completes_once_however_it_ends),
        cmocka_unit_test(a_program_that_ignores_the_request_is_killed_after_the_grace),
        cmocka_unit_test(a_program_that_heeds_the_request_has_the_grace_to_clean_up),
        cmocka_unit_test(a_signal_of_choice_reaches_the_program),
        cmocka_unit_test(programs_left_behind_leave_nothing),
        cmocka_unit_test(a_child_that_somebody_else_waited_for_is_an_error),
        cmocka_unit_test(works_in_a_program_without_standard_streams),
    };
    // The children of one test are not to be taken for those of the next.
    for (auto& test : tests)
        test.teardown_func = &no_children_at_the_end;
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
