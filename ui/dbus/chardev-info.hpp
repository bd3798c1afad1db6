// internal: what a character device is, and which one is meant.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace qio::dbus {

/// What the machine tells of a character device.
struct ChardevInfo {
    std::string path{}; ///< of the object
    std::string id{};   ///< the machine's: "serial0"
    std::string name{}; ///< what it is for: "org.qemu.console.serial.0"; may be empty
    /// How its text is written: "utf8" or "cp437"; empty: the machine does not tell.
    std::string encoding{};

    bool operator==(const ChardevInfo&) const = default;
};

/// The ID of /org/qemu/Display1/Chardev_ID; empty for other paths.
std::optional<std::string_view> chardev_id(std::string_view path);

/// The end of the name, without what it is a kind of: "serial.0". The ID if there is no
/// name.
std::string_view short_name(const ChardevInfo& chardev);

/// Whether a person who says `wanted` means that device: by its name, the end of the name
/// ("serial.0"), its path, the end of the path ("Chardev_serial0"), or its ID.
bool is_meant(const ChardevInfo& chardev, std::string_view wanted);

} // namespace qio::dbus
