// internal: the places of those who have connected and are not served yet.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "io/socket/address.hpp"

namespace qio::vnc {

/// Whose share of the places a connection counts for: an IPv4 address, an IPv6 network of
/// 64 bits (what one customer gets), or this machine.
std::string share_key(const std::optional<SocketAddress>& peer);

/// A bounded number of places, shared fairly: nobody is turned away, but somebody who has
/// connected before may have to go. That is the oldest of the newcomer's own address, if
/// this has its share and others are connecting; otherwise, when all places are taken,
/// the oldest of the address with the most of them.
class ConnectingSlots {
public:
    struct Limits {
        std::size_t total;       ///< at least 1 is always allowed
        std::size_t per_address; ///< when there is more than one; at least 1
    };

    /// A place, until it is destroyed.
    class Slot {
    public:
        Slot() = default;
        Slot(Slot&& other) noexcept : table_(std::move(other.table_)), id_(other.id_) {}
        Slot& operator=(Slot&& other) noexcept;
        ~Slot() { release(); }

        void release();
        /// What to do when another needs the place, which is free then.
        void on_evicted(std::function<void()> function);

    private:
        friend class ConnectingSlots;
        struct Table;
        Slot(std::weak_ptr<Table> table, std::uint64_t id)
            : table_(std::move(table)), id_(id) {}

        std::weak_ptr<Table> table_;
        std::uint64_t id_ = 0;
    };

    explicit ConnectingSlots(const Limits& limits);
    ~ConnectingSlots();
    ConnectingSlots(const ConnectingSlots&) = delete;
    ConnectingSlots& operator=(const ConnectingSlots&) = delete;

    /// Calls another's function first if it has to go. That may destroy this object:
    /// then the place is free as soon as it is given.
    Slot take(const std::string& address);
    std::size_t size() const;

private:
    using Table = Slot::Table;

    const std::shared_ptr<Table> table_;
};

} // namespace qio::vnc
