// internal: from where browsers have been here lately.
#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <string>

namespace qio::vnc {

/// When somebody of an address has spoken HTTP last. Of the addresses that were heard of
/// last; the others are as if they had never been here.
class RecentBrowsers {
public:
    using Time = std::chrono::steady_clock::time_point;
    static constexpr std::size_t max_addresses = 64;

    /// `address` as share_key() tells it.
    void is_here(const std::string& address, Time now);
    bool was_here_since(const std::string& address, Time since) const;

private:
    struct Entry {
        std::string address;
        Time last;
    };

    std::list<Entry> entries_; // the latest first
};

} // namespace qio::vnc
