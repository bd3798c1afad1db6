// A WebSocket server channel in a test's hands: its peer's raw bytes, and its frames.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "io/core/transfer.hpp"
#include "io/core/watch.hpp"
#include "io/websock/channel-websock.hpp"
#include "tests/support/drained.hpp"
#include "tests/support/loop.hpp"
#include "tests/support/pipe-channel.hpp"
#include "tests/support/websock-client.hpp"

namespace qio::test {

/// A server whose handshake a test carries out by hand.
struct WebsockServer {
    explicit WebsockServer(const ws::HandshakePolicy& policy = ws::vnc_listener_policy(),
                           const ChannelPair& below = make_pipe_pair())
        : peer(below.first), channel(ChannelWebsock::server(below.second, policy)) {}
    ~WebsockServer() {
        channel.reset();
        drain(); // a handshake cut short still completes
    }
    WebsockServer(const WebsockServer&) = delete;
    WebsockServer& operator=(const WebsockServer&) = delete;

    void start(const OperationOptions& options = {}) {
        channel->handshake(options, [this](Result<void> result) {
            ++completions;
            if (!result)
                error = std::move(result).error();
        });
    }
    /// Runs the default context until the handshake has completed.
    bool wait_until_done() {
        return run_until([this] { return completions != 0; });
    }
    /// start(), a good request, and the response taken off the wire.
    bool open() {
        start();
        send(upgrade_request());
        const bool answered = run_until([this] {
            receive_response();
            return response.ends_with("\r\n\r\n") && completions != 0;
        });
        return answered && !error;
    }

    /// Sends the peer's bytes, which must find room.
    void send(ByteView bytes) { (void)write_all(*peer, bytes, soon()); }
    void send(std::string_view text) { send(as_bytes(text)); }
    void send_frame(unsigned first_byte, std::string_view payload) {
        send(client_frame(first_byte, payload));
    }

    /// Appends what there is for the peer to `response`.
    void receive_response() {
        auto more = drained(*peer, 1);
        response += more.text();
        peer_ended = peer_ended || more.ended;
    }
    /// Takes in the frames that are there for the peer.
    std::deque<ServerFrame>& frames() {
        auto more = drained(*peer);
        parser.feed(more.data);
        peer_ended = peer_ended || more.ended;
        return parser.frames;
    }
    /// The same, without taking what is there away from a test that looks at the end.
    bool has_peer_ended() {
        frames();
        return peer_ended;
    }

    static WaitOptions soon() {
        return {.deadline = deadline_after(std::chrono::seconds(20))};
    }

    std::shared_ptr<Channel> peer;
    std::shared_ptr<ChannelWebsock> channel;
    int completions = 0;
    std::optional<Error> error;
    std::string response;
    bool peer_ended = false;
    ServerFrameParser parser;
};

/// The same with its handshake behind it.
struct OpenWebsock : WebsockServer {
    explicit OpenWebsock(const ChannelPair& below = make_pipe_pair())
        : WebsockServer(ws::vnc_listener_policy(), below) {
        is_open = open();
    }
    bool is_open = false;
};

/// The code of a close frame; 0 without one, -1 if that is no close frame.
inline int close_code_of(const ServerFrame& frame) {
    if (frame.first_byte != 0x88 || frame.payload.size() == 1)
        return -1;
    return frame.payload.empty() ? 0 : load_be<std::uint16_t>(frame.payload.data());
}

/// The payload of a close frame.
inline std::string close_payload(unsigned code, std::string_view reason = {}) {
    return std::string{char(code >> 8), char(code)} + std::string(reason);
}

} // namespace qio::test
