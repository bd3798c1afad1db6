// internal: what the machine's objects, interfaces and errors are called on D-Bus.
#pragma once

namespace qio::dbus::names {

inline constexpr char root_path[] = "/org/qemu/Display1";
inline constexpr char vm_path[] = "/org/qemu/Display1/VM";
inline constexpr char clipboard_path[] = "/org/qemu/Display1/Clipboard";
inline constexpr char audio_path[] = "/org/qemu/Display1/Audio";
inline constexpr char listener_path[] = "/org/qemu/Display1/Listener";
inline constexpr char audio_out_path[] = "/org/qemu/Display1/AudioOutListener";

inline constexpr char vm[] = "org.qemu.Display1.VM";
inline constexpr char console[] = "org.qemu.Display1.Console";
inline constexpr char keyboard[] = "org.qemu.Display1.Keyboard";
inline constexpr char mouse[] = "org.qemu.Display1.Mouse";
inline constexpr char clipboard[] = "org.qemu.Display1.Clipboard";
inline constexpr char audio[] = "org.qemu.Display1.Audio";
inline constexpr char chardev[] = "org.qemu.Display1.Chardev";
inline constexpr char chardev_encoding[] = "org.qemu.Display1.Chardev.VCEncoding";
inline constexpr char listener[] = "org.qemu.Display1.Listener";
inline constexpr char listener_map[] = "org.qemu.Display1.Listener.Unix.Map";
inline constexpr char audio_out[] = "org.qemu.Display1.AudioOutListener";

inline constexpr char properties[] = "org.freedesktop.DBus.Properties";
inline constexpr char object_manager[] = "org.freedesktop.DBus.ObjectManager";

inline constexpr char error_invalid[] = "org.qemu.Display1.Error.Invalid";
inline constexpr char error_unsupported[] = "org.qemu.Display1.Error.Unsupported";
inline constexpr char error_failed[] = "org.qemu.Display1.Error.Failed";
inline constexpr char error_unknown_method[] = "org.freedesktop.DBus.Error.UnknownMethod";

} // namespace qio::dbus::names
