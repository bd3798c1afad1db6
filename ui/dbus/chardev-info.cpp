// internal: what a character device is, and which one is meant.
#include "ui/dbus/chardev-info.hpp"

#include "ui/dbus/names.hpp"

namespace qio::dbus {

std::optional<std::string_view> chardev_id(std::string_view path) {
    constexpr std::string_view root = names::root_path, start = "/Chardev_";
    if (!path.starts_with(root) || !path.substr(root.size()).starts_with(start))
        return std::nullopt;
    path.remove_prefix(root.size() + start.size());
    return path.empty() ? std::nullopt : std::optional(path);
}

/// Names are "org.qemu.KIND.DEVICE.NUMBER".
std::string_view short_name(const ChardevInfo& chardev) {
    const std::string_view name = chardev.name;
    const auto number = name.rfind('.');
    if (number == name.npos || number == 0 || number + 1 == name.size())
        return name.empty() ? chardev.id : name;
    const auto device = name.rfind('.', number - 1);
    return device == name.npos ? name : name.substr(device + 1);
}

bool is_meant(const ChardevInfo& chardev, std::string_view wanted) {
    if (wanted.empty())
        return false;
    return wanted == chardev.name || wanted == short_name(chardev) ||
           wanted == chardev.path || wanted == "Chardev_" + chardev.id ||
           wanted == chardev.id;
}

} // namespace qio::dbus
