// An open WebSocket connection: reading. Sections are those of RFC 6455.
#include <algorithm>
#include <array>

#include "io/base/trace.hpp"
#include "io/core/iovec-cursor.hpp"
#include "io/websock/connection-changes.hpp"

namespace qio::ws {

namespace {

// Reads from the transport in one read of ours, and bytes in each: control frames alone
// must not keep a thread busy for as long as the peer likes.
constexpr std::size_t max_fill = 128 * 1024;
constexpr int max_fills_per_read = 4;

// A large buffer of the reader's takes payload as it is, to be decoded in it.
constexpr std::size_t min_in_place = 16 * 1024;

IoResult end_result(const std::optional<Error>& error) {
    if (error)
        return *error;
    return std::size_t(0);
}

} // namespace

// ---- a byte stream

IoResult Connection::read(std::span<const iovec> buffers) {
    if (input_shut_down_)
        return std::size_t(0);
    const Changes changes(*this);
    auto result = read_frames(buffers);
    flush();
    return result;
}

IoResult Connection::read_frames(std::span<const iovec> buffers) {
    IovecCursor sink(buffers);
    std::size_t moved = 0;
    decode_staged(sink, moved);
    for (int fills = 0; state_ == State::open && moved == 0; ++fills) {
        const bool has_done_enough = !is_blocking_ && fills == max_fills_per_read;
        if (has_done_enough || !fill(sink, moved))
            return std::nullopt;
    }
    if (is_before_open())
        return not_open();
    return moved != 0 ? IoResult(moved) : end_result(error_);
}

/// Takes what it can off the front of `received`: all but an incomplete header or control
/// frame, unless the reader's buffers are full.
InputEvent Connection::decode(ByteView& received, IovecCursor& sink, std::size_t& moved) {
    auto event = InputEvent::message_end;
    while (event == InputEvent::message_end)
        event = decode_messages(received, sink, moved);
    return event;
}

/// The same, but not beyond the end of a message. InputEvent::violation: it is over.
InputEvent Connection::decode_messages(ByteView& received, IovecCursor& sink,
                                       std::size_t& moved) {
    while (state_ == State::open) {
        const auto event = advance(received, sink, moved);
        if (event == InputEvent::control)
            on_control();
        else if (event == InputEvent::violation)
            break_off(inflating_ ? inflating_->violation() : input_->violation());
        else
            return event;
    }
    return InputEvent::violation;
}

InputEvent Connection::advance(ByteView& received, IovecCursor& sink,
                               std::size_t& moved) {
    return inflating_ ? inflating_->advance(received, sink, moved)
                      : input_->advance(received, sink, moved);
}

void Connection::decode_staged(IovecCursor& sink, std::size_t& moved) {
    drop_told();
    ByteView rest = staged_.readable();
    const auto event = decode(rest, sink, moved);
    if (state_ != State::open)
        return;
    staged_.consume(staged_.size() - rest.size());
    readable_ = event == InputEvent::sink_full && has_more();
}

/// Whether there may be payload without another read of the transport.
bool Connection::has_more() const {
    return !staged_.empty() || (inflating_ && inflating_->has_pending());
}

/// The same as fill(), where nothing is decoded in the reader's buffer.
bool Connection::fill_staged(IovecCursor& sink, std::size_t& moved) {
    const std::size_t count = receive_from_transport(staged_.prepare(staged_.room()));
    if (state_ != State::open)
        return true;
    staged_.commit(count);
    decode_staged(sink, moved);
    return count != 0;
}

/// One read of the transport, and what it brings. False: it would block.
/// Requires: decode_staged() has left nothing but an incomplete header or control frame.
bool Connection::fill(IovecCursor& sink, std::size_t& moved) {
    if (inflating_)
        return fill_staged(sink, moved);
    std::array<std::byte, min_in_place> scratch;
    const bool in_place = sink.front().size() >= scratch.size();
    const MutableBytes buffer =
        in_place ? sink.front().first(std::min(sink.front().size(), max_fill)) : scratch;
    const std::size_t count = receive_from_transport(buffer.subspan(staged_.size()));
    if (count == 0)
        return state_ != State::open;
    const ByteView begun = staged_.readable();
    std::ranges::copy(begun, buffer.begin());
    ByteView rest = buffer.first(begun.size() + count);
    staged_.consume(begun.size());
    const auto event = decode(rest, sink, moved);
    if (state_ != State::open)
        return true;
    staged_.append(rest);
    readable_ = event == InputEvent::sink_full && !staged_.empty();
    return true;
}

/// One read of the transport. 0: it would block, or the connection has ended.
std::size_t Connection::receive_from_transport(MutableBytes buffer) {
    const auto received = transport_->read(buffer);
    if (!received)
        end(received.error());
    else if (*received && **received == 0)
        end_of_transport();
    const std::size_t count = received ? received->value_or(0) : 0;
    has_sign_of_life_ = has_sign_of_life_ || count != 0;
    return count;
}

void Connection::end_of_transport() {
    if (input_->is_at_boundary() && staged_.empty())
        return end(std::nullopt);
    end(Error{ErrorKind::disconnected, 0,
              "the WebSocket stream ended in the middle of a message"});
}

// ---- messages

std::optional<WholeMessage> Connection::take_whole() {
    drop_told();
    if (!readable_ || state_ != State::open || input_shut_down_ || inflating_ ||
        !input_->is_at_boundary())
        return std::nullopt;
    const auto message = input_->take_whole(staged_.readable_mutable(), told_);
    if (message && staged_.size() == told_) {
        readable_ = false;
        changed_();
    }
    return message;
}

void Connection::drop_told() {
    staged_.consume(std::exchange(told_, 0));
}

Result<std::optional<ReceivedPart>> Connection::receive(MutableBytes buffer) {
    if (input_shut_down_)
        return ReceivedPart{.is_end = true};
    if (is_before_open())
        return not_open();
    const Changes changes(*this);
    auto result = receive_part(buffer);
    flush();
    return result;
}

Result<std::optional<ReceivedPart>> Connection::receive_part(MutableBytes buffer) {
    const iovec vector = to_iovec(buffer);
    IovecCursor sink({&vector, 1});
    std::size_t moved = 0;
    std::optional event = decode_staged_message(sink, moved);
    for (int fills = 0; event == InputEvent::need_bytes && moved == 0; ++fills) {
        const bool has_done_enough = !is_blocking_ && fills == max_fills_per_read;
        event = has_done_enough ? std::nullopt : fill_message(sink, moved);
        if (!event)
            return std::nullopt;
    }
    const bool is_last = event == InputEvent::message_end;
    if (moved != 0 || is_last)
        return ReceivedPart{input_->message_opcode(), moved, is_last, false};
    if (error_)
        return *error_;
    return ReceivedPart{.is_end = true};
}

InputEvent Connection::decode_staged_message(IovecCursor& sink, std::size_t& moved) {
    drop_told();
    ByteView rest = staged_.readable();
    const auto event = decode_messages(rest, sink, moved);
    if (state_ == State::open) {
        staged_.consume(staged_.size() - rest.size());
        readable_ = event != InputEvent::need_bytes && has_more();
    }
    return event;
}

/// One read of the transport, into the reader's buffer if that can hold nothing else than
/// payload. Empty: it would block.
std::optional<InputEvent> Connection::fill_message(IovecCursor& sink,
                                                   std::size_t& moved) {
    const std::size_t direct =
        std::min<std::uint64_t>(sink.front().size(), input_->payload_left());
    const bool in_place = !inflating_ && direct >= min_in_place && staged_.empty();
    const MutableBytes buffer =
        in_place ? sink.front().first(direct) : staged_.prepare(staged_.room());
    const std::size_t count = receive_from_transport(buffer);
    if (state_ != State::open)
        return InputEvent::violation;
    if (count == 0)
        return std::nullopt;
    if (in_place) {
        ByteView received = buffer.first(count);
        return decode_messages(received, sink, moved);
    }
    staged_.commit(count);
    return decode_staged_message(sink, moved);
}

// ---- control frames

void Connection::on_control() {
    const auto& frame = input_->control();
    if (frame.opcode == Opcode::close)
        return on_close_frame(frame.payload());
    if (frame.opcode == Opcode::pong) {
        has_new_pong_ = pong_callback_ != nullptr;
        if (has_new_pong_)
            pong_ = frame;
        return;
    }
    // An earlier pong gets its chance first; if it cannot leave, this one replaces the
    // one that waits (§5.5.3).
    flush();
    output_.queue_pong(frame.payload());
}

void Connection::on_pong(PongCallback callback) {
    pong_callback_ =
        callback ? std::make_shared<PongCallback>(std::move(callback)) : nullptr;
}

std::shared_ptr<Connection::PongCallback> Connection::take_pong() {
    return std::exchange(has_new_pong_, false) ? pong_callback_ : nullptr;
}

void Connection::on_close_frame(ByteView payload) {
    auto parsed = parse_close_payload(payload);
    if (!parsed)
        return break_off(parsed.error());
    QIO_TRACE(websock, peer_closed, "ioc=%p code=%d",
              static_cast<void*>(transport_.get()),
              int(parsed->code.value_or(CloseCode::no_status)));
    peer_close_ = std::move(*parsed);
    // §5.5.1: the answer echoes the code.
    end(std::nullopt);
    begin_close(peer_close_->code.value_or(CloseCode::no_status), {});
}

} // namespace qio::ws
