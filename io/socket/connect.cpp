// Connecting in the background: resolve, then each address in turn.
#include <sys/un.h>

#include <cerrno>
#include <memory>
#include <vector>

#include "io/base/trace.hpp"
#include "io/core/timer.hpp"
#include "io/core/watch.hpp"
#include "io/socket/channel-socket.hpp"
#include "io/socket/resolver.hpp"
#include "io/socket/socket-ops.hpp"

namespace qio {

using SocketTask = Task<std::shared_ptr<ChannelSocket>>;

namespace {
constexpr std::chrono::milliseconds retry_interval{20};
} // namespace

/// One connect(): lives as long as something of it is under way.
class ConnectOperation : public std::enable_shared_from_this<ConnectOperation> {
public:
    ConnectOperation(std::shared_ptr<SocketTask> task, const SocketAddress& address)
        : task_(std::move(task)), name_(to_string(address)) {}

    /// Context: the task's.
    void start(const SocketAddress& address, std::stop_token stop, Deadline deadline) {
        if (task_->is_finished())
            return;
        task_->on_abort([self = shared_from_this()](ErrorKind) { self->abort(); });
        if (auto* inet = std::get_if<InetAddress>(&address))
            return start_resolve(*inet, std::move(stop), deadline);
        if (auto* unix_address = std::get_if<UnixAddress>(&address))
            return start_unix(*unix_address);
        adopt(std::get<FdAddress>(address).fd);
    }

private:
    void start_resolve(const InetAddress& inet, std::stop_token stop, Deadline deadline) {
        resolve(inet, {task_->context(), deadline, std::move(stop)},
                [self = shared_from_this()](Result<std::vector<SockAddr>> found) {
                    if (!found)
                        return self->fail(std::move(found).error());
                    self->addresses_ = std::move(*found);
                    self->try_next();
                });
    }

    void start_unix(const UnixAddress& address) {
        auto target = to_sockaddr(address);
        if (!target)
            return fail(std::move(target).error());
        addresses_.push_back(*target);
        try_next();
    }

    void adopt(int fd) {
        UniqueFd owned(fd);
        auto channel = ChannelSocket::from_fd(std::move(owned));
        if (!channel)
            return fail(std::move(channel).error());
        finish(std::move(*channel));
    }

    void try_next() {
        if (task_->is_finished())
            return;
        if (next_ == addresses_.size())
            return fail(std::move(last_error_));
        const auto& address = addresses_[next_++];
        auto fd = socket_ops::start_connect(address);
        if (!fd && fd.error().os_errno == EAGAIN)
            return try_again_later();
        if (!fd) {
            last_error_ = std::move(fd).error();
            return try_next();
        }
        pending_ = ChannelSocket::make(std::move(*fd),
                                       {.family = address.storage.ss_family}, address);
        watch_ = Watch(
            *pending_, Condition::out,
            [self = shared_from_this()](Condition) { self->connected_or_not(); },
            task_->context());
    }

    /// A unix listener's queue is full, and nothing tells when there is room in it.
    void try_again_later() {
        --next_;
        retry_ = Timer(
            retry_interval, [self = shared_from_this()] { self->try_next(); },
            Timer::Repeat::no, task_->context());
    }

    void connected_or_not() {
        const auto keep = shared_from_this();
        watch_.reset();
        auto channel = std::move(pending_);
        if (auto result = socket_ops::connect_result(channel->fd()); !result) {
            last_error_ = std::move(result).error();
            return try_next();
        }
        finish(std::move(channel));
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

    void abort() {
        watch_.reset();
        retry_.reset();
        pending_.reset();
    }

    std::shared_ptr<SocketTask> task_;
    std::string name_;
    std::vector<SockAddr> addresses_;
    std::size_t next_ = 0;
    Error last_error_{ErrorKind::not_found, 0, "no address to try"};
    std::shared_ptr<ChannelSocket> pending_;
    Watch watch_;
    Timer retry_;
};

void ChannelSocket::connect(const SocketAddress& address, const OperationOptions& options,
                            Completion<std::shared_ptr<ChannelSocket>> completion) {
    auto task = SocketTask::start(options, std::move(completion));
    GMainContext* context = task->context();
    auto operation = std::make_shared<ConnectOperation>(std::move(task), address);
    post(context,
         [operation = std::move(operation), address, stop = options.stop,
          deadline = options.deadline] { operation->start(address, stop, deadline); });
}

} // namespace qio
