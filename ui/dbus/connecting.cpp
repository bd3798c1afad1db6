// internal: connections of D-Bus that are made without waiting.
#include "ui/dbus/connecting.hpp"

#include <cstdlib>
#include <memory>
#include <utility>

#include "io/core/context.hpp"
#include "io/gio/gio-error.hpp"

namespace qio::dbus {

namespace {

using Finish = GDBusConnection* (*)(GAsyncResult*, GError**);

template <Finish finish>
void finish_connecting(GObject*, GAsyncResult* result, gpointer data) noexcept {
    const std::unique_ptr<Connected> connected(static_cast<Connected*>(data));
    GError* error = nullptr;
    ConnectionRef connection(finish(result, &error));
    if (connection) {
        (*connected)(std::move(connection));
        return;
    }
    const GErrorRef owned(error);
    if (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        (*connected)(from_gerror(*error));
}

std::string session_address() {
    if (const char* address = std::getenv("DBUS_SESSION_BUS_ADDRESS"))
        return address;
    if (const char* folder = std::getenv("XDG_RUNTIME_DIR"))
        return "unix:path=" + std::string(folder) + "/bus";
    return {};
}

/// Tells an error that is known at once, but not before this returns.
void fail_later(GCancellable* cancellable, Connected connected, Error error) {
    GCancellableRef stop(static_cast<GCancellable*>(g_object_ref(cancellable)));
    post(nullptr, [stop = std::move(stop), connected = std::move(connected),
                   error = std::move(error)]() mutable {
        if (!g_cancellable_is_cancelled(stop.get()))
            connected(std::move(error));
    });
}

} // namespace

void connect_to_bus(const std::string& address, GCancellable* cancellable,
                    Connected connected) {
    const auto target = address.empty() ? session_address() : address;
    if (target.empty()) {
        fail_later(cancellable, std::move(connected),
                   {ErrorKind::not_found, 0, "there is no session bus"});
        return;
    }
    constexpr auto flags =
        GDBusConnectionFlags(G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                             G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION);
    g_dbus_connection_new_for_address(
        target.c_str(), flags, nullptr, cancellable,
        &finish_connecting<&g_dbus_connection_new_for_address_finish>,
        new Connected(std::move(connected)));
}

void connect_to_peer(UniqueFd socket, GCancellable* cancellable, Connected connected) {
    auto adopted = adopt_socket(std::move(socket));
    if (!adopted) {
        fail_later(cancellable, std::move(connected), std::move(adopted).error());
        return;
    }
    const Handle<GSocketConnection, &g_object_unref> stream(
        g_socket_connection_factory_create_connection(adopted->get()));
    g_dbus_connection_new(G_IO_STREAM(stream.get()), nullptr,
                          G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, nullptr,
                          cancellable, &finish_connecting<&g_dbus_connection_new_finish>,
                          new Connected(std::move(connected)));
}

Result<Handle<GSocket, &g_object_unref>> adopt_socket(UniqueFd fd) {
    GError* error = nullptr;
    Handle<GSocket, &g_object_unref> socket(g_socket_new_from_fd(fd.get(), &error));
    if (!socket)
        return from_gerror(*GErrorRef(error));
    fd.release();
    return socket;
}

} // namespace qio::dbus
