// internal: the clients of a server, with what is told about each.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "ui/vnc/client.hpp"
#include "ui/vnc/connecting-slots.hpp"
#include "ui/vnc/server-info.hpp"

namespace qio::vnc {

/// Clients in the order they came. The place of a connecting one is given back when it
/// runs, or leaves.
class ClientList {
public:
    /// Returns what is known of the client, its number included.
    ClientInfo add(std::shared_ptr<Client> client, ClientInfo info,
                   ConnectingSlots::Slot slot);
    /// Empty if it has left already.
    std::optional<ClientInfo> set_running(const Client& client, bool shared);
    std::optional<ClientInfo> remove(const Client& client);

    /// Null if it has left.
    const ClientInfo* info(const Client& client) const;

    std::size_t size() const { return entries_.size(); }
    std::size_t running() const;
    std::uint64_t total() const { return total_; } ///< that ever were
    /// A copy: whoever is called may change the list.
    std::vector<std::shared_ptr<Client>> all() const;
    std::vector<ClientInfo> infos() const;

private:
    struct Entry {
        std::shared_ptr<Client> client;
        ClientInfo info;
        ConnectingSlots::Slot slot;
    };
    std::vector<Entry>::iterator find(const Client& client);

    std::vector<Entry> entries_;
    std::uint64_t total_ = 0;
};

} // namespace qio::vnc
