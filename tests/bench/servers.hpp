// WebSocket servers that accept every connection and read what comes: ours and libsoup's.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "io/core/watch.hpp"
#include "io/socket/net-listener.hpp"
#include "io/websock/channel-websock.hpp"
#include "tests/bench/soup.hpp"

namespace qio::bench {

/// A server on the loopback and the default context. It keeps its connections.
class Server {
public:
    virtual ~Server() = default;
    virtual std::uint16_t port() const = 0;
    /// Connections whose handshake is over.
    virtual std::size_t connection_count() const = 0;
    /// Payload bytes received so far.
    virtual std::size_t received() const = 0;
    virtual void drop_connections() = 0;
};

class QioServer final : public Server {
public:
    QioServer();
    std::uint16_t port() const override;
    std::size_t connection_count() const override { return connections_.size(); }
    std::size_t received() const override { return received_; }
    void drop_connections() override { connections_.clear(); }

private:
    struct Connection {
        std::shared_ptr<ChannelWebsock> channel;
        Watch watch;
    };

    void accept(std::shared_ptr<ChannelSocket> socket);
    void read(Channel& channel);

    std::shared_ptr<NetListener> listener_;
    std::vector<Connection> connections_;
    std::size_t received_ = 0;
};

class LibsoupServer final : public Server {
public:
    LibsoupServer();
    ~LibsoupServer() override;
    LibsoupServer(const LibsoupServer&) = delete;
    LibsoupServer& operator=(const LibsoupServer&) = delete;
    std::uint16_t port() const override;
    std::size_t connection_count() const override { return connections_.size(); }
    std::size_t received() const override { return received_; }
    void drop_connections() override { connections_.clear(); }

private:
    static void on_connection(SoupServer*, SoupServerMessage*, const char*,
                              SoupWebsocketConnection* connection,
                              gpointer self) noexcept;
    static void on_message(SoupWebsocketConnection*, int, GBytes* message,
                           gpointer self) noexcept;

    Handle<SoupServer, &g_object_unref> server_;
    std::vector<SoupRef> connections_;
    std::size_t received_ = 0;
};

} // namespace qio::bench
