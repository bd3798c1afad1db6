// A plain and slow WebSocket client for the tests, written apart from the library's
// codec.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "io/core/channel.hpp"

namespace qio::test {

/// A request every server accepts.
std::string upgrade_request(const std::string& extra_fields = {},
                            const std::string& path = "/");

/// One masked frame (mask 37 fa 21 3d, as in RFC 6455 §5.7), with the bits of
/// `first_byte`.
Bytes client_frame(unsigned first_byte, ByteView payload);
inline Bytes client_frame(unsigned first_byte, std::string_view payload) {
    return client_frame(first_byte, as_bytes(payload));
}

/// A frame a server sent.
struct ServerFrame {
    unsigned first_byte;
    Bytes payload;
};

/// Takes server frames apart; complains (is_broken) about masks and long control frames.
class ServerFrameParser {
public:
    void feed(ByteView bytes);
    std::deque<ServerFrame> frames;
    bool is_broken = false;

private:
    Bytes pending_;
};

/// The client's end as a channel: binary frames out, payload of binary frames in. The
/// handshake must be over, or be done with shake_hands().
class WebsockClient final : public Channel {
public:
    explicit WebsockClient(std::shared_ptr<Channel> below) : below_(std::move(below)) {}

    /// Sends the request and reads the response, while running the default context for
    /// the server's side. The response's head, or what came of it.
    static std::string shake_hands(Channel& below);

    /// Makes bytes of the first frames of those that came with the response.
    ServerFrameParser& parser() { return parser_; }

private:
    IoResult do_readv(std::span<const iovec> buffers) override;
    IoResult do_writev(std::span<const iovec> buffers) override;
    Result<void> do_close() override;
    Result<void> do_set_blocking(Blocking blocking) override {
        return below_->set_blocking(blocking);
    }
    Interest do_interest(Condition asked) const override;
    Condition do_resolve(Condition asked, Condition events) override;
    Result<void> do_shutdown(Direction direction) override {
        return below_->shutdown(direction);
    }
    IoResult take(std::span<const iovec> buffers);
    bool collect_payload();

    std::shared_ptr<Channel> below_;
    ServerFrameParser parser_;
    Bytes input_;
    Bytes output_; // of the frame under way
    std::size_t unreported_ = 0;
    bool ended_ = false;
};

} // namespace qio::test
