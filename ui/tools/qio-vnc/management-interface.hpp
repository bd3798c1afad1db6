// internal: what org.qemu.Vnc1 looks like.
#pragma once

#include <gio/gio.h>

namespace qio::bridge {

inline constexpr char server_path[] = "/org/qemu/Vnc1/Server";
inline constexpr char server_interface[] = "org.qemu.Vnc1.Server";
inline constexpr char client_interface[] = "org.qemu.Vnc1.Client";

/// The interface of that name; it stays.
GDBusInterfaceInfo* management_interface(const char* name);

} // namespace qio::bridge
