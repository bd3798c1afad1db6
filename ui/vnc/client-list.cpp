// The clients of a server.
#include "ui/vnc/client-list.hpp"

#include <algorithm>

namespace qio::vnc {

ClientInfo ClientList::add(std::shared_ptr<Client> client, ClientInfo info,
                           ConnectingSlots::Slot slot) {
    info.id = ++total_;
    entries_.push_back({std::move(client), info, std::move(slot)});
    return info;
}

std::vector<ClientList::Entry>::iterator ClientList::find(const Client& client) {
    return std::ranges::find_if(
        entries_, [&](auto& entry) { return entry.client.get() == &client; });
}

std::optional<ClientInfo> ClientList::set_running(const Client& client, bool shared) {
    const auto entry = find(client);
    if (entry == entries_.end())
        return std::nullopt;
    entry->slot.release();
    entry->info.is_initialized = true;
    entry->info.is_shared = shared;
    const auto& who = client.who();
    entry->info.user = who.identity.user;
    if (who.identity.view_only)
        entry->info.role = Role::view;
    if (!who.x509_dname.empty())
        entry->info.security.peer_dname = who.x509_dname;
    return entry->info;
}

std::optional<ClientInfo> ClientList::remove(const Client& client) {
    const auto entry = find(client);
    if (entry == entries_.end())
        return std::nullopt;
    auto info = std::move(entry->info);
    info.traffic = client.traffic();
    entries_.erase(entry);
    return info;
}

const ClientInfo* ClientList::info(const Client& client) const {
    const auto entry = std::ranges::find_if(
        entries_, [&](auto& other) { return other.client.get() == &client; });
    return entry != entries_.end() ? &entry->info : nullptr;
}

std::size_t ClientList::running() const {
    return std::size_t(std::ranges::count_if(
        entries_, [](auto& entry) { return entry.client->is_running(); }));
}

std::vector<std::shared_ptr<Client>> ClientList::all() const {
    std::vector<std::shared_ptr<Client>> clients;
    for (const auto& entry : entries_)
        clients.push_back(entry.client);
    return clients;
}

std::vector<ClientInfo> ClientList::infos() const {
    std::vector<ClientInfo> infos;
    for (const auto& entry : entries_) {
        infos.push_back(entry.info);
        infos.back().traffic = entry.client->traffic();
    }
    return infos;
}

} // namespace qio::vnc
