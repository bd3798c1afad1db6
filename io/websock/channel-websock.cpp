// A WebSocket connection as a byte stream over any channel (RFC 6455).
#include "io/websock/channel-websock.hpp"

#include <algorithm>
#include <array>

#include "io/base/trace.hpp"
#include "io/core/iovec-cursor.hpp"
#include "io/websock/closing-handshake.hpp"
#include "io/websock/frame-input.hpp"
#include "io/websock/frame-output.hpp"
#include "io/websock/server-handshake.hpp"

namespace qio {

namespace {

// Received at once for a reader whose buffer is smaller, so that small frames share a
// system call; what it does not take is staged.
constexpr std::size_t max_staged = 16 * 1024;

// Reads from the transport in one read of ours, and bytes in each: control frames alone
// must not keep a thread busy for as long as the peer likes.
constexpr std::size_t max_fill = 64 * 1024;
constexpr int max_fills_per_read = 4;

Error not_open() {
    return {ErrorKind::invalid_argument, 0, "the WebSocket handshake is not complete"};
}

} // namespace

ChannelWebsock::ChannelWebsock(std::shared_ptr<Channel> transport,
                               ws::HandshakePolicy policy)
    : transport_(std::move(transport)), policy_(std::move(policy)),
      staged_(std::max(max_staged, policy_.limits.max_head_bytes)),
      input_(std::make_unique<ws::FrameInput>(ws::Role::server)),
      output_(std::make_unique<ws::FrameOutput>()) {}

ChannelWebsock::~ChannelWebsock() = default;

std::shared_ptr<ChannelWebsock> ChannelWebsock::server(std::shared_ptr<Channel> transport,
                                                       ws::HandshakePolicy policy) {
    return std::shared_ptr<ChannelWebsock>(
        new ChannelWebsock(std::move(transport), std::move(policy)));
}

void ChannelWebsock::handshake(const OperationOptions& options,
                               Completion<void> completion) {
    OperationOptions limited = options;
    const Deadline latest = deadline_after(policy_.deadline);
    limited.deadline = options.deadline ? std::min(options.deadline, latest) : latest;
    auto task = Task<void>::start(limited, std::move(completion));
    if (is_closed())
        return task->fail({ErrorKind::closed, 0, "the channel is closed"});
    if (state_ != State::fresh)
        return task->fail({ErrorKind::invalid_argument, 0, "a second handshake"});
    state_ = State::shaking_hands;
    handshake_ = std::make_unique<ws::ServerHandshake>(
        *transport_, policy_, staged_, *output_, std::move(task),
        [this](ws::HandshakeAnswer answer) { accepted(std::move(answer)); });
}

void ChannelWebsock::accepted(ws::HandshakeAnswer answer) {
    request_ = std::move(answer.request);
    sub_protocol_ = std::move(answer.sub_protocol);
    handshake_.reset();
    state_ = State::open;
    // Frames may stand right behind the request (P-WS-21).
    readable_ = !staged_.empty();
    if (!readable_)
        staged_.clear();
    interest_changed();
}

// ---- reading

IoResult ChannelWebsock::do_readv(std::span<const iovec> buffers) {
    if (input_shut_down_)
        return std::size_t(0);
    const Signature before = signature();
    auto result = read_frames(buffers);
    flush();
    note_change(before);
    return result;
}

IoResult ChannelWebsock::read_frames(std::span<const iovec> buffers) {
    IovecCursor sink(buffers);
    std::size_t moved = 0;
    decode_staged(sink, moved);
    for (int fills = 0; state_ == State::open && moved == 0; ++fills) {
        const bool has_done_enough = !blocking_ && fills == max_fills_per_read;
        if (has_done_enough || !QIO_TRY(fill(sink, moved)))
            return std::nullopt;
    }
    if (state_ == State::fresh || state_ == State::shaking_hands)
        return not_open();
    return moved != 0 ? IoResult(moved) : end_result();
}

/// Takes what it can off the front of `received`: all but an incomplete header or control
/// frame, unless the reader's buffers are full.
void ChannelWebsock::decode(ByteView& received, IovecCursor& sink, std::size_t& moved) {
    while (state_ == State::open) {
        const auto event = input_->advance(received, sink, moved);
        if (event == ws::InputEvent::control)
            on_control();
        else if (event == ws::InputEvent::violation)
            break_off(input_->violation());
        else
            return;
    }
}

void ChannelWebsock::decode_staged(IovecCursor& sink, std::size_t& moved) {
    ByteView rest = staged_.readable();
    decode(rest, sink, moved);
    if (state_ != State::open)
        return;
    staged_.consume(staged_.size() - rest.size());
    readable_ = sink.at_end() && !staged_.empty();
}

/// One read of the transport, and what it brings. False: it would block.
/// Requires: decode_staged() has left nothing but an incomplete header or control frame.
Result<bool> ChannelWebsock::fill(IovecCursor& sink, std::size_t& moved) {
    // A large buffer of the reader's takes the frames as they are, to be decoded in it.
    std::array<std::byte, max_staged> scratch;
    const bool in_place = sink.front().size() >= scratch.size();
    const MutableBytes buffer =
        in_place ? sink.front().first(std::min(sink.front().size(), max_fill)) : scratch;
    const auto received = transport_->read(buffer.subspan(staged_.size()));
    if (!received) {
        end(received.error());
        return true;
    }
    if (!*received)
        return false;
    if (**received == 0)
        return end_of_transport();
    const ByteView begun = staged_.readable();
    std::ranges::copy(begun, buffer.begin());
    ByteView rest = buffer.first(begun.size() + **received);
    staged_.consume(begun.size());
    decode(rest, sink, moved);
    if (state_ == State::open)
        staged_.append(rest);
    readable_ = sink.at_end() && !staged_.empty();
    return true;
}

Result<bool> ChannelWebsock::end_of_transport() {
    if (input_->is_at_boundary() && staged_.empty())
        end(std::nullopt);
    else
        end(Error{ErrorKind::disconnected, 0,
                  "the WebSocket stream ended in the middle of a message"});
    return true;
}

void ChannelWebsock::on_control() {
    const auto& frame = input_->control();
    if (frame.opcode == ws::Opcode::close)
        return on_close_frame(frame.payload());
    if (frame.opcode == ws::Opcode::pong)
        return;
    // An earlier pong gets its chance first; if it cannot leave, this one replaces the
    // one that waits (§5.5.3).
    flush();
    output_->queue_pong(frame.payload());
}

void ChannelWebsock::on_close_frame(ByteView payload) {
    auto parsed = ws::parse_close_payload(payload);
    if (!parsed)
        return break_off(parsed.error());
    QIO_TRACE(websock, peer_closed, "ioc=%p code=%d", static_cast<void*>(this),
              int(parsed->code.value_or(ws::CloseCode::no_status)));
    peer_close_ = std::move(*parsed);
    // §5.5.1: the answer echoes the code.
    end(std::nullopt);
    begin_close(peer_close_->code.value_or(ws::CloseCode::no_status), {});
}

void ChannelWebsock::break_off(ws::Violation violation) {
    QIO_TRACE(websock, violation, "ioc=%p %s", static_cast<void*>(this),
              violation.reason.data());
    end(Error{ErrorKind::protocol, 0, "WebSocket: " + std::string(violation.reason)});
    begin_close(violation.code, violation.reason);
}

void ChannelWebsock::end(std::optional<Error> error) {
    state_ = State::ended;
    error_ = std::move(error);
    readable_ = false;
    staged_.clear();
}

IoResult ChannelWebsock::end_result() const {
    if (error_)
        return *error_;
    return std::size_t(0);
}

// ---- writing

IoResult ChannelWebsock::do_writev(std::span<const iovec> buffers) {
    if (state_ == State::fresh || state_ == State::shaking_hands)
        return not_open();
    if (state_ == State::ended || output_->is_close_queued())
        return Error{ErrorKind::disconnected, 0, "the WebSocket connection is closed"};
    const Signature before = signature();
    auto result = output_->send(*transport_, buffers);
    note_change(before);
    return result;
}

void ChannelWebsock::begin_close(ws::CloseCode code, std::string_view reason) {
    output_->queue_close(ws::make_close_payload(code, reason));
    flush();
}

/// Sends what it can. A failure shows in the next read or write of the transport.
void ChannelWebsock::flush() {
    if (!output_->has_pending() && !output_->is_close_queued())
        return;
    const auto flushed = output_->flush(*transport_);
    if (!flushed)
        output_->clear();
    // §7.1.1: once both have said so, the server ends the connection.
    const bool over = state_ == State::ended && output_->is_close_queued();
    if (over && flushed && *flushed && !write_shut_down_) {
        write_shut_down_ = true;
        (void)transport_->shutdown(Direction::write);
    }
}

// ---- waiting

ChannelWebsock::Signature ChannelWebsock::signature() const {
    return {readable_, output_->has_pending(), state_ == State::ended};
}

void ChannelWebsock::note_change(const Signature& before) {
    if (signature() != before)
        interest_changed();
}

Condition ChannelWebsock::transport_condition(Condition asked) const {
    // Polled for also while readable_: taking it out and in again costs more than events
    // that say nothing new.
    Condition condition = asked & (Condition::in | Condition::out | Condition::hup);
    if (output_->has_pending())
        condition |= Condition::out;
    return condition;
}

Interest ChannelWebsock::do_interest(Condition asked) const {
    if (state_ == State::ended)
        return {.ready = Condition::hup, .entries = {}};
    if (state_ != State::open)
        return {};
    Interest interest = transport_->interest(transport_condition(asked));
    if (has(asked, Condition::in) && readable_)
        interest.ready |= Condition::in;
    return interest;
}

Condition ChannelWebsock::do_resolve(Condition asked, Condition events) {
    if (state_ == State::ended)
        return (asked & (Condition::in | Condition::out)) | Condition::hup |
               (error_ ? Condition::err : Condition::none);
    const Signature before = signature();
    const Condition below = transport_->resolve(transport_condition(asked), events);
    if (has(below, Condition::out))
        flush();
    const bool gone = has(below, Condition::hup | Condition::err);
    Condition ready = Condition::none;
    if (readable_ || gone || has(below, Condition::in))
        ready |= asked & Condition::in;
    if (gone || (has(below, Condition::out) && !output_->has_pending()))
        ready |= asked & Condition::out;
    ready |= below & Condition::err;
    if (!has(ready, Condition::in))
        ready |= below & Condition::hup;
    note_change(before);
    return ready;
}

// ---- ending

Result<void> ChannelWebsock::do_shutdown(Direction direction) {
    if (state_ != State::open)
        return transport_->shutdown(direction);
    const Signature before = signature();
    if (direction == Direction::both)
        end(std::nullopt);
    if (direction == Direction::read)
        shut_down_input();
    else
        begin_close(ws::CloseCode::normal, {});
    note_change(before);
    return {};
}

/// From now on there is an end to be read, and the transport is left alone.
void ChannelWebsock::shut_down_input() {
    input_shut_down_ = true;
    readable_ = true;
    staged_.clear();
}

Result<void> ChannelWebsock::do_close() {
    handshake_.reset();
    closing_.reset();
    // A word to the peer if nothing else is under way; it may not leave, nobody waits.
    if (state_ == State::open && !output_->has_pending())
        begin_close(ws::CloseCode::going_away, {});
    state_ = State::ended;
    staged_.clear();
    output_->clear();
    return transport_->close();
}

void ChannelWebsock::close_gracefully(ws::CloseCode code, std::string reason,
                                      const OperationOptions& options,
                                      Completion<void> completion) {
    OperationOptions limited = options;
    if (!limited.deadline)
        limited.deadline = deadline_after(ws::ClosingHandshake::default_patience);
    auto task = Task<void>::start(limited, std::move(completion));
    const bool is_before = state_ == State::fresh || state_ == State::shaking_hands;
    if (is_before || output_->is_in_frame())
        (void)close(); // no place for a close frame
    if (is_closed())
        return task->complete({});
    if (state_ == State::open)
        begin_close(code, reason);
    closing_ = std::make_unique<ws::ClosingHandshake>(*this, std::move(task));
}

Result<void> ChannelWebsock::do_set_blocking(Blocking blocking) {
    QIO_TRY(transport_->set_blocking(blocking));
    blocking_ = blocking == Blocking::yes;
    return {};
}

bool ChannelWebsock::do_has_feature(Feature feature) const {
    return feature == Feature::shutdown && transport_->has_feature(feature);
}

} // namespace qio
