// internal: the character devices of a machine.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "ui/dbus/chardev.hpp"
#include "ui/dbus/remote.hpp"

namespace qio::dbus {

/// All that were ever seen. Context: the one of their machine.
class Chardevs final {
public:
    /// Of one machine; more are ignored.
    static constexpr std::size_t max_chardevs = 64;

    /// What was lost is looked at again after `retry_after`.
    explicit Chardevs(std::chrono::milliseconds retry_after)
        : retry_after_(retry_after) {}

    /// An object of the machine has these interfaces, a{sa{sv}}. The device, if it is one
    /// that was not known before. `remote` is borrowed until detach().
    Chardev* add(std::string_view path, GVariant* interfaces, Remote& remote);
    void set_properties(std::string_view path, std::string_view interface,
                        GVariant* properties);
    /// The object has gone.
    void remove(std::string_view path);
    /// The machine has gone.
    void detach();

    std::vector<Chardev*> all() const;

private:
    Chardev* find(std::string_view path) const;

    const std::chrono::milliseconds retry_after_;
    std::vector<std::unique_ptr<Chardev>> chardevs_;
};

} // namespace qio::dbus
