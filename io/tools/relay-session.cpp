// Carries bytes both ways between two channels.
#include "io/tools/relay-session.hpp"

#include <algorithm>
#include <utility>

namespace qio {

namespace {

// Read at once: large, since a system call costs several times more per byte on 4 KiB
// than on 64 KiB. Shared by the sessions of a thread, so that an idle one needs none.
constexpr std::size_t chunk_size = 128 * 1024;

// Chunks moved for one side before the others get their turn.
constexpr int max_chunks_per_turn = 8;

MutableBytes scratch() {
    thread_local const auto buffer =
        std::make_unique_for_overwrite<std::byte[]>(chunk_size);
    return {buffer.get(), chunk_size};
}

constexpr int client_side = 0;
constexpr int target_side = 1;

} // namespace

RelaySession::RelaySession(std::shared_ptr<Channel> client,
                           std::shared_ptr<Channel> target,
                           const RelaySessionOptions& options, Ended ended,
                           GMainContext* context)
    : context_(context_or_default(context)), options_(options), ended_(std::move(ended)),
      last_activity_(Clock::now()) {
    sides_[client_side].channel = std::move(client);
    sides_[target_side].channel = std::move(target);
}

RelaySession::~RelaySession() = default;

std::shared_ptr<RelaySession> RelaySession::start(std::shared_ptr<Channel> client,
                                                  std::shared_ptr<Channel> target,
                                                  const RelaySessionOptions& options,
                                                  Ended ended, GMainContext* context) {
    std::shared_ptr<RelaySession> session(new RelaySession(
        std::move(client), std::move(target), options, std::move(ended), context));
    session->watch_both();
    return session;
}

void RelaySession::watch_both() {
    alarm_.emplace([this] { on_alarm(); }, context_.get());
    on_alarm();
    update_watches();
}

void RelaySession::stop() {
    finish(Error{ErrorKind::cancelled, 0, "the session was stopped"});
}

void RelaySession::on_ready(int side, Condition condition) {
    const auto self = shared_from_this();
    const int other = 1 - side;
    const bool is_gone = has(condition, Condition::hup | Condition::err);
    if (is_gone && !any(wanted(side)))
        return sides_[side].watch.reset(); // not now; it would be heard again and again
    Result<void> result;
    if (is_gone || has(condition, Condition::out))
        result = write_tail(other);
    if (result && (is_gone || has(condition, Condition::in)))
        result = move(side);
    if (!result)
        return finish(std::move(result).error());
    go_on();
}

void RelaySession::go_on() {
    if (is_winding_down_ && !has_said_goodbye_ && !is_tail_left())
        say_goodbye();
    if (!is_over_ && sides_[client_side].is_passed_on && sides_[target_side].is_passed_on)
        drain();
    if (!is_over_)
        update_watches();
}

void RelaySession::wind_down() {
    is_winding_down_ = true;
    if (!is_over_)
        go_on();
}

/// Tells both sides that there is no more, and listens only for their ends.
void RelaySession::say_goodbye() {
    has_said_goodbye_ = true;
    if (options_.client_at_end == ClientAtEnd::left_open)
        return stop();
    for (const int side : {client_side, target_side}) {
        sides_[1 - side].is_unheard = true;
        if (!sides_[side].channel->shutdown(Direction::write))
            sides_[side].has_ended = sides_[side].is_passed_on = true;
    }
}

/// Both directions have ended: closes when the last bytes have left the layers' queues.
void RelaySession::drain() {
    if (!draining_since_) {
        draining_since_ = Clock::now();
        on_alarm();
    }
    for (auto& side : sides_) {
        const auto flushed = side.channel->flush();
        side.is_drained = !flushed || flushed->has_value();
    }
    if (sides_[client_side].is_drained && sides_[target_side].is_drained)
        finish(std::nullopt);
}

/// Reads from `side` what there is, and writes it to the other one.
Result<void> RelaySession::move(int side) {
    auto& from = sides_[side];
    auto& to = sides_[1 - side];
    for (int chunks = 0; chunks < max_chunks_per_turn; ++chunks)
        if (from.has_ended || !from.tail.empty() || !QIO_TRY(move_once(from, to)))
            break;
    if (from.has_ended && from.tail.empty())
        return pass_on_end(side);
    return {};
}

/// False: nothing more to read for now.
Result<bool> RelaySession::move_once(Side& from, Side& to) {
    const MutableBytes buffer = scratch();
    auto count = from.channel->read(buffer);
    if (!count)
        from.failure = std::move(count).error();
    else if (!*count)
        return false;
    from.has_ended = from.failure || **count == 0;
    if (from.has_ended)
        return false;
    touch();
    from.bytes += **count;
    const ByteView received = buffer.first(**count);
    const auto rest = received.subspan(QIO_TRY(pass_on(from, to, received)));
    from.tail.assign(rest.begin(), rest.end());
    // Most often less than asked for means that there is no more.
    return rest.empty() && received.size() == buffer.size();
}

/// How much of `bytes` is no longer ours.
Result<std::size_t> RelaySession::pass_on(Side& from, Side& to, ByteView bytes) {
    std::size_t done = 0;
    while (!from.is_unheard && done != bytes.size()) {
        const auto written = to.channel->write(bytes.subspan(done));
        if (written && !*written)
            return done;
        if (written) {
            done += **written;
            continue;
        }
        if (written.error().kind != ErrorKind::disconnected) {
            failed_ = RelaySide(&to - sides_.data());
            return written.error();
        }
        from.is_unheard = true;
        half_closed_at_ = half_closed_at_.value_or(Clock::now());
        on_alarm();
    }
    return bytes.size();
}

Result<void> RelaySession::write_tail(int side) {
    auto& from = sides_[side];
    if (from.tail.empty())
        return {};
    const ByteView rest = ByteView(from.tail).subspan(from.done);
    const auto count = QIO_TRY(pass_on(from, sides_[1 - side], rest));
    from.done += count;
    if (count != 0)
        touch();
    if (from.done != from.tail.size())
        return {};
    // Given back: an idle session holds no buffer.
    from.tail = Bytes();
    from.done = 0;
    return from.has_ended ? pass_on_end(side) : Result<void>();
}

Result<void> RelaySession::pass_on_end(int side) {
    auto& from = sides_[side];
    if (std::exchange(from.is_passed_on, true))
        return {};
    if (from.failure) {
        failed_ = RelaySide(side);
        return *std::move(from.failure);
    }
    ended_by_ = ended_by_.value_or(RelaySide(side));
    auto& to = sides_[1 - side];
    if (!to.channel->shutdown(Direction::write)) {
        // Without half-closes there is no other way to say so.
        to.has_ended = to.is_passed_on = true;
        return {};
    }
    half_closed_at_ = half_closed_at_.value_or(Clock::now());
    on_alarm();
    return {};
}

void RelaySession::update_watches() {
    for (const int side : {client_side, target_side}) {
        auto& watch = sides_[side].watch;
        const auto condition = wanted(side);
        if (watch.is_active())
            watch.set_condition(condition);
        else if (any(condition))
            watch = Watch(
                *sides_[side].channel, condition,
                [this, side](Condition ready) { on_ready(side, ready); }, context_.get());
    }
}

Condition RelaySession::wanted(int side) const {
    auto condition = Condition::none;
    const bool is_paused = is_winding_down_ && !has_said_goodbye_;
    if (!sides_[side].has_ended && sides_[side].tail.empty() && !is_paused)
        condition |= Condition::in;
    if (!sides_[1 - side].tail.empty() || (draining_since_ && !sides_[side].is_drained))
        condition |= Condition::out;
    return condition;
}

void RelaySession::touch() {
    if (options_.idle_timeout.count() != 0)
        last_activity_ = Clock::now();
}

/// Sets the alarm to the next moment something could be due, or ends the session.
void RelaySession::on_alarm() {
    if (!alarm_ || is_over_)
        return;
    Deadline next;
    const auto consider = [&](Clock::time_point since, std::chrono::milliseconds limit) {
        if (limit.count() != 0)
            next = next ? std::min(*next, since + limit) : since + limit;
    };
    consider(last_activity_, options_.idle_timeout);
    if (half_closed_at_)
        consider(*half_closed_at_, options_.half_closed_timeout);
    if (draining_since_)
        consider(*draining_since_, options_.drain_timeout);
    if (next && *next <= Clock::now())
        return finish(Error{ErrorKind::timed_out, 0, "nothing came for too long"});
    alarm_->set(next);
}

void RelaySession::finish(std::optional<Error> error) {
    if (std::exchange(is_over_, true))
        return;
    const auto self = shared_from_this();
    alarm_.reset();
    for (auto& side : sides_)
        side.watch.reset();
    (void)sides_[target_side].channel->close();
    if (options_.client_at_end == ClientAtEnd::closed)
        (void)sides_[client_side].channel->close();
    post(context_.get(), [self, error = std::move(error)]() mutable {
        const RelayResult result{self->bytes_in(), self->bytes_out(), std::move(error),
                                 self->failed_, self->ended_by_};
        if (auto ended = std::move(self->ended_))
            ended(result);
    });
}

} // namespace qio
