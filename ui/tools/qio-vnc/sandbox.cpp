// What qio-vnc gives up for good before anybody talks to it.
#include "ui/tools/qio-vnc/sandbox.hpp"

#ifdef QIO_HAVE_SECCOMP

#include <linux/capability.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "io/base/handle.hpp"
#include "io/base/unique-fd.hpp"

namespace qio::bridge {

namespace {

/// What a VNC server never needs: other programs, the memory of others, and the calls
/// that administrate a system or open much of the kernel.
constexpr const char* refused_calls[] = {
    "execve",
    "execveat",
    "fork",
    "vfork",
    "ptrace",
    "process_vm_readv",
    "process_vm_writev",
    "process_madvise",
    "kcmp",
    "pidfd_getfd",
    "mount",
    "umount",
    "umount2",
    "pivot_root",
    "chroot",
    "open_tree",
    "move_mount",
    "fsopen",
    "fsconfig",
    "fsmount",
    "fspick",
    "mount_setattr",
    "setns",
    "unshare",
    "personality",
    "init_module",
    "finit_module",
    "delete_module",
    "kexec_load",
    "kexec_file_load",
    "reboot",
    "swapon",
    "swapoff",
    "acct",
    "quotactl",
    "quotactl_fd",
    "syslog",
    "settimeofday",
    "clock_settime",
    "clock_settime64",
    "clock_adjtime",
    "stime",
    "adjtimex",
    "sethostname",
    "setdomainname",
    "vhangup",
    "nfsservctl",
    "iopl",
    "ioperm",
    "modify_ldt",
    "vm86",
    "vm86old",
    "pciconfig_read",
    "pciconfig_write",
    "lookup_dcookie",
    "bpf",
    "perf_event_open",
    "userfaultfd",
    "fanotify_init",
    "open_by_handle_at",
    "io_uring_setup",
    "io_uring_enter",
    "io_uring_register",
    "add_key",
    "request_key",
    "keyctl",
};

constexpr unsigned namespaces[] = {CLONE_NEWCGROUP, CLONE_NEWIPC, CLONE_NEWNET,
                                   CLONE_NEWNS,     CLONE_NEWPID, CLONE_NEWUSER,
                                   CLONE_NEWUTS};

// Where the flags of clone() are.
#ifdef __s390__
constexpr unsigned clone_flags = 1;
#else
constexpr unsigned clone_flags = 0;
#endif

constexpr std::uint32_t refused = SCMP_ACT_ERRNO(EPERM);

using Filter = Handle<void, &seccomp_release>;

/// libseccomp and prctl() tell errors in two ways; this is the one of the former.
Result<void> check(int status, const char* call) {
    if (status < 0)
        return Error::from_errno(-status, call);
    return {};
}

int refuse_masked(void* filter, const char* name, unsigned argument, std::uint64_t mask,
                  std::uint64_t value) {
    const scmp_arg_cmp masked{argument, SCMP_CMP_MASKED_EQ, mask, value};
    return seccomp_rule_add(filter, refused, seccomp_syscall_resolve_name(name), 1,
                            masked);
}

/// Threads may be made, and nothing else; what puts keys into a terminal is typing, too.
Result<void> refuse_by_argument(void* filter) {
    QIO_TRY(check(refuse_masked(filter, "clone", clone_flags, CLONE_THREAD, 0), "clone"));
    for (const auto flag : namespaces)
        QIO_TRY(check(refuse_masked(filter, "clone", clone_flags, flag, flag), "clone"));
    // Its flags are out of sight. The C library then takes clone().
    QIO_TRY(check(seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS),
                                   seccomp_syscall_resolve_name("clone3"), 0),
                  "clone3"));
    constexpr std::uint64_t all = 0xffffffff;
    QIO_TRY(check(refuse_masked(filter, "ioctl", 1, all, TIOCSTI), "ioctl"));
    return check(refuse_masked(filter, "ioctl", 1, all, TIOCLINUX), "ioctl");
}

Result<void> filter_calls() {
    const Filter filter(seccomp_init(SCMP_ACT_ALLOW));
    if (!filter)
        return Error::from_errno(ENOMEM, "seccomp");
    QIO_TRY(check(seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_TSYNC, 1), "threads"));
    for (const auto* name : refused_calls) {
        // Below 0: not on this architecture, or not known to the library.
        const int number = seccomp_syscall_resolve_name(name);
        if (number >= 0)
            QIO_TRY(check(seccomp_rule_add(filter.get(), refused, number, 0), name));
    }
    QIO_TRY(refuse_by_argument(filter.get()));
    return check(seccomp_load(filter.get()), "seccomp");
}

Result<void> drop_capabilities() {
    // What only counts for programs that are started is refused to those without rights,
    // and does not matter then.
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    for (unsigned long i = 0; prctl(PR_CAPBSET_READ, i, 0, 0, 0) >= 0; ++i)
        if (i != CAP_NET_BIND_SERVICE)
            prctl(PR_CAPBSET_DROP, i, 0, 0, 0);
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3]{};
    if (syscall(SYS_capget, &header, sets) != 0)
        return Error::from_errno(errno, "capget");
    bool is_changed = false;
    for (std::size_t i = 0; i < std::size(sets); ++i) {
        const std::uint32_t kept = i == 0 ? 1U << CAP_NET_BIND_SERVICE : 0;
        is_changed |= ((sets[i].permitted | sets[i].inheritable) & ~kept) != 0;
        sets[i].permitted &= kept;
        sets[i].effective &= kept;
        sets[i].inheritable &= kept;
    }
    // Other sandboxes around this one may refuse the call.
    if (is_changed && syscall(SYS_capset, &header, sets) != 0)
        return Error::from_errno(errno, "capset");
    return {};
}

/// Processes outside of a domain of Landlock cannot be looked into from inside, not even
/// by their memory in /proc. Kernels before 5.13, or without Landlock, have no domains.
void enter_domain() {
    // It has to refuse something: to make devices, which takes a capability anyway.
    landlock_ruleset_attr domain{};
    domain.handled_access_fs =
        LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_BLOCK;
    const UniqueFd rules(
        int(syscall(SYS_landlock_create_ruleset, &domain, sizeof domain, 0)));
    if (rules)
        (void)syscall(SYS_landlock_restrict_self, rules.get(), 0);
}

} // namespace

Result<void> enter_sandbox() {
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return Error::from_errno(errno, "no_new_privs");
    QIO_TRY(drop_capabilities());
    enter_domain();
    return filter_calls();
}

} // namespace qio::bridge

#else

namespace qio::bridge {

Result<void> enter_sandbox() {
    return Error{ErrorKind::not_supported, 0,
                 "built without libseccomp; leave it out, or let the unit "
                 "qio-vnc@.service lock it in"};
}

} // namespace qio::bridge

#endif
