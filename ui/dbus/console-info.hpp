// internal: what a console is, and which one is meant.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace qio::dbus {

/// What the machine tells of a console.
struct ConsoleInfo {
    std::string path; ///< of the object; stays the same as long as the console is known
    std::uint32_t index = 0;
    std::string label;
    std::uint32_t head = 0;
    std::string device_address; ///< as "pci/0000/02.0", empty if there is no device
    bool is_text = false;       ///< a terminal, without a device
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    bool is_absolute = false; ///< how the pointing device works

    bool operator==(const ConsoleInfo&) const = default;
};

/// The N of /org/qemu/Display1/Console_N; empty for other paths.
std::optional<std::uint32_t> console_index(std::string_view path);

/// Whether a person who says `wanted` means that console: its path, the end of its path
/// ("Console_1"), or what names its device (label, address), the latter with `head`.
bool is_meant(const ConsoleInfo& console, std::string_view wanted, std::uint32_t head);

} // namespace qio::dbus
