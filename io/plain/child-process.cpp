// A child process: how it ended, and how it is made to end.
#include "io/plain/child-process.hpp"

#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include <glib.h>

#include "io/core/watch.hpp"

namespace qio {

namespace {

// In the headers of newer systems these have names.
constexpr auto by_pidfd = idtype_t(3);

Result<std::shared_ptr<ChannelFile>> exit_channel(pid_t pid) {
    UniqueFd pidfd(int(::syscall(SYS_pidfd_open, pid, 0)));
    if (!pidfd)
        return Error::from_errno(errno, "pidfd_open");
    // Never in the place of a standard stream, even if ours are closed.
    if (pidfd.get() <= STDERR_FILENO)
        return ChannelFile::duplicate(pidfd.get());
    return ChannelFile::from_fd(std::move(pidfd));
}

ExitStatus status_of(const siginfo_t& info) {
    if (info.si_code == CLD_EXITED)
        return {.code = info.si_status, .signal = 0};
    return {.code = 0, .signal = info.si_status};
}

/// One asynchronous wait; lives until the child has ended or its task has.
struct ExitWait : std::enable_shared_from_this<ExitWait> {
    std::shared_ptr<ChildProcess> child;
    std::shared_ptr<Task<ExitStatus>> task;
    Watch watch{};

    ExitWait(std::shared_ptr<ChildProcess> its_child,
             std::shared_ptr<Task<ExitStatus>> its_task)
        : child(std::move(its_child)), task(std::move(its_task)) {}

    /// Context: the task's.
    void start() {
        if (task->is_finished())
            return;
        task->on_abort([self = shared_from_this()](ErrorKind) { self->watch.reset(); });
        watch = Watch(
            child->exited(), Condition::in,
            [self = shared_from_this()](Condition) { self->look(); }, task->context());
    }

    void look() {
        const auto keep = shared_from_this();
        auto status = child->try_reap();
        if (status && !*status)
            return;
        watch.reset();
        task->on_abort({});
        if (status)
            task->complete(**status);
        else
            task->fail(std::move(status).error());
    }
};

} // namespace

Result<std::shared_ptr<ChildProcess>> ChildProcess::adopt(pid_t pid) {
    auto exited = exit_channel(pid);
    if (exited)
        return std::shared_ptr<ChildProcess>(new ChildProcess(pid, std::move(*exited)));
    ::kill(pid, SIGKILL);
    while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR)
        continue;
    return std::move(exited).error();
}

pid_t ChildProcess::pid() const {
    std::lock_guard lock(mutex_);
    return pid_;
}

Result<void> ChildProcess::signal(int number) const {
    const auto result = ::syscall(SYS_pidfd_send_signal, exited_->read_fd(), number,
                                  static_cast<siginfo_t*>(nullptr), 0);
    if (result < 0 && errno != ESRCH)
        return Error::from_errno(errno, "signal the command");
    return {};
}

Result<std::optional<ExitStatus>> ChildProcess::try_reap() {
    std::lock_guard lock(mutex_);
    if (!status_) {
        siginfo_t info{};
        int result;
        do
            result =
                ::waitid(by_pidfd, id_t(exited_->read_fd()), &info, WEXITED | WNOHANG);
        while (result < 0 && errno == EINTR);
        if (result == 0 && info.si_pid == 0)
            return std::optional<ExitStatus>();
        pid_ = 0;
        status_ = result == 0 ? Result<ExitStatus>(status_of(info))
                              : Error{ErrorKind::not_found, errno,
                                      "somebody else has waited for the command"};
    }
    if (!*status_)
        return status_->error();
    return std::optional(**status_);
}

Result<ExitStatus> ChildProcess::wait_exit(const WaitOptions& options) {
    for (;;) {
        if (const auto status = QIO_TRY(try_reap()))
            return *status;
        QIO_TRY(wait(*exited_, Condition::in, options));
    }
}

void ChildProcess::wait_exit(const OperationOptions& options,
                             Completion<ExitStatus> completion) {
    auto task = Task<ExitStatus>::start(options, std::move(completion));
    GMainContext* context = task->context();
    auto operation = std::make_shared<ExitWait>(shared_from_this(), std::move(task));
    post(context, [operation = std::move(operation)] { operation->start(); });
}

void ChildProcess::end(std::chrono::milliseconds grace) {
    if (const auto status = try_reap(); !status || *status)
        return;
    {
        std::lock_guard lock(mutex_);
        if (std::exchange(ending_, true))
            return;
    }
    (void)signal(SIGTERM);
    struct Errand {
        std::shared_ptr<ChildProcess> child;
        std::chrono::milliseconds grace;
    };
    auto* errand = new Errand{shared_from_this(), grace};
    const GThreadFunc run = [](gpointer data) noexcept -> gpointer {
        const std::unique_ptr<Errand> owned(static_cast<Errand*>(data));
        owned->child->see_to_the_end(owned->grace);
        return nullptr;
    };
    if (GThread* thread = g_thread_try_new("qio-child-end", run, errand, nullptr))
        return g_thread_unref(thread);
    // Out of threads: no grace then, and next to no wait either.
    errand->grace = {};
    run(errand);
}

void ChildProcess::see_to_the_end(std::chrono::milliseconds grace) {
    // The program's signal handlers run on its own threads.
    sigset_t all;
    sigset_t old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    if (!wait_exit({.deadline = deadline_after(grace)})) {
        (void)signal(SIGKILL);
        (void)wait_exit(WaitOptions{});
    }
    pthread_sigmask(SIG_SETMASK, &old, nullptr);
}

} // namespace qio
