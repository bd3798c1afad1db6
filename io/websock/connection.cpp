// An open WebSocket connection: writing, waiting and ending. Sections are those of
// RFC 6455.
#include "io/websock/connection.hpp"

#include <algorithm>
#include <array>

#include "io/base/trace.hpp"
#include "io/websock/connection-changes.hpp"

namespace qio::ws {

namespace {

// Received at once for a reader whose buffer is smaller, so that small frames share a
// system call; what it does not take is staged.
constexpr std::size_t max_staged = 16 * 1024;

} // namespace

Connection::Connection(std::shared_ptr<Channel> transport, Role role,
                       std::size_t max_head, std::function<void()> changed)
    : transport_(std::move(transport)), role_(role), changed_(std::move(changed)),
      staged_(std::max(max_staged, max_head)), output_(role) {
    set_framing(Framing::stream);
}

void Connection::set_framing(Framing framing) {
    framing_ = framing;
    renew_input();
}

void Connection::set_deflate(const DeflateAgreement& agreement,
                             const DeflateOptions& options) {
    deflate_ = agreement;
    deflating_ = std::make_unique<DeflatingOutput>(output_, agreement.sent, options);
    renew_input();
}

void Connection::renew_input() {
    inflating_.reset();
    input_ = std::make_unique<FrameInput>(role_, framing_,
                                          deflate_ ? Compression::on : Compression::off);
    if (deflate_)
        inflating_ = std::make_unique<InflatingInput>(*input_, deflate_->received);
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
    auto result = is_write_compressed(buffers) ? write_compressed(buffers)
                                               : output_.send(*transport_, buffers);
    note_progress(result && *result);
    return result;
}

bool Connection::is_write_compressed(std::span<const iovec> buffers) const {
    return unreported_ != 0 || (deflating_ && !output_.is_in_frame() &&
                                deflating_->is_worthwhile(total_size(buffers)));
}

/// As one message: at most 64 KiB from the front of `buffers`. What does not leave at
/// once is queued, and the last byte is reported when it has: so that the owner comes
/// back.
IoResult Connection::write_compressed(std::span<const iovec> buffers) {
    if (unreported_ == 0) {
        const auto taken = QIO_TRY(compress(buffers));
        if (!taken)
            return std::nullopt;
        unreported_ = *taken;
    }
    const bool has_left = QIO_TRY(output_.flush(*transport_));
    const std::size_t kept = has_left ? 0 : 1;
    if (unreported_ == kept)
        return std::nullopt;
    return std::exchange(unreported_, kept) - kept;
}

IoResult Connection::compress(std::span<const iovec> buffers) {
    std::array<iovec, 64> pieces;
    std::size_t count = 0;
    std::size_t size = 0;
    for (auto& buffer : buffers) {
        const std::size_t length =
            std::min(buffer.iov_len, FrameOutput::max_payload - size);
        if (size == FrameOutput::max_payload || count == pieces.size())
            break;
        if (length != 0)
            pieces[count++] = {buffer.iov_base, length};
        size += length;
    }
    const bool taken = QIO_TRY(deflating_->send(*transport_, Opcode::binary, Fin::yes,
                                                std::span(pieces).first(count)));
    return taken ? IoResult(size) : std::nullopt;
}

IoResult Connection::send(FrameKind kind, ByteView payload) {
    if (!can_send())
        return not_open();
    const Changes changes(*this);
    if (kind.opcode != Opcode::continuation)
        is_deflating_ = deflating_ && deflating_->is_worthwhile(payload.size());
    const iovec piece = to_iovec(payload);
    const bool taken = QIO_TRY(
        is_deflating_ ? deflating_->send(*transport_, kind.opcode, kind.fin, {&piece, 1})
                      : output_.send_frame(*transport_, kind, payload));
    note_progress(taken);
    if (!taken)
        return std::nullopt;
    return payload.size();
}

Result<bool> Connection::send_rest() {
    const Changes changes(*this);
    return output_.flush(*transport_);
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
    if (!flushed) {
        output_.clear();
        unreported_ = 0;
    }
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
    drop_staged();
}

/// Leaves the memory as it is: what was handed out of it holds until the next call.
void Connection::drop_staged() {
    told_ = 0;
    staged_.consume(staged_.size());
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
        drop_staged();
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
    drop_staged();
    output_.clear();
    return transport_->close();
}

} // namespace qio::ws
