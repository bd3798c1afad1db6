// internal: slows down those who try passwords.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <unordered_map>

namespace qio::vnc::auth {

/// Counts failed logins of each address. From the fifth on, the address has to wait:
/// 10 seconds, and twice as long after each that follows, up to 10 minutes. A success
/// forgets them all; so does a quiet hour.
///
/// Units/limits: 4096 addresses. When there are more, the one that has been quiet for the
/// longest time is forgotten.
class AttemptLimiter {
public:
    using Time = std::chrono::steady_clock::time_point;

    static constexpr unsigned free_failures = 5;
    static constexpr std::chrono::seconds first_wait{10};
    static constexpr std::chrono::seconds max_wait{600};
    static constexpr std::chrono::seconds memory{3600};
    static constexpr std::size_t max_addresses = 4096;
    /// How long each failure is left unanswered.
    static constexpr std::chrono::milliseconds answer_delay{100};

    /// Whether the address has to wait, and may not try.
    bool is_blocked(std::string_view address, Time now) const;
    void failed(std::string_view address, Time now);
    void succeeded(std::string_view address);

    std::size_t size() const { return records_.size(); }

private:
    struct Record {
        unsigned failures = 0;
        Time last{};
        Time blocked_until{};
    };

    void make_room(Time now);

    std::unordered_map<std::string, Record> records_;
};

} // namespace qio::vnc::auth
