// A program's standard input and output as a channel.
#include "io/plain/channel-command.hpp"

#include "io/plain/child-process.hpp"
#include "io/plain/descriptor-pair.hpp"
#include "io/plain/spawn.hpp"

namespace qio {

namespace {

Result<Descriptor> adopt(UniqueFd& fd) {
    if (!fd)
        return Descriptor();
    return Descriptor::adopt(std::move(fd));
}

Result<std::shared_ptr<ChannelFile>> error_channel(UniqueFd& fd) {
    if (!fd)
        return std::shared_ptr<ChannelFile>();
    return ChannelFile::from_fd(std::move(fd));
}

} // namespace

Result<std::shared_ptr<ChannelCommand>>
ChannelCommand::spawn(const std::vector<std::string>& argv, const SpawnOptions& options) {
    auto spawned = QIO_TRY(spawn_program(argv, options));
    auto child = QIO_TRY(ChildProcess::adopt(spawned.pid));
    auto channel = connect(spawned, child, options.grace);
    if (!channel)
        child->end({});
    return channel;
}

Result<std::shared_ptr<ChannelCommand>>
ChannelCommand::connect(Spawned& spawned, std::shared_ptr<ChildProcess> child,
                        std::chrono::milliseconds grace) {
    auto reader = QIO_TRY(adopt(spawned.standard_output));
    auto writer = QIO_TRY(adopt(spawned.standard_input));
    auto error_output = QIO_TRY(error_channel(spawned.standard_error));
    return std::shared_ptr<ChannelCommand>(
        new ChannelCommand(DescriptorPair(std::move(reader), std::move(writer)),
                           std::move(error_output), std::move(child), grace));
}

ChannelCommand::ChannelCommand(DescriptorPair pipes,
                               std::shared_ptr<ChannelFile> error_output,
                               std::shared_ptr<ChildProcess> child,
                               std::chrono::milliseconds grace)
    : pipes_(std::make_unique<DescriptorPair>(std::move(pipes))),
      error_output_(std::move(error_output)), child_(std::move(child)), grace_(grace) {}

ChannelCommand::~ChannelCommand() {
    (void)pipes_->close();
    child_->end(grace_);
}

pid_t ChannelCommand::pid() const {
    return child_->pid();
}

Result<void> ChannelCommand::terminate(int signal) const {
    return child_->signal(signal);
}

Result<ExitStatus> ChannelCommand::wait_exit(const WaitOptions& options) const {
    return child_->wait_exit(options);
}

void ChannelCommand::wait_exit(const OperationOptions& options,
                               Completion<ExitStatus> completion) const {
    child_->wait_exit(options, std::move(completion));
}

IoResult ChannelCommand::do_readv(std::span<const iovec> buffers) {
    return pipes_->readv(buffers);
}

IoResult ChannelCommand::do_writev(std::span<const iovec> buffers) {
    return pipes_->writev(buffers);
}

Result<void> ChannelCommand::do_close() {
    auto result = pipes_->close();
    child_->end(grace_);
    return result;
}

Result<void> ChannelCommand::do_set_blocking(Blocking blocking) {
    return pipes_->set_blocking(blocking);
}

Interest ChannelCommand::do_interest(Condition asked) const {
    return pipes_->interest(asked);
}

Result<void> ChannelCommand::do_shutdown(Direction direction) {
    // Detached first, closed last: a watch must not poll a number that is gone.
    auto detached = pipes_->detach(direction);
    interest_changed();
    QIO_TRY(detached.reader.close());
    return detached.writer.close();
}

bool ChannelCommand::do_has_feature(Feature feature) const {
    return feature == Feature::shutdown || feature == Feature::concurrent_io;
}

} // namespace qio
