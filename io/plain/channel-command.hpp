// A program's standard input and output as a channel.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "io/core/task.hpp"
#include "io/core/wait.hpp"
#include "io/plain/channel-file.hpp"
#include "io/plain/exit-status.hpp"

namespace qio {

class ChildProcess;
class DescriptorPair;
struct Spawned;

/// Where a command's standard error goes.
enum class StandardError : std::uint8_t {
    inherit,  ///< to our own
    discard,  ///< nowhere
    merged,   ///< where its standard output goes
    captured, ///< to a channel: ChannelCommand::standard_error()
};

/// How to start a command.
struct SpawnOptions {
    /// read: its output can be read; write: its input can be written. A stream of the
    /// command that is not connected is /dev/null.
    Direction direction = Direction::both;
    StandardError standard_error = StandardError::inherit;
    /// Added to our own environment, or in place of what is there.
    std::map<std::string, std::string> environment{};
    /// Where it runs; empty: where we do. A relative program name is looked for there.
    std::string directory{};
    /// Units: milliseconds from SIGTERM to SIGKILL when the channel goes first.
    std::chrono::milliseconds grace{2000};
};

/// Talks to a program through pipes, non-blocking at first. Never raises SIGPIPE.
///
/// shutdown(Direction::write) ends the program's input, its output can still be read.
/// close(), and the destructor, close the pipes and end a program that still runs:
/// SIGTERM at once, SIGKILL after SpawnOptions::grace, both without blocking the caller
/// and without leaving a zombie. To let it finish its work, shut the writing side down
/// and wait_exit() first.
/// The program starts with no signal blocked or ignored, and with no descriptor of ours.
/// Has Feature::shutdown and Feature::concurrent_io.
class QIO_API ChannelCommand final : public Channel {
public:
    /// Starts argv[0], looked for in our PATH if it has no slash.
    /// Errors: invalid_argument (no name, a NUL byte), not_found, permission_denied,
    /// not_supported (a kernel without pidfd), exhausted; the message names the program,
    /// and no child is left.
    static Result<std::shared_ptr<ChannelCommand>>
    spawn(const std::vector<std::string>& argv, const SpawnOptions& options = {});

    ~ChannelCommand() override;

    /// What the program says on its standard error, when captured; else null.
    const std::shared_ptr<ChannelFile>& standard_error() const { return error_output_; }

    /// 0 once the program has ended and was waited for.
    pid_t pid() const;

    /// Sends a signal (SIGTERM asks it to end). A program that has ended does not mind.
    Result<void> terminate(int signal) const;

    /// Blocks until the program has ended; also after close(). Any number of times.
    /// Errors: timed_out, cancelled; not_found if somebody else has waited for it.
    Result<ExitStatus> wait_exit(const WaitOptions& options = {}) const;
    /// The same in the background. It waits for the program, not for the channel: close()
    /// and the destructor, which end the program, let it complete with the status.
    void wait_exit(const OperationOptions& options,
                   Completion<ExitStatus> completion) const;

private:
    static Result<std::shared_ptr<ChannelCommand>>
    connect(Spawned& spawned, std::shared_ptr<ChildProcess> child,
            std::chrono::milliseconds grace);
    ChannelCommand(DescriptorPair pipes, std::shared_ptr<ChannelFile> error_output,
                   std::shared_ptr<ChildProcess> child, std::chrono::milliseconds grace);
    IoResult do_readv(std::span<const iovec> buffers) override;
    IoResult do_writev(std::span<const iovec> buffers) override;
    Result<void> do_close() override;
    Result<void> do_set_blocking(Blocking blocking) override;
    Interest do_interest(Condition asked) const override;
    Result<void> do_shutdown(Direction direction) override;
    bool do_has_feature(Feature feature) const override;

    const std::unique_ptr<DescriptorPair> pipes_;
    const std::shared_ptr<ChannelFile> error_output_;
    const std::shared_ptr<ChildProcess> child_;
    const std::chrono::milliseconds grace_;
};

} // namespace qio
