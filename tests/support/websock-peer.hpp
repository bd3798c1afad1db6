// A WebSocket client channel in a test's hands: the server's raw bytes, and what comes.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "io/core/transfer.hpp"
#include "io/websock/channel-websock.hpp"
#include "tests/support/drained.hpp"
#include "tests/support/loop.hpp"
#include "tests/support/pipe-channel.hpp"

namespace qio::test {

/// The accept value for the key in a request; not by the library's own code path for
/// clients.
inline std::string accept_for(const std::string& request) {
    constexpr std::string_view name = "Sec-WebSocket-Key: ";
    const auto at = request.find(name);
    if (at == request.npos)
        return {};
    const auto start = at + name.size();
    return ws::accept_value(request.substr(start, request.find("\r\n", start) - start));
}

/// A good response to a request, with `extra` fields.
inline std::string response_to(const std::string& request,
                               const std::string& extra = {}) {
    return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
           "Connection: Upgrade\r\nSec-WebSocket-Accept: " +
           accept_for(request) + "\r\n" + extra + "\r\n";
}

/// One unmasked frame.
inline Bytes server_frame(unsigned first_byte, std::string_view payload) {
    Bytes frame{std::byte(first_byte)};
    if (payload.size() < 126) {
        frame.push_back(std::byte(payload.size()));
    } else if (payload.size() < 65536) {
        frame.push_back(std::byte(126));
        ByteWriter(frame).put(std::uint16_t(payload.size()));
    } else {
        frame.push_back(std::byte(127));
        ByteWriter(frame).put(std::uint64_t(payload.size()));
    }
    ByteWriter(frame).put_bytes(as_bytes(payload));
    return frame;
}

/// A frame a client sent.
struct ClientFrame {
    unsigned first_byte = 0;
    Bytes mask{};
    Bytes payload{}; ///< unmasked
};

/// Takes client frames apart, byte by byte; complains about those without a mask.
class ClientFrameParser {
public:
    void feed(ByteView bytes) {
        pending_.insert(pending_.end(), bytes.begin(), bytes.end());
        while (take()) {
        }
    }
    std::vector<ClientFrame> frames;
    bool is_broken = false;

    /// The payload of all data frames.
    std::string data() const {
        std::string all;
        for (auto& frame : frames)
            if ((frame.first_byte & 8) == 0)
                all += as_text(frame.payload);
        return all;
    }

private:
    bool take() {
        ByteReader reader(pending_);
        const auto first = reader.take<std::uint8_t>();
        const auto second = reader.take<std::uint8_t>();
        if (!first || !second)
            return false;
        is_broken = is_broken || (*second & 0x80) == 0;
        std::optional<std::uint64_t> length = *second & 0x7F;
        if (*length == 126)
            length = reader.take<std::uint16_t>();
        else if (*length == 127)
            length = reader.take<std::uint64_t>();
        const auto mask = reader.take_bytes(4);
        const auto payload = length && mask ? reader.take_bytes(*length) : std::nullopt;
        if (!payload)
            return false;
        ClientFrame frame{*first, Bytes(mask->begin(), mask->end()), {}};
        for (std::size_t i = 0; i < payload->size(); ++i)
            frame.payload.push_back((*payload)[i] ^ (*mask)[i % 4]);
        frames.push_back(std::move(frame));
        pending_.erase(pending_.begin(),
                       pending_.end() - std::ptrdiff_t(reader.remaining()));
        return true;
    }
    Bytes pending_;
};

/// A client whose handshake a test answers by hand.
struct WebsockPeer {
    explicit WebsockPeer(ws::ClientHandshakeOptions options = {.host = "server.example"},
                         const ChannelPair& below = make_pipe_pair())
        : server(below.first),
          channel(ChannelWebsock::client(below.second, std::move(options))) {}
    ~WebsockPeer() {
        channel.reset();
        drain(); // a handshake cut short still completes
    }
    WebsockPeer(const WebsockPeer&) = delete;
    WebsockPeer& operator=(const WebsockPeer&) = delete;

    void start(const OperationOptions& options = {}) {
        channel->handshake(options, [this](Result<void> result) {
            ++completions;
            if (!result)
                error = std::move(result).error();
        });
    }
    bool wait_until_done() {
        return run_until([this] { return completions != 0; });
    }
    /// Runs the default context until the request is there.
    bool receive_request() {
        return run_until([this] {
            request += drained(*server, 1).text();
            return request.ends_with("\r\n\r\n") || completions != 0;
        });
    }
    /// start(), the request taken off the wire, a good response; `behind` comes with it.
    bool open(const std::string& behind = {}) {
        start();
        receive_request();
        send(response_to(request) + behind);
        return wait_until_done() && !error;
    }
    void send(ByteView bytes) {
        (void)write_all(*server, bytes,
                        {.deadline = deadline_after(std::chrono::seconds(20))});
    }
    void send(std::string_view text) { send(as_bytes(text)); }
    void send_frame(unsigned first_byte, std::string_view payload) {
        send(server_frame(first_byte, payload));
    }
    /// Takes in the frames that are there for the server.
    std::vector<ClientFrame>& frames() {
        auto more = drained(*server);
        parser.feed(more.data);
        has_ended = has_ended || more.ended;
        return parser.frames;
    }

    std::shared_ptr<Channel> server;
    std::shared_ptr<ChannelWebsock> channel;
    int completions = 0;
    std::optional<Error> error;
    std::string request;
    ClientFrameParser parser;
    bool has_ended = false;
};

/// The same with its handshake behind it.
struct OpenPeer : WebsockPeer {
    explicit OpenPeer(const ChannelPair& below = make_pipe_pair())
        : WebsockPeer({.host = "server.example"}, below) {
        is_open = open();
    }
    bool is_open = false;
};

} // namespace qio::test
