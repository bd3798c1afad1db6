// What a process in the sandbox of qio-vnc cannot do any more, and what it still can.
#include "ui/tools/qio-vnc/sandbox.hpp"

#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <future>
#include <string>
#include <thread>

#include "io/base/unique-fd.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;

namespace {

/// Whether that holds in a child of ours which has entered the sandbox.
bool holds_inside(bool (*check)()) {
    const pid_t child = fork();
    if (child == 0)
        _exit(bridge::enter_sandbox() && check() ? 0 : 1);
    int status = 0;
    return waitpid(child, &status, 0) == child && WIFEXITED(status) &&
           WEXITSTATUS(status) == 0;
}

template <class... Arguments>
bool is_refused(long number, Arguments... arguments) {
    errno = 0;
    return syscall(number, arguments...) == -1 && errno == EPERM;
}

bool starts_nothing() {
    char name[] = "/bin/true";
    char* const arguments[] = {name, nullptr};
    char* const environment[] = {nullptr};
    pid_t child = 0;
    const bool has_spawned =
        posix_spawn(&child, name, nullptr, nullptr, arguments, environment) == 0;
    const bool has_run = execve(name, arguments, environment) != -1 || errno != EPERM;
    const bool has_forked = fork() != -1 || errno != EPERM;
    return !has_spawned && !has_run && !has_forked &&
           is_refused(SYS_execveat, AT_FDCWD, name, arguments, environment, 0) &&
           is_refused(SYS_clone, 0UL, nullptr, nullptr, nullptr, 0UL);
}

void no_program_and_no_process_is_started(void**) {
    assert_true(holds_inside(starts_nothing));
}

/// A process of the same user with no rights, which waits for its end.
pid_t start_neighbour() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return -1;
    const UniqueFd ready(ends[0]), tell(ends[1]);
    const pid_t neighbour = fork();
    if (neighbour == 0) {
        __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
        const __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3]{};
        (void)syscall(SYS_capset, &header, none);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        prctl(PR_SET_DUMPABLE, 1);
        (void)!write(tell.get(), "", 1);
        for (;;)
            pause();
    }
    char byte;
    return read(ready.get(), &byte, 1) == 1 ? neighbour : -1;
}

pid_t neighbour = -1;

UniqueFd memory_of_neighbour() {
    const auto path = "/proc/" + std::to_string(neighbour) + "/mem";
    return UniqueFd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
}

bool sees_no_memory() {
    return !memory_of_neighbour() && errno == EACCES;
}

// Of QEMU, for one, which runs as the same user
void no_other_process_is_looked_into(void**) {
    if (syscall(SYS_landlock_create_ruleset, nullptr, 0, 1) < 1)
        skip(); // a kernel without Landlock
    neighbour = start_neighbour();
    assert_true(neighbour > 0);
    const bool is_there = bool(memory_of_neighbour());
    const bool is_hidden = holds_inside(sees_no_memory);
    kill(neighbour, SIGKILL);
    waitpid(neighbour, nullptr, 0);
    if (!is_there)
        skip(); // another lock is in front of it
    assert_true(is_hidden);
}

/// With arguments that do no harm where nothing is refused.
bool administrates_nothing() {
    return is_refused(SYS_ptrace, PTRACE_TRACEME, 0, nullptr, nullptr) &&
           is_refused(SYS_process_vm_readv, getpid(), nullptr, 0UL, nullptr, 0UL, 0UL) &&
           is_refused(SYS_mount, nullptr, nullptr, nullptr, 0UL, nullptr) &&
           is_refused(SYS_umount2, nullptr, 0) && is_refused(SYS_unshare, 0) &&
           is_refused(SYS_setns, -1, 0) && is_refused(SYS_chroot, nullptr) &&
           is_refused(SYS_personality, 0xffffffffUL) &&
           is_refused(SYS_bpf, -1, nullptr, 0) &&
           is_refused(SYS_perf_event_open, nullptr, 0, -1, -1, 0UL) &&
           is_refused(SYS_userfaultfd, -1) &&
           is_refused(SYS_io_uring_setup, 0U, nullptr) &&
           is_refused(SYS_add_key, nullptr, nullptr, nullptr, 0UL, 0) &&
           is_refused(SYS_keyctl, -1, 0UL, 0UL, 0UL, 0UL) &&
           is_refused(SYS_init_module, nullptr, 0UL, nullptr) &&
           is_refused(SYS_swapon, nullptr, 0) &&
           is_refused(SYS_reboot, 0, 0, 0, nullptr) &&
           is_refused(SYS_ioctl, -1, TIOCSTI, nullptr);
}

void nothing_is_administrated(void**) {
    assert_true(holds_inside(administrates_nothing));
}

bool has_no_rights() {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3]{};
    if (syscall(SYS_capget, &header, sets) != 0)
        return false;
    const auto all = sets[0].permitted | sets[0].effective | sets[0].inheritable;
    return (all & ~(1U << CAP_NET_BIND_SERVICE)) == 0 && sets[1].permitted == 0 &&
           prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
}

void no_rights_are_left_or_to_be_had(void**) {
    assert_true(holds_inside(has_no_rights));
}

void threads_that_were_there_are_inside_as_well(void**) {
    const pid_t child = fork();
    if (child == 0) {
        std::promise<void> entered;
        bool is_inside = false;
        std::thread thread([&] {
            entered.get_future().wait();
            is_inside = is_refused(SYS_unshare, 0);
        });
        const bool done = bridge::enter_sandbox().has_value();
        entered.set_value();
        thread.join();
        _exit(done && is_inside ? 0 : 1);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

bool still_works() {
    bool has_run = false;
    std::thread([&] { has_run = true; }).join();
    int pair[2];
    const bool has_pair = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0;
    const UniqueFd tcp(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const UniqueFd file(open("/proc/self/status", O_RDONLY | O_CLOEXEC));
    // Once more does not hurt.
    return has_run && has_pair && tcp && file && bridge::enter_sandbox().has_value();
}

void threads_files_and_sockets_go_on(void**) {
    assert_true(holds_inside(still_works));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(no_program_and_no_process_is_started),
        cmocka_unit_test(no_other_process_is_looked_into),
        cmocka_unit_test(nothing_is_administrated),
        cmocka_unit_test(no_rights_are_left_or_to_be_had),
        cmocka_unit_test(threads_that_were_there_are_inside_as_well),
        cmocka_unit_test(threads_files_and_sockets_go_on),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
