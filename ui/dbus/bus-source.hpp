// internal: the machine that has a name on a bus, and its successors.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "io/core/timer.hpp"
#include "io/gio/cancellable.hpp"
#include "ui/dbus/machine.hpp"
#include "ui/dbus/variant.hpp"

namespace qio::dbus {

/// Where to look for a machine.
struct BusOptions {
    /// An address of D-Bus; empty: the session's bus.
    std::string address{};
    /// Who comes first has the name; others queue for it, and get it when that one goes.
    std::string name = "org.qemu";
    /// A bus that is not there, or has gone, is looked for again after so long.
    std::chrono::milliseconds retry_after = Patience{}.retry_after;
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
    void connect();
    void connected(Result<ConnectionRef> connection);
    void lost(const Error& reason);
    void disconnect();
    void watch_name();

    Machine& machine_;
    const BusOptions options_;
    GCancellableRef cancellable_;
    ConnectionRef connection_;
    unsigned long closed_handler_ = 0;
    unsigned watch_ = 0;
    Timer again_;
};

} // namespace qio::dbus
