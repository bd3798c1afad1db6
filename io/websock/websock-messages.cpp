// The messages of a WebSocket: text and binary, with their boundaries.
#include "io/websock/websock-messages.hpp"

#include <algorithm>

#include "io/websock/connection.hpp"
#include "io/websock/utf8.hpp"

namespace qio {

namespace {

// Room for what comes of a message, at first; then it grows with what has come.
constexpr std::size_t min_room = 4096;
constexpr std::size_t max_room = 64 * 1024;

// Received in one call at most while the message goes on: others want a turn as well.
constexpr std::size_t max_per_call = 1024 * 1024;

Error misused(const char* what) {
    return {ErrorKind::invalid_argument, 0, what};
}

Error closed_error() {
    return {ErrorKind::closed, 0, "the channel is closed"};
}

ws::Opcode opcode_of(MessageKind kind) {
    return kind == MessageKind::text ? ws::Opcode::text : ws::Opcode::binary;
}

MessageKind kind_of(ws::Opcode opcode) {
    return opcode == ws::Opcode::text ? MessageKind::text : MessageKind::binary;
}

} // namespace

WebsockMessages::WebsockMessages(std::shared_ptr<ChannelWebsock> channel,
                                 std::size_t max_message)
    : channel_(std::move(channel)), max_message_(std::min(max_message, SIZE_MAX / 4)),
      // One more, to see what is too much.
      whole_(max_message_ + 1), received_text_(std::make_unique<ws::Utf8Validator>()),
      sent_text_(std::make_unique<ws::Utf8Validator>()) {
    connection().set_framing(ws::Framing::messages);
}

WebsockMessages::~WebsockMessages() = default;

// ---- receiving

Result<std::optional<MessagePart>> WebsockMessages::receive(MutableBytes buffer) {
    if (buffer.empty())
        return misused("no room to receive a message in");
    if (!whole_.empty() && !is_whole_told_)
        return misused("a whole message is being received");
    auto result = receive_part(buffer);
    if (!result || *result)
        is_in_parts_ = result && !(*result)->is_last && !(*result)->is_end;
    if (connection().has_new_pong())
        tell_of_pong();
    return result;
}

Result<std::optional<Message>> WebsockMessages::receive_message() {
    if (is_in_parts_)
        return misused("a message is being received in parts");
    if (is_whole_told_)
        whole_.consume(whole_.size());
    is_whole_told_ = false;
    if (whole_.empty())
        if (const auto opcode = connection().take_message(whole_, max_message_))
            return tell_small(kind_of(*opcode));
    auto result = receive_whole();
    if (!result)
        whole_.clear();
    if (connection().has_new_pong())
        tell_of_pong();
    return result;
}

/// A message that has come at once. Requires: it is in whole_.
Result<std::optional<Message>> WebsockMessages::tell_small(MessageKind kind) {
    if (kind == MessageKind::text)
        if (auto checked = check({kind, whole_.size(), true}, whole_.readable());
            !checked) {
            whole_.clear();
            return std::move(checked).error();
        }
    is_whole_told_ = true;
    return Message{kind, whole_.readable()};
}

/// The callback may drop us.
void WebsockMessages::tell_of_pong() {
    const auto channel = channel_;
    channel->tell_of_pong();
}

Result<std::optional<MessagePart>> WebsockMessages::receive_part(MutableBytes buffer) {
    if (channel_->is_closed())
        return closed_error();
    const auto received = QIO_TRY(connection().receive(buffer));
    if (!received)
        return std::nullopt;
    const MessagePart part{kind_of(received->opcode), received->size, received->is_last,
                           received->is_end};
    if (part.kind == MessageKind::text && !part.is_end)
        QIO_TRY(check(part, buffer.first(part.size)));
    return part;
}

/// RFC 6455 §8.1.
Result<void> WebsockMessages::check(const MessagePart& part, ByteView data) {
    const bool is_valid =
        received_text_->feed(data) && (!part.is_last || received_text_->is_complete());
    if (part.is_last)
        received_text_->reset();
    if (is_valid)
        return {};
    connection().break_off({ws::CloseCode::invalid_data, "a text that is not UTF-8"});
    return *connection().error();
}

Result<std::optional<Message>> WebsockMessages::receive_whole() {
    for (const std::size_t before = whole_.size();;) {
        const std::size_t expected = std::clamp<std::uint64_t>(
            connection().payload_left(), min_room, std::max(max_room, whole_.size()));
        const MutableBytes room = whole_.prepare(std::min(expected, whole_.room()));
        const auto part = QIO_TRY(receive_part(room));
        whole_.commit(part ? part->size : 0);
        QIO_TRY(check_size());
        const bool has_done_enough =
            !connection().is_blocking() && whole_.size() - before >= max_per_call;
        if (part && part->is_end)
            return Message{.is_end = true};
        if (part && part->is_last) {
            is_whole_told_ = true;
            return Message{part->kind, whole_.readable()};
        }
        if (!part || has_done_enough)
            return std::nullopt;
    }
}

/// What is there of the message, and of its frame what is announced.
Result<void> WebsockMessages::check_size() {
    if (whole_.size() <= max_message_ &&
        connection().payload_left() <= max_message_ - whole_.size())
        return {};
    connection().break_off({ws::CloseCode::message_too_big, "a message too big"});
    return *connection().error();
}

// ---- sending

IoResult WebsockMessages::send(MessageKind kind, ByteView payload, MessageEnd end) {
    if (channel_->is_closed())
        return closed_error();
    std::size_t taken = 0;
    do {
        const std::size_t rest = payload.size() - taken;
        const std::size_t size = std::min(rest, ws::FrameOutput::max_payload);
        const auto sent = send_piece(kind, payload.subspan(taken, size),
                                     size == rest ? end : MessageEnd::no);
        if (!sent && taken == 0)
            return sent.error();
        if (!sent || !*sent)
            return taken != 0 ? IoResult(taken) : std::nullopt;
        taken += size;
    } while (taken < payload.size());
    return taken;
}

Result<bool> WebsockMessages::send_piece(MessageKind kind, ByteView piece,
                                         MessageEnd end) {
    const bool is_last = end == MessageEnd::yes;
    if (!is_sending_)
        sent_kind_ = kind;
    ws::Utf8Validator text = *sent_text_;
    if (sent_kind_ == MessageKind::text &&
        (!text.feed(piece) || (is_last && !text.is_complete())))
        return misused("a text message that is not UTF-8");
    const ws::FrameKind frame{is_sending_ ? ws::Opcode::continuation : opcode_of(kind),
                              is_last ? ws::Fin::yes : ws::Fin::no};
    if (!QIO_TRY(connection().send(frame, piece)))
        return false;
    is_sending_ = !is_last;
    *sent_text_ = is_last ? ws::Utf8Validator() : text;
    return true;
}

} // namespace qio
