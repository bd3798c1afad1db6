// Connecting: resolve, then race the addresses; on a main loop, or waiting.
#include <cerrno>
#include <memory>
#include <vector>

#include "io/base/trace.hpp"
#include "io/socket/address-order.hpp"
#include "io/socket/attempt-race.hpp"
#include "io/socket/channel-socket.hpp"
#include "io/socket/resolver.hpp"
#include "io/socket/socket-ops.hpp"
#include "io/socket/tcp-options.hpp"

namespace qio {

using SocketTask = Task<std::shared_ptr<ChannelSocket>>;
using Addresses = std::vector<SockAddr>;

/// One connect(). The task's cleanup holds it until the outcome is known.
class ConnectOperation : public std::enable_shared_from_this<ConnectOperation> {
public:
    ConnectOperation(std::shared_ptr<SocketTask> task, const SocketAddress& address)
        : task_(std::move(task)), address_(address), name_(to_string(address)) {}

    /// `found`: the addresses, if a name was looked up already. Context: the task's.
    void start(std::optional<Addresses> found, const OperationOptions& options) {
        if (task_->is_finished())
            return;
        task_->on_abort([self = shared_from_this()](ErrorKind) { self->race_.reset(); });
        if (found)
            return race(std::move(*found));
        if (auto* inet = std::get_if<InetAddress>(&address_))
            return start_resolve(*inet, options);
        if (auto* unix_address = std::get_if<UnixAddress>(&address_))
            return start_unix(*unix_address);
        if (auto* vsock = std::get_if<VsockAddress>(&address_))
            return race({to_sockaddr(*vsock)});
        adopt(std::get<FdAddress>(address_).fd);
    }

private:
    void start_resolve(const InetAddress& inet, const OperationOptions& options) {
        resolve(inet, {task_->context(), options.deadline, options.stop},
                [self = shared_from_this()](Result<Addresses> found) {
                    if (!found)
                        return self->fail(std::move(found).error());
                    self->race(std::move(*found));
                });
    }

    void start_unix(const UnixAddress& address) {
        auto target = to_sockaddr(address);
        if (!target)
            return fail(std::move(target).error());
        race({*target});
    }

    void adopt(int fd) {
        UniqueFd owned(fd);
        auto channel = ChannelSocket::from_fd(std::move(owned));
        if (!channel)
            return fail(std::move(channel).error());
        finish(std::move(*channel));
    }

    void race(Addresses addresses) {
        if (task_->is_finished())
            return;
        race_ = std::make_unique<AttemptRace>(
            interleave_families(std::move(addresses)), task_->context(),
            [this](const SockAddr& target) { return begin(target); },
            [this](Result<std::shared_ptr<ChannelSocket>> result) {
                decided(std::move(result));
            });
        race_->run();
    }

    Result<std::shared_ptr<ChannelSocket>> begin(const SockAddr& target) const {
        auto* inet = std::get_if<InetAddress>(&address_);
        UniqueFd fd = QIO_TRY(socket_ops::new_socket(
            target, SOCK_STREAM, inet ? socket_ops::protocol_of(*inet) : 0));
        if (inet)
            QIO_TRY(socket_ops::set_keep_alive(fd.get(), *inet));
        QIO_TRY(socket_ops::start_connect(fd.get(), target));
        return ChannelSocket::make(std::move(fd), {.family = target.storage.ss_family},
                                   target);
    }

    void decided(Result<std::shared_ptr<ChannelSocket>> result) {
        const auto keep = shared_from_this();
        race_.reset();
        if (!result)
            return fail(std::move(result).error());
        finish(std::move(*result));
    }

    void finish(std::shared_ptr<ChannelSocket> channel) {
        QIO_TRACE(socket, connected, "fd=%d %s", channel->fd(), name_.c_str());
        task_->complete(std::move(channel));
        task_->on_abort({});
    }

    void fail(Error error) {
        task_->fail(std::move(error).with_context(name_));
        task_->on_abort({});
    }

    std::shared_ptr<SocketTask> task_;
    SocketAddress address_;
    std::string name_;
    std::unique_ptr<AttemptRace> race_;
};

namespace {

void connect_to(const SocketAddress& address, std::optional<Addresses> found,
                const OperationOptions& options,
                Completion<std::shared_ptr<ChannelSocket>> completion) {
    auto task = SocketTask::start(options, std::move(completion));
    GMainContext* context = task->context();
    auto operation = std::make_shared<ConnectOperation>(std::move(task), address);
    post(context, [operation = std::move(operation), found = std::move(found),
                   options]() mutable { operation->start(std::move(found), options); });
}

} // namespace

void ChannelSocket::connect(const SocketAddress& address, const OperationOptions& options,
                            Completion<std::shared_ptr<ChannelSocket>> completion) {
    connect_to(address, std::nullopt, options, std::move(completion));
}

Result<std::shared_ptr<ChannelSocket>>
ChannelSocket::connect_wait(const SocketAddress& address, const WaitOptions& options) {
    std::optional<Addresses> found;
    if (auto* inet = std::get_if<InetAddress>(&address)) {
        auto looked_up = resolve_wait(*inet, options);
        if (!looked_up)
            return std::move(looked_up).error().with_context(to_string(address));
        found = std::move(*looked_up);
    }
    const ContextRef context(g_main_context_new());
    std::optional<Result<std::shared_ptr<ChannelSocket>>> outcome;
    connect_to(address, std::move(found), {context.get(), options.deadline, options.stop},
               [&](auto result) { outcome = std::move(result); });
    while (!outcome)
        g_main_context_iteration(context.get(), TRUE);
    return *std::move(outcome);
}

} // namespace qio
