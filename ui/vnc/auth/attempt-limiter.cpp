// Slows down those who try passwords.
#include "ui/vnc/auth/attempt-limiter.hpp"

#include <algorithm>

namespace qio::vnc::auth {

namespace {

std::chrono::seconds wait_after(unsigned failures) {
    auto wait = AttemptLimiter::first_wait;
    for (auto i = AttemptLimiter::free_failures; i < failures; ++i)
        wait = std::min(wait * 2, AttemptLimiter::max_wait);
    return wait;
}

} // namespace

bool AttemptLimiter::is_blocked(std::string_view address, Time now) const {
    const auto found = records_.find(std::string(address));
    return found != records_.end() && now < found->second.blocked_until;
}

void AttemptLimiter::failed(std::string_view address, Time now) {
    std::string key(address);
    if (!records_.contains(key))
        make_room(now);
    auto& record = records_[std::move(key)];
    if (record.failures > 0 && now - record.last > memory)
        record = {};
    // Saturates where waits no longer grow.
    record.failures = std::min(record.failures + 1, 100U);
    record.last = now;
    if (record.failures >= free_failures)
        record.blocked_until = now + wait_after(record.failures);
}

void AttemptLimiter::succeeded(std::string_view address) {
    records_.erase(std::string(address));
}

void AttemptLimiter::make_room(Time now) {
    if (records_.size() < max_addresses)
        return;
    std::erase_if(records_,
                  [&](auto& entry) { return now - entry.second.last > memory; });
    if (records_.size() < max_addresses)
        return;
    records_.erase(std::ranges::min_element(
        records_, {}, [](auto& entry) { return entry.second.last; }));
}

} // namespace qio::vnc::auth
