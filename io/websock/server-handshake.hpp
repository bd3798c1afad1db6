// internal: carries out the server's side of the opening handshake on a channel.
#pragma once

#include <functional>
#include <memory>

#include "io/base/byte-queue.hpp"
#include "io/core/task.hpp"
#include "io/core/watch.hpp"
#include "io/websock/frame-output.hpp"
#include "io/websock/handshake.hpp"

namespace qio::ws {

/// Receives the request head, answers it, and completes the task. A refusal is sent
/// entirely, and what the peer still sends is read away for a moment, so that the answer
/// is not lost to a reset.
///
/// Lifetime: part of the WebSocket channel, which owns what it borrows; destroying it
/// lets go of the transport and, through the task, completes with "cancelled".
class ServerHandshake {
public:
    using Accepted = std::move_only_function<void(HandshakeAnswer)>;

    /// `staged`: where received bytes go; what follows the head stays there.
    ServerHandshake(Channel& transport, const HandshakePolicy& policy, ByteQueue& staged,
                    FrameOutput& output, std::shared_ptr<Task<void>> task,
                    Accepted accepted);

private:
    enum class State : std::uint8_t { receiving, answering, lingering, done };

    void on_ready();
    void receive();
    void answer(HandshakeAnswer answer);
    void send();
    void answered();
    void linger();
    void aborted(ErrorKind kind);
    void fail(Error error);
    void finish();

    Channel& transport_;
    const HandshakePolicy& policy_;
    ByteQueue& staged_;
    FrameOutput& output_;
    std::shared_ptr<Task<void>> task_;
    Accepted accepted_;
    State state_ = State::receiving;
    HeadScanner scanner_;
    HandshakeAnswer answer_;
    std::size_t lingered_ = 0;
    Timer linger_timer_;
    Watch watch_;
};

} // namespace qio::ws
