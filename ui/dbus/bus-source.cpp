// internal: the machine that has a name on a bus, and its successors.
#include "ui/dbus/bus-source.hpp"

#include <utility>

namespace qio::dbus {

BusSource::BusSource(Machine& machine, BusOptions options)
    : machine_(machine), name_(std::move(options.name)),
      link_(std::move(options.address), options.patience,
            {.connected = [this] { watch_name(); },
             .lost =
                 [this](const Error& reason) {
                     unwatch_name();
                     machine_.detach(reason);
                 }}) {}

BusSource::~BusSource() {
    unwatch_name();
}

void BusSource::unwatch_name() {
    if (watch_ != 0)
        g_bus_unwatch_name(std::exchange(watch_, 0));
}

void BusSource::watch_name() {
    const auto appeared = [](GDBusConnection* connection, const char*, const char* owner,
                             gpointer self) noexcept {
        static_cast<BusSource*>(self)->machine_.attach(
            ConnectionRef(static_cast<GDBusConnection*>(g_object_ref(connection))),
            owner);
    };
    const auto vanished = [](GDBusConnection* connection, const char* name,
                             gpointer self) noexcept {
        // Without a connection, the link tells.
        if (connection)
            static_cast<BusSource*>(self)->machine_.detach(
                {ErrorKind::not_found, 0, "nobody has the name " + std::string(name)});
    };
    watch_ = g_bus_watch_name_on_connection(link_.connection(), name_.c_str(),
                                            G_BUS_NAME_WATCHER_FLAGS_NONE, appeared,
                                            vanished, this, nullptr);
}

} // namespace qio::dbus
