// Listens on several addresses and hands over the connections.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "io/core/timer.hpp"
#include "io/core/watch.hpp"
#include "io/socket/channel-socket.hpp"

namespace qio {

/// Accepts connections on any number of sockets, on one GMainContext.
///
/// When descriptors or memory run out it pauses, 100 ms doubling to 1 s, and goes on by
/// itself; nothing spins and no connection is lost that the kernel still holds.
/// Lifetime: shared, since the callback may drop it.
/// Context: one thread, the one that runs its context.
class QIO_API NetListener final : public std::enable_shared_from_this<NetListener> {
public:
    using ClientCallback = std::move_only_function<void(std::shared_ptr<ChannelSocket>)>;

    /// Context: null = the caller's thread-default.
    static std::shared_ptr<NetListener> create(GMainContext* context = nullptr);
    ~NetListener();

    /// Listens on every address `address` stands for; may be called again to add more.
    /// Units/limits: backlog in connections.
    /// Errors: those of listen_all().
    Result<void> open(const SocketAddress& address, int backlog = 128);
    /// Adds a socket that listens already.
    void add(std::shared_ptr<ChannelSocket> socket);

    /// Who gets the connections, one call each. Without a callback they wait in the
    /// kernel. The callback may change or close the listener, or drop it.
    void set_callback(ClientCallback callback);

    /// What it listens on, with real port numbers, in the order of opening.
    std::vector<SocketAddress> addresses() const;

    /// Closes all sockets; open() and add() work again afterwards.
    void close();

private:
    struct Entry {
        std::shared_ptr<ChannelSocket> socket;
        Watch watch;
    };

    explicit NetListener(GMainContext* context);
    void watch_all();
    void accept_batch(ChannelSocket& socket);
    void pause();

    ContextRef context_;
    std::vector<Entry> entries_;
    std::shared_ptr<ClientCallback> callback_;
    std::chrono::milliseconds pause_length_;
    Timer resume_;
};

} // namespace qio
