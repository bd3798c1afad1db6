// internal: the machine that has a name on a bus, and its successors.
#include "ui/dbus/bus-source.hpp"

#include <utility>

#include "io/gio/cancellable.hpp"
#include "io/gio/gio-error.hpp"
#include "ui/dbus/connecting.hpp"

namespace qio::dbus {

BusSource::BusSource(Machine& machine, BusOptions options)
    : machine_(machine), options_(std::move(options)) {
    connect();
}

BusSource::~BusSource() {
    disconnect();
}

void BusSource::connect() {
    cancellable_.reset(g_cancellable_new());
    connect_to_bus(
        options_.address, cancellable_.get(),
        [this](Result<ConnectionRef> connection) { connected(std::move(connection)); });
}

void BusSource::disconnect() {
    again_.reset();
    g_cancellable_cancel(cancellable_.get());
    if (watch_ != 0)
        g_bus_unwatch_name(std::exchange(watch_, 0));
    if (connection_)
        g_signal_handler_disconnect(connection_.get(), closed_handler_);
    connection_.reset();
}

void BusSource::lost(const Error& reason) {
    disconnect();
    again_ = Timer(options_.retry_after, [this] { connect(); });
    machine_.detach(reason);
}

void BusSource::connected(Result<ConnectionRef> connection) {
    if (!connection) {
        lost(std::move(connection).error().with_context("bus"));
        return;
    }
    connection_ = std::move(*connection);
    g_dbus_connection_set_exit_on_close(connection_.get(), FALSE);
    const auto closed = [](GDBusConnection*, gboolean, GError*, gpointer self) noexcept {
        static_cast<BusSource*>(self)->lost(
            {ErrorKind::disconnected, 0, "the bus has gone"});
    };
    closed_handler_ =
        g_signal_connect(connection_.get(), "closed", G_CALLBACK(+closed), this);
    watch_name();
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
        // Without a connection, lost() tells.
        if (connection)
            static_cast<BusSource*>(self)->machine_.detach(
                {ErrorKind::not_found, 0, "nobody has the name " + std::string(name)});
    };
    watch_ = g_bus_watch_name_on_connection(connection_.get(), options_.name.c_str(),
                                            G_BUS_NAME_WATCHER_FLAGS_NONE, appeared,
                                            vanished, this, nullptr);
}

} // namespace qio::dbus
