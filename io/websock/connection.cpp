// An open WebSocket connection: writing, waiting and ending. Sections are those of
// RFC 6455.
#include "io/websock/connection.hpp"

#include <algorithm>

#include "io/base/trace.hpp"

namespace qio::ws {

Connection::Connection(std::shared_ptr<Channel> transport, Role role,
                       std::size_t max_head, std::function<void()> changed)
    : transport_(std::move(transport)), role_(role), changed_(std::move(changed)),
      staged_(std::max(max_fill, max_head)), output_(role) {
    set_framing(Framing::stream);
}

void Connection::set_framing(Framing framing) {
    framing_ = framing;
    input_ = std::make_unique<FrameInput>(role_, framing);
}

void Connection::open() {
    state_ = State::open;
    // Frames may stand right behind the head (P-WS-21).
    readable_ = !staged_.empty();
    if (!readable_)
        staged_.clear();
    changed_();
}

Error Connection::not_open() const {
    if (is_before_open())
        return {ErrorKind::invalid_argument, 0,
                "the WebSocket handshake is not complete"};
    if (error_ && error_->kind == ErrorKind::timed_out)
        return *error_;
    return {ErrorKind::disconnected, 0, "the WebSocket connection is closed"};
}

// ---- writing

IoResult Connection::write(std::span<const iovec> buffers) {
    if (!can_send())
        return not_open();
    const Changes changes(*this);
    auto result = output_.send(*transport_, buffers);
    note_progress(result && *result);
    return result;
}

IoResult Connection::send(FrameKind kind, ByteView payload) {
    if (!can_send())
        return not_open();
    const Changes changes(*this);
    const bool taken = QIO_TRY(output_.send_frame(*transport_, kind, payload));
    note_progress(taken);
    if (!taken)
        return std::nullopt;
    return payload.size();
}

/// A peer that lets us go on after it had stopped us is there.
void Connection::note_progress(bool has_moved) {
    has_sign_of_life_ = has_sign_of_life_ || (has_moved && was_blocked_);
    was_blocked_ = !has_moved;
}

void Connection::set_cork(Hint cork) {
    if (framing_ == Framing::stream)
        return transport_->set_cork(cork);
    const Changes changes(*this);
    output_.set_cork(cork);
    if (cork == Hint::off)
        flush();
}

Result<bool> Connection::send_ping(ByteView payload) {
    if (payload.size() > max_control_payload)
        return Error{ErrorKind::invalid_argument, 0, "a ping of more than 125 bytes"};
    if (!can_send())
        return not_open();
    const Changes changes(*this);
    const bool queued = output_.queue_ping(payload);
    flush();
    return queued;
}

void Connection::begin_close(CloseCode code, std::string_view reason) {
    output_.queue_close(make_close_payload(code, reason));
    flush();
}

/// Sends what it can. A failure shows in the next read or write of the transport.
void Connection::flush() {
    if (!output_.has_pending() && !output_.is_close_queued())
        return;
    const auto flushed = output_.flush(*transport_);
    if (!flushed)
        output_.clear();
    // §7.1.1: once both have said so, the server ends the connection.
    const bool over =
        role_ == Role::server && state_ == State::ended && output_.is_close_queued();
    if (over && flushed && *flushed && !write_shut_down_) {
        write_shut_down_ = true;
        (void)transport_->shutdown(Direction::write);
    }
}

// ---- waiting

Connection::Signature Connection::signature() const {
    return {readable_, output_.has_pending(), state_ == State::ended};
}

Condition Connection::transport_condition(Condition asked) const {
    // Polled for also while readable_: taking it out and in again costs more than events
    // that say nothing new.
    Condition condition = asked & (Condition::in | Condition::out | Condition::hup);
    if (output_.has_pending())
        condition |= Condition::out;
    return condition;
}

Interest Connection::interest(Condition asked) const {
    if (state_ == State::ended)
        return {.ready = Condition::hup, .entries = {}};
    if (state_ != State::open)
        return {};
    Interest interest = transport_->interest(transport_condition(asked));
    if (has(asked, Condition::in) && readable_)
        interest.ready |= Condition::in;
    return interest;
}

Condition Connection::resolve(Condition asked, Condition events) {
    if (state_ == State::ended)
        return (asked & (Condition::in | Condition::out)) | Condition::hup |
               (error_ ? Condition::err : Condition::none);
    const Changes changes(*this);
    const Condition below = transport_->resolve(transport_condition(asked), events);
    if (has(below, Condition::out)) {
        note_progress(true);
        flush();
    }
    const bool gone = has(below, Condition::hup | Condition::err);
    Condition ready = Condition::none;
    if (readable_ || gone || has(below, Condition::in))
        ready |= asked & Condition::in;
    if (gone || (has(below, Condition::out) && !output_.has_pending()))
        ready |= asked & Condition::out;
    ready |= below & Condition::err;
    if (!has(ready, Condition::in))
        ready |= below & Condition::hup;
    return ready;
}

// ---- ending

void Connection::end(std::optional<Error> error) {
    state_ = State::ended;
    error_ = std::move(error);
    readable_ = false;
    staged_.clear();
}

void Connection::end_with(Error error) {
    const Changes changes(*this);
    end(std::move(error));
}

void Connection::break_off(Violation violation) {
    QIO_TRACE(websock, violation, "ioc=%p %s", static_cast<void*>(transport_.get()),
              violation.reason.data());
    const Changes changes(*this);
    end(Error{violation.code == CloseCode::message_too_big ? ErrorKind::limit
                                                           : ErrorKind::protocol,
              0, "WebSocket: " + std::string(violation.reason)});
    begin_close(violation.code, violation.reason);
}

Result<void> Connection::shutdown(Direction direction) {
    if (state_ != State::open)
        return transport_->shutdown(direction);
    const Changes changes(*this);
    if (direction == Direction::both)
        end(std::nullopt);
    if (direction == Direction::read) {
        // From now on there is an end to be read, and the transport is left alone.
        input_shut_down_ = true;
        readable_ = true;
        staged_.clear();
    } else {
        begin_close(CloseCode::normal, {});
    }
    return {};
}

Result<void> Connection::close() {
    // A word to the peer if nothing else is under way; it may not leave, nobody waits.
    if (state_ == State::open && !output_.has_pending())
        begin_close(CloseCode::going_away, {});
    state_ = State::ended;
    staged_.clear();
    output_.clear();
    return transport_->close();
}

} // namespace qio::ws
