// internal: qio-relay from its listening sockets to an orderly end.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "io/core/timer.hpp"
#include "io/socket/net-listener.hpp"
#include "io/tools/relay-connection.hpp"
#include "io/tools/relay-web.hpp"

namespace qio::relay {

/// Takes in connections within the limits, and keeps them until they end.
///
/// Over a limit a WebSocket client is told so (503), others are closed. Without
/// descriptors the listener waits until there are some.
/// Context: the default one.
class Server {
public:
    /// `done` is called once, from the loop, when nothing is left to do.
    static Result<std::unique_ptr<Server>> create(const Options& options, Log& log,
                                                  std::function<void()> done);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Serves from now on, and says so.
    Result<void> start();
    /// Reads certificates, keys and tokens again, and opens the log again.
    void reload();
    /// The first time politely: nobody is let in any more, everybody has --grace to end.
    /// The second time at once.
    void stop();

    /// Whether the one connection of --once ended as it should.
    bool has_failed() const { return has_failed_; }

private:
    Server(const Options& options, Log& log, std::function<void()> done);
    Result<void> load();
    Result<void> open_credentials();
    void serve_stdio();
    void on_client(const NetListener::Client& socket);
    bool is_full(const Peer& peer) const;
    void add(ChannelRef channel, Peer peer, Admission admission);
    void on_gone(const std::shared_ptr<Connection>& connection);
    void announce();
    void end_all();
    void check_end();
    std::size_t session_count() const { return connections_.size() - refused_; }
    std::string status_text() const;

    const Options& options_;
    Log& log_;
    const std::function<void()> done_;
    std::size_t max_connections_;
    CredentialStore credentials_;
    std::unique_ptr<TokenTable> tokens_;
    std::unique_ptr<WebFiles> web_;
    Shared shared_;
    std::shared_ptr<NetListener> listener_;
    std::unordered_set<std::shared_ptr<Connection>> connections_;
    std::unordered_map<std::string, std::size_t> per_address_;
    std::size_t refused_ = 0; // of connections_
    bool is_stopping_ = false;
    bool has_failed_ = false;
    Timer grace_;
};

} // namespace qio::relay
