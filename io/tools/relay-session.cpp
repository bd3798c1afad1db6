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
    if (sides_[client_side].is_passed_on && sides_[target_side].is_passed_on)
        drain();
    if (!is_over_)
        update_watches();
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
        pass_on_end(side);
    return {};
}

/// False: nothing more to read for now.
Result<bool> RelaySession::move_once(Side& from, Side& to) {
    const MutableBytes buffer = scratch();
    const auto count = QIO_TRY(from.channel->read(buffer));
    if (!count)
        return false;
    from.has_ended = *count == 0;
    if (from.has_ended)
        return false;
    touch();
    from.bytes += *count;
    ByteView rest = buffer.first(*count);
    while (!rest.empty()) {
        const auto written = QIO_TRY(to.channel->write(rest));
        if (!written)
            break;
        rest = rest.subspan(*written);
    }
    from.tail.assign(rest.begin(), rest.end());
    // Most often less than asked for means that there is no more.
    return rest.empty() && *count == buffer.size();
}

Result<void> RelaySession::write_tail(int side) {
    auto& from = sides_[side];
    auto& to = sides_[1 - side];
    if (from.tail.empty())
        return {};
    while (from.done != from.tail.size()) {
        const auto written =
            QIO_TRY(to.channel->write(ByteView(from.tail).subspan(from.done)));
        if (!written)
            return {};
        from.done += *written;
        touch();
    }
    // Given back: an idle session holds no buffer.
    from.tail = Bytes();
    from.done = 0;
    if (from.has_ended)
        pass_on_end(side);
    return {};
}

void RelaySession::pass_on_end(int side) {
    auto& from = sides_[side];
    if (std::exchange(from.is_passed_on, true))
        return;
    auto& to = sides_[1 - side];
    if (!to.channel->shutdown(Direction::write)) {
        // Without half-closes there is no other way to say so.
        to.has_ended = to.is_passed_on = true;
        return;
    }
    half_closed_at_ = Clock::now();
    on_alarm();
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
    if (!sides_[side].has_ended && sides_[side].tail.empty())
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
    for (auto& side : sides_) {
        side.watch.reset();
        (void)side.channel->close();
    }
    post(context_.get(), [self, error = std::move(error)]() mutable {
        const RelayResult result{self->bytes_in(), self->bytes_out(), std::move(error)};
        if (auto ended = std::move(self->ended_))
            ended(result);
    });
}

} // namespace qio
