// The places of those who have connected and are not served yet.
#include "ui/vnc/connecting-slots.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <utility>

namespace qio::vnc {

struct ConnectingSlots::Slot::Table {
    struct Holder {
        std::string address;
        std::function<void()> on_evicted;
    };

    std::size_t count(const std::string& address) const {
        return std::size_t(std::ranges::count_if(
            holders, [&](auto& entry) { return entry.second.address == address; }));
    }
    /// Requires: there is one.
    std::uint64_t oldest(const std::string& address) const {
        return std::ranges::find_if(
                   holders, [&](auto& entry) { return entry.second.address == address; })
            ->first;
    }

    std::optional<std::uint64_t> who_must_go(const std::string& address) const;

    const Limits limits;
    std::map<std::uint64_t, Holder> holders{}; // in the order they came
    std::uint64_t next = 0;
};

std::string share_key(const std::optional<SocketAddress>& peer) {
    const auto* inet = peer ? std::get_if<InetAddress>(&*peer) : nullptr;
    if (inet == nullptr)
        return "local";
    in6_addr address{};
    const auto host = inet->host.substr(0, inet->host.find('%'));
    if (inet_pton(AF_INET6, host.c_str(), &address) != 1)
        return inet->host;
    char text[INET6_ADDRSTRLEN] = "";
    if (IN6_IS_ADDR_V4MAPPED(&address))
        return inet_ntop(AF_INET, &address.s6_addr[12], text, sizeof text);
    std::fill(std::begin(address.s6_addr) + 8, std::end(address.s6_addr),
              std::uint8_t(0));
    return std::string(inet_ntop(AF_INET6, &address, text, sizeof text)) + "/64";
}

ConnectingSlots::Slot& ConnectingSlots::Slot::operator=(Slot&& other) noexcept {
    std::swap(table_, other.table_);
    std::swap(id_, other.id_);
    return *this;
}

void ConnectingSlots::Slot::release() {
    if (const auto table = std::exchange(table_, {}).lock())
        table->holders.erase(id_);
}

void ConnectingSlots::Slot::on_evicted(std::function<void()> function) {
    const auto table = table_.lock();
    if (!table)
        return;
    if (const auto holder = table->holders.find(id_); holder != table->holders.end())
        holder->second.on_evicted = std::move(function);
}

ConnectingSlots::ConnectingSlots(const Limits& limits)
    : table_(std::make_shared<Table>(
          Table{.limits = {std::max<std::size_t>(limits.total, 1),
                           std::max<std::size_t>(limits.per_address, 1)}})) {}

ConnectingSlots::~ConnectingSlots() = default;

std::size_t ConnectingSlots::size() const {
    return table_->holders.size();
}

std::optional<std::uint64_t>
ConnectingSlots::Slot::Table::who_must_go(const std::string& address) const {
    const std::size_t own = count(address);
    if (own >= limits.per_address && own < holders.size())
        return oldest(address);
    if (holders.size() < limits.total)
        return std::nullopt;
    std::map<std::string, std::size_t> counts;
    for (const auto& [id, holder] : holders)
        ++counts[holder.address];
    const auto by_count = [&](auto& entry) { return counts[entry.second.address]; };
    return std::ranges::max_element(holders, {}, by_count)->first;
}

ConnectingSlots::Slot ConnectingSlots::take(const std::string& address) {
    const auto table = table_; // whoever has to go may destroy us
    while (const auto victim = table->who_must_go(address)) {
        // Gone before it is told: what it does may come back to us.
        auto holder = std::move(table->holders.extract(*victim).mapped());
        if (holder.on_evicted)
            holder.on_evicted();
    }
    const auto id = table->next++;
    table->holders.emplace(id, Table::Holder{address, {}});
    return {table, id};
}

} // namespace qio::vnc
