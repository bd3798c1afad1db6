// Connecting to several addresses, overlapping; the first that answers wins.
#include "io/socket/attempt-race.hpp"

#include <algorithm>
#include <cerrno>

#include "io/socket/socket-ops.hpp"

namespace qio {

namespace {

std::string name_of(const SockAddr& address) {
    auto value = from_sockaddr(address.storage, address.length);
    if (!value)
        return "?";
    if (auto* inet = std::get_if<InetAddress>(&*value))
        inet->ipv4 = inet->ipv6 = std::nullopt; // the number shows it
    return to_string(*value);
}

} // namespace

AttemptRace::AttemptRace(std::vector<SockAddr> addresses, GMainContext* context,
                         Start start, Done done)
    : AttemptRace(std::move(addresses), context, std::move(start), std::move(done),
                  Rules{}) {}

AttemptRace::AttemptRace(std::vector<SockAddr> addresses, GMainContext* context,
                         Start start, Done done, Rules rules)
    : addresses_(std::move(addresses)), context_(context), start_(std::move(start)),
      done_(std::move(done)), rules_(rules) {}

void AttemptRace::try_next() {
    timer_.reset();
    while (next_ < addresses_.size()) {
        const SockAddr& address = addresses_[next_++];
        auto channel = start_(address);
        if (channel)
            return add_attempt(address, std::move(*channel));
        if (channel.error().os_errno == EAGAIN && address.storage.ss_family == AF_UNIX) {
            --next_;
            return try_next_after(rules_.retry_interval);
        }
        note_failure(address, channel.error());
    }
    if (attempts_.empty())
        finish(std::move(failure_));
}

void AttemptRace::try_next_after(std::chrono::milliseconds delay) {
    timer_ = Timer(delay, [this] { try_next(); }, Timer::Repeat::no, context_);
}

void AttemptRace::add_attempt(const SockAddr& address, Connecting channel) {
    auto& attempt = *attempts_.emplace_back(
        std::make_unique<Attempt>(address, std::move(channel), Watch()));
    attempt.watch = Watch(
        *attempt.channel, Condition::out,
        [this, &attempt](Condition) { decide(attempt); }, context_);
    if (next_ < addresses_.size())
        try_next_after(rules_.attempt_delay);
}

void AttemptRace::decide(const Attempt& attempt) {
    auto outcome = socket_ops::connect_result(attempt.channel->fd());
    if (outcome)
        return finish(attempt.channel);
    note_failure(attempt.address, outcome.error());
    std::erase_if(attempts_, [&](auto& other) { return other.get() == &attempt; });
    try_next();
}

/// The last one decides the kind; the message tells of all.
void AttemptRace::note_failure(const SockAddr& address, const Error& error) {
    std::string message = error.message;
    if (addresses_.size() > 1)
        message = name_of(address) + ": " + message;
    if (++failures_ > 1)
        message = failure_.message + "; " + message;
    failure_ = {error.kind, error.os_errno, std::move(message)};
}

void AttemptRace::finish(Result<Connecting> result) {
    timer_.reset();
    attempts_.clear();
    auto done = std::move(done_); // it may destroy us
    done(std::move(result));
}

} // namespace qio
