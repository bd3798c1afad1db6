// In which order the addresses of a name are tried.
#include "io/socket/address-order.hpp"

#include <algorithm>

namespace qio {

std::vector<SockAddr> interleave_families(std::vector<SockAddr> addresses) {
    std::vector<SockAddr> same;
    std::vector<SockAddr> others;
    for (const auto& address : addresses) {
        const bool is_first =
            address.storage.ss_family == addresses.front().storage.ss_family;
        (is_first ? same : others).push_back(address);
    }
    addresses.clear();
    for (std::size_t i = 0; i < std::max(same.size(), others.size()); ++i) {
        if (i < same.size())
            addresses.push_back(same[i]);
        if (i < others.size())
            addresses.push_back(others[i]);
    }
    return addresses;
}

} // namespace qio
