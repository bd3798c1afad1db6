// What people may call a screen.
#include "ui/tools/qio-vnc/screen-names.hpp"

namespace qio::bridge {

ScreenNames names_of(const dbus::ConsoleInfo& console) {
    const auto number = std::to_string(console.index);
    const bool is_further = console.head != 0 && !console.label.empty();
    return {.id = number,
            .title = "Console_" + number,
            .label = console.label +
                     (is_further ? "." + std::to_string(console.head) : std::string()),
            .is_meant = [console](std::string_view wanted) {
                return dbus::is_meant(console, wanted, 0);
            }};
}

/// An ID may be a number, and those are for consoles.
ScreenNames names_of(const dbus::ChardevInfo& chardev) {
    const auto title = "Chardev_" + chardev.id;
    const bool is_number =
        chardev.id.find_first_not_of("0123456789") == std::string::npos;
    return {.id = is_number ? title : chardev.id,
            .title = title,
            .label = std::string(dbus::short_name(chardev)),
            .is_meant = [chardev](std::string_view wanted) {
                return dbus::is_meant(chardev, wanted);
            }};
}

} // namespace qio::bridge
