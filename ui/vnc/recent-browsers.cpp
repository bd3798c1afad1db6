// From where browsers have been here lately.
#include "ui/vnc/recent-browsers.hpp"

#include <algorithm>

namespace qio::vnc {

void RecentBrowsers::is_here(const std::string& address, Time now) {
    std::erase_if(entries_, [&](auto& entry) { return entry.address == address; });
    entries_.push_front({address, now});
    if (entries_.size() > max_addresses)
        entries_.pop_back();
}

bool RecentBrowsers::was_here_since(const std::string& address, Time since) const {
    const auto found = std::ranges::find(entries_, address, &Entry::address);
    return found != entries_.end() && found->last >= since;
}

} // namespace qio::vnc
