// internal: connections of D-Bus that are made without waiting.
#pragma once

#include <functional>
#include <string>

#include "io/base/error.hpp"
#include "io/base/unique-fd.hpp"
#include "io/gio/cancellable.hpp"
#include "ui/dbus/variant.hpp"

namespace qio::dbus {

using Connected = std::move_only_function<void(Result<ConnectionRef>)>;

/// Connects to the bus at an address; empty: the session's bus. `connected` is called
/// from the thread-default context, unless `cancellable` was cancelled. Errors: those of
/// GIO; not_found if there is no session.
void connect_to_bus(const std::string& address, GCancellable* cancellable,
                    Connected connected);

/// Connects to the machine at the other end of a socket, which is the server of the
/// handshake. Otherwise as above.
void connect_to_peer(UniqueFd socket, GCancellable* cancellable, Connected connected);

/// The socket as GIO's stream; it is closed with it.
/// Errors: those of GIO if it is none.
Result<Handle<GSocket, &g_object_unref>> adopt_socket(UniqueFd fd);

} // namespace qio::dbus
