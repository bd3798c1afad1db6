// Listens on several addresses and hands over the connections.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "io/core/timer.hpp"
#include "io/core/wait.hpp"
#include "io/core/watch.hpp"
#include "io/socket/channel-socket.hpp"

namespace qio {

/// Accepts connections on any number of sockets, on one GMainContext.
///
/// When descriptors or memory run out it pauses, 100 ms doubling to 1 s, and goes on by
/// itself; nothing spins and no connection is lost that the kernel still holds.
/// Lifetime: shared, since the callback may drop it.
/// Context: set_callback(), add(), open() and the getters from any thread; close() and
/// the destructor on the thread that runs its context, or while nobody runs it.
class QIO_API NetListener final : public std::enable_shared_from_this<NetListener> {
public:
    using Client = std::shared_ptr<ChannelSocket>;
    using ClientCallback = std::move_only_function<void(Client)>;

    /// Context: null = the caller's thread-default.
    static std::shared_ptr<NetListener> create(GMainContext* context = nullptr);
    ~NetListener();

    /// Listens on every address `address` stands for; may be called again to add more.
    /// Units/limits: backlog in connections.
    /// Errors: those of listen_all().
    Result<void> open(const SocketAddress& address, int backlog = 128);
    /// Adds a socket that listens already.
    void add(Client socket);

    /// The channel name of every socket that is added from now on.
    void set_name(std::string name);

    /// Who gets the connections, one call each. Without a callback they wait in the
    /// kernel. The callback may change or close the listener, or drop it. Watching begins
    /// with the next turn of the context.
    ///
    /// From another thread than the context's the change is as atomic: no call of the old
    /// callback begins after this returns, and one that runs now may be its last. The old
    /// callback is destroyed when it is replaced and no call of it runs any more.
    void set_callback(ClientCallback callback);
    /// The same, and moves the listener to `context` (null = the caller's
    /// thread-default): callback and context change together.
    void set_callback(ClientCallback callback, GMainContext* context);

    /// Waits for the next connection on any socket, without a main loop; the callback
    /// rests meanwhile. Errors: timed_out, cancelled, exhausted; invalid_argument if
    /// there is no socket.
    Result<Client> accept_wait(const WaitOptions& options = {});

    /// Whether there is a socket to connect to.
    bool is_connected() const;
    /// The sockets, in the order of opening.
    std::vector<Client> sockets() const;
    /// What it listens on, with real port numbers, in the order of opening.
    std::vector<SocketAddress> addresses() const;

    /// Closes all sockets; open() and add() work again afterwards.
    void close();

private:
    struct Entry {
        Client socket;
        Watch watch;
    };
    /// A callback and where it runs: always replaced together.
    struct Handler {
        ClientCallback function;
        ContextRef context;
    };

    explicit NetListener(GMainContext* context);
    void replace(std::shared_ptr<Handler> handler);
    std::shared_ptr<Handler> handler_here() const;
    void update();
    void move_locked();
    void watch_all_locked();
    void accept_batch(ChannelSocket& socket);
    void pause();
    void resume();

    mutable std::mutex mutex_; // guards everything below
    ContextRef context_;       // of the watches and the timer
    std::vector<Entry> entries_;
    std::shared_ptr<Handler> handler_;
    std::string name_;
    std::chrono::milliseconds pause_length_;
    Timer resume_;
};

} // namespace qio
