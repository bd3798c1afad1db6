// internal: carries out the client's side of the opening handshake on a channel.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "io/base/byte-queue.hpp"
#include "io/core/task.hpp"
#include "io/core/watch.hpp"
#include "io/websock/client-request.hpp"

namespace qio::ws {

/// Sends the request, receives the response, and completes the task.
///
/// Lifetime: part of the WebSocket channel, which owns what it borrows; destroying it
/// lets go of the transport and, through the task, completes with "cancelled".
class ClientHandshake {
public:
    using Accepted = std::move_only_function<void(ClientAgreement)>;

    /// `staged`: where received bytes go; what follows the head stays there.
    ClientHandshake(Channel& transport, const ClientHandshakeOptions& options,
                    ByteQueue& staged, std::shared_ptr<Task<void>> task,
                    Accepted accepted);

private:
    void on_ready();
    void send();
    void receive();
    std::optional<std::size_t> find_head();
    void take_head(std::size_t length);
    void accept(ClientAgreement agreement);
    void fail(Error error);

    Channel& transport_;
    const ClientHandshakeOptions& options_;
    ByteQueue& staged_;
    std::shared_ptr<Task<void>> task_;
    Accepted accepted_;
    const std::string key_;
    std::string request_;
    std::size_t sent_ = 0;
    std::size_t skipped_ = 0; // bytes of interim responses
    HeadScanner scanner_;
    Watch watch_;
};

} // namespace qio::ws
