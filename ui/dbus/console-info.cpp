// internal: what a console is, and which one is meant.
#include "ui/dbus/console-info.hpp"

#include <charconv>

#include "ui/dbus/names.hpp"

namespace qio::dbus {

std::optional<std::uint32_t> console_index(std::string_view path) {
    const std::string start = std::string(names::root_path) + "/Console_";
    if (!path.starts_with(start))
        return std::nullopt;
    path.remove_prefix(start.size());
    std::uint32_t index = 0;
    const auto [end, error] =
        std::from_chars(path.data(), path.data() + path.size(), index);
    if (error != std::errc() || end != path.data() + path.size())
        return std::nullopt;
    return index;
}

bool is_meant(const ConsoleInfo& console, std::string_view wanted, std::uint32_t head) {
    if (wanted.empty())
        return false;
    if (wanted == console.path || wanted == "Console_" + std::to_string(console.index))
        return true;
    return head == console.head &&
           (wanted == console.label || wanted == console.device_address);
}

} // namespace qio::dbus
