// Connecting and accepting in coroutines.
#pragma once

#include <memory>

#include "io/core/async-channel.hpp"
#include "io/core/async-completion.hpp"
#include "io/socket/channel-socket.hpp"

namespace qio {

/// Awaits ChannelSocket::connect(). `options` carries deadline and stop token, and names
/// the context it resumes on. Result: a std::shared_ptr<ChannelSocket>.
inline auto async_connect(SocketAddress address, OperationOptions options = {}) {
    return completion_of<std::shared_ptr<ChannelSocket>>(
        [address = std::move(address), options = std::move(options)](auto done) {
            ChannelSocket::connect(address, options, std::move(done));
        });
}

/// A listening socket for one coroutine at a time.
/// Context: the one given, or the caller's thread-default.
class AsyncListener {
public:
    explicit AsyncListener(std::shared_ptr<ChannelSocket> socket,
                           GMainContext* context = nullptr)
        : socket_(socket), channel_(std::move(socket), context) {}

    ChannelSocket& socket() const { return *socket_; }

    /// The next connection, a std::shared_ptr<ChannelSocket>.
    /// Errors: exhausted (out of descriptors or memory): sleep before trying again;
    /// timed_out, cancelled, closed.
    auto accept(Deadline deadline = {}, std::stop_token stop = {}) {
        return channel_.retry(
            Condition::in, [this] { return socket_->accept(); }, deadline,
            std::move(stop));
    }

private:
    std::shared_ptr<ChannelSocket> socket_;
    AsyncChannel channel_;
};

} // namespace qio
