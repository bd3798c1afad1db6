// internal: the machine at the other end of a socket.
#include "ui/dbus/peer-source.hpp"

#include <utility>

#include "ui/dbus/connecting.hpp"

namespace qio::dbus {

PeerSource::PeerSource(Machine& machine, UniqueFd socket)
    : machine_(machine), cancellable_(g_cancellable_new()) {
    connect_to_peer(
        std::move(socket), cancellable_.get(),
        [this](Result<ConnectionRef> connection) { connected(std::move(connection)); });
}

PeerSource::~PeerSource() {
    g_cancellable_cancel(cancellable_.get());
    if (!connection_)
        return;
    g_signal_handler_disconnect(connection_.get(), closed_handler_);
    g_dbus_connection_close(connection_.get(), nullptr, nullptr, nullptr);
}

void PeerSource::connected(Result<ConnectionRef> connection) {
    if (!connection) {
        machine_.detach(std::move(connection).error().with_context("the machine"));
        return;
    }
    connection_ = std::move(*connection);
    const auto closed = [](GDBusConnection*, gboolean, GError*, gpointer self) noexcept {
        static_cast<PeerSource*>(self)->machine_.detach(
            {ErrorKind::disconnected, 0, "the machine has gone"});
    };
    closed_handler_ =
        g_signal_connect(connection_.get(), "closed", G_CALLBACK(+closed), this);
    machine_.attach(
        ConnectionRef(static_cast<GDBusConnection*>(g_object_ref(connection_.get()))),
        {});
}

} // namespace qio::dbus
