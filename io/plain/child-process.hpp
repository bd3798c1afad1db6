// internal: a child process: how it ended, and how it is made to end.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <mutex>

#include "io/core/task.hpp"
#include "io/core/wait.hpp"
#include "io/plain/channel-file.hpp"
#include "io/plain/exit-status.hpp"

namespace qio {

/// One child, known by its pidfd: a number that is used again is never signalled.
///
/// Lifetime: shared by its channel, the waits for its end and the thread that sees to
/// the end of a child that was left behind. Context: any thread.
class ChildProcess : public std::enable_shared_from_this<ChildProcess> {
public:
    /// Takes charge of a child that nobody has waited for. Errors: not_supported (no
    /// pidfd in this kernel), exhausted; then the child has been killed.
    static Result<std::shared_ptr<ChildProcess>> adopt(pid_t pid);

    /// 0 once it has been waited for.
    pid_t pid() const;
    /// Sends a signal; a child that has ended does not mind.
    Result<void> signal(int number) const;

    Result<ExitStatus> wait_exit(const WaitOptions& options);
    void wait_exit(const OperationOptions& options, Completion<ExitStatus> completion);

    /// Asks the child to end, and makes it if it has not after `grace`. Returns at once;
    /// the rest is done in the background, and no zombie is left. Idempotent.
    void end(std::chrono::milliseconds grace);

    /// How it ended; empty while it runs. Takes the zombie away.
    /// Errors: not_found if another part of the program has done that.
    Result<std::optional<ExitStatus>> try_reap();

    /// Readable once the child has ended.
    Channel& exited() const { return *exited_; }

private:
    ChildProcess(pid_t pid, std::shared_ptr<ChannelFile> exited)
        : exited_(std::move(exited)), pid_(pid) {}
    void see_to_the_end(std::chrono::milliseconds grace);

    const std::shared_ptr<ChannelFile> exited_;
    mutable std::mutex mutex_;
    pid_t pid_;
    bool ending_ = false;
    std::optional<Result<ExitStatus>> status_;
};

} // namespace qio
