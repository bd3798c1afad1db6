// internal: the machine that has a name on a bus, and its successors.
#pragma once

#include <chrono>
#include <string>

#include "ui/dbus/bus-link.hpp"
#include "ui/dbus/machine.hpp"
#include "ui/dbus/patience.hpp"

namespace qio::dbus {

/// Where to look for a machine.
struct BusOptions {
    /// An address of D-Bus; empty: the session's bus.
    std::string address{};
    /// Who comes first has the name; others queue for it, and get it when that one goes.
    std::string name = "org.qemu";
    Patience patience{};
};

/// Attaches whoever owns the name on the bus, whenever that is somebody else, and
/// detaches it when nobody does. It never gives up.
///
/// Context and lifetime: that of the machine, which must live longer. Must not be
/// destroyed in an event of the machine.
class BusSource final {
public:
    BusSource(Machine& machine, BusOptions options);
    ~BusSource();
    BusSource(const BusSource&) = delete;
    BusSource& operator=(const BusSource&) = delete;

private:
    void watch_name();
    void unwatch_name();

    Machine& machine_;
    const std::string name_;
    unsigned watch_ = 0;
    BusLink link_;
};

} // namespace qio::dbus
