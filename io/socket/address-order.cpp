// In which order the addresses of a name are tried.
#include "io/socket/address-order.hpp"

#include <algorithm>

namespace qio {

std::vector<SockAddr> interleave_families(std::vector<SockAddr> addresses) {
    if (addresses.empty())
        return addresses;
    const auto first = addresses.front().storage.ss_family;
    const auto others =
        std::ranges::stable_partition(addresses, [&](const SockAddr& address) {
            return address.storage.ss_family == first;
        });
    std::vector<SockAddr> ordered;
    auto same = addresses.begin();
    auto other = others.begin();
    while (same != others.begin() || other != addresses.end()) {
        if (same != others.begin())
            ordered.push_back(*same++);
        if (other != addresses.end())
            ordered.push_back(*other++);
    }
    return ordered;
}

} // namespace qio
