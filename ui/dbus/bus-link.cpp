// internal: a connection to a bus, made again whenever it is not there.
#include "ui/dbus/bus-link.hpp"

#include <utility>

#include "ui/dbus/connecting.hpp"

namespace qio::dbus {

BusLink::BusLink(std::string address, const Patience& patience, Events events)
    : address_(std::move(address)), patience_(patience), events_(std::move(events)) {
    connect();
}

BusLink::~BusLink() {
    disconnect();
}

void BusLink::connect() {
    cancellable_.reset(g_cancellable_new());
    connect_to_bus(
        address_, cancellable_.get(),
        [this](Result<ConnectionRef> connection) { connected(std::move(connection)); });
    timer_ = Timer(patience_.answer_within, [this] {
        lost({ErrorKind::timed_out, 0, "the bus does not answer"});
    });
}

void BusLink::disconnect() {
    g_cancellable_cancel(cancellable_.get());
    if (connection_)
        g_signal_handler_disconnect(connection_.get(), closed_handler_);
    connection_.reset();
}

void BusLink::connected(Result<ConnectionRef> connection) {
    if (!connection) {
        lost(std::move(connection).error().with_context("bus"));
        return;
    }
    connection_ = *std::move(connection);
    g_dbus_connection_set_exit_on_close(connection_.get(), FALSE);
    const auto closed = [](GDBusConnection*, gboolean, GError*, gpointer self) noexcept {
        static_cast<BusLink*>(self)->lost(
            {ErrorKind::disconnected, 0, "the bus has gone"});
    };
    closed_handler_ =
        g_signal_connect(connection_.get(), "closed", G_CALLBACK(+closed), this);
    timer_.reset();
    if (g_dbus_connection_is_closed(connection_.get())) // before we listened
        return lost({ErrorKind::disconnected, 0, "the bus has gone"});
    events_.connected();
}

void BusLink::lost(const Error& reason) {
    timer_ = Timer(patience_.retry_after, [this] { connect(); });
    events_.lost(reason);
    disconnect();
}

} // namespace qio::dbus
