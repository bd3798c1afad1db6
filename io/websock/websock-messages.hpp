// The messages of a WebSocket: text and binary, with their boundaries (RFC 6455 §5.4,
// §5.6).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "io/base/byte-queue.hpp"
#include "io/websock/channel-websock.hpp"

namespace qio {

namespace ws {
class Utf8Validator;
}

enum class MessageKind : std::uint8_t { text, binary };

/// Whether what is sent or received completes its message.
enum class MessageEnd : bool { no, yes };

/// A piece of a received message.
struct MessagePart {
    MessageKind kind = MessageKind::binary;
    std::size_t size = 0; ///< in the buffer; may be 0, messages may be empty
    bool is_last = false; ///< the message ends here
    bool is_end = false;  ///< no part at all: the connection has ended in order
};

/// A whole received message.
struct Message {
    MessageKind kind = MessageKind::binary;
    ByteView data{};     ///< Lifetime: until the next call
    bool is_end = false; ///< no message at all: the connection has ended in order
};

/// Sends and receives messages over a ChannelWebsock, in place of its read() and write(),
/// which are refused from then on. Watches, wait(), pings and closing are the channel's.
///
/// Text is checked as it arrives: what is not UTF-8 closes with 1007 at once.
/// Lifetime: keeps the channel. Make one at most, before the first read or write; before
/// the handshake or after. Context: the channel's.
class QIO_API WebsockMessages {
public:
    static constexpr std::size_t default_max_message = 16 * 1024 * 1024;

    /// Units/limits: `max_message` in bytes, for receive_message(); memory grows with
    /// what has arrived, not with what is announced.
    explicit WebsockMessages(std::shared_ptr<ChannelWebsock> channel,
                             std::size_t max_message = default_max_message);
    ~WebsockMessages();
    WebsockMessages(const WebsockMessages&) = delete;
    WebsockMessages& operator=(const WebsockMessages&) = delete;

    ChannelWebsock& channel() const { return *channel_; }

    /// One attempt to receive a part of a message, however long that is: from one message
    /// only, as much as is there or as `buffer` takes. A text's characters may be split.
    ///
    /// Empty: would block. Errors: invalid_argument (an empty buffer, no handshake yet,
    /// in the middle of receive_message()); protocol (closed with 1002 or 1007),
    /// disconnected (the end came within a message), timed_out; any of the channel
    /// below.
    Result<std::optional<MessagePart>> receive(MutableBytes buffer);

    /// One attempt to receive a whole message. Empty: would block; what there is of the
    /// message is kept.
    ///
    /// Errors: limit (beyond `max_message`: closed with 1009), those of receive();
    /// invalid_argument in the middle of a message that receive() has begun.
    Result<std::optional<Message>> receive_message();

    /// One attempt to send. At most 64 KiB are taken whole or not at all; of more, the
    /// count may be short: then go on with the rest, which belongs to the same message.
    /// With MessageEnd::no, the next send() continues the message; its kind is that of
    /// the first part. Pings and pongs may go in between.
    ///
    /// Empty: would block. What is taken but cannot leave is queued, at most 64 KiB; a
    /// failure of the channel below is told by this call or a later one. While
    /// Channel::set_cork() is on, messages are gathered and leave together: when it is
    /// turned off, or 16 KiB are gathered.
    /// Errors: invalid_argument (no handshake yet; text that is not UTF-8), disconnected.
    IoResult send(MessageKind kind, ByteView payload, MessageEnd end = MessageEnd::yes);

private:
    Result<std::optional<MessagePart>> receive_part(MutableBytes buffer);
    Result<std::optional<Message>> receive_whole();
    Result<std::optional<Message>> tell_small(MessageKind kind);
    Result<void> check(const MessagePart& part, ByteView data);
    Result<void> check_size();
    Result<bool> send_piece(MessageKind kind, ByteView piece, MessageEnd end);
    void tell_of_pong();
    ws::Connection& connection() const { return *channel_->connection_; }

    const std::shared_ptr<ChannelWebsock> channel_;
    const std::size_t max_message_;
    ByteQueue whole_;            // of the message that is being received
    bool is_whole_told_ = false; // whole_ was handed out
    bool is_in_parts_ = false;   // receive() has begun a message
    bool is_sending_ = false;    // a message has begun, and has not been completed
    MessageKind sent_kind_ = MessageKind::binary;
    const std::unique_ptr<ws::Utf8Validator> received_text_;
    const std::unique_ptr<ws::Utf8Validator> sent_text_;
};

} // namespace qio
