// internal: what people may call a screen, be it a console or a terminal.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "ui/dbus/chardev-info.hpp"
#include "ui/dbus/console-info.hpp"

namespace qio::bridge {

struct ScreenNames {
    std::string id;    ///< for /display/ID: the number of a console, the ID of a chardev
    std::string title; ///< in messages: "Console_0", "Chardev_serial0"
    std::string label; ///< what the machine calls it; may be empty
    /// Whether a person who says this means that screen.
    std::function<bool(std::string_view)> is_meant;
};

ScreenNames names_of(const dbus::ConsoleInfo& console);
ScreenNames names_of(const dbus::ChardevInfo& chardev);

} // namespace qio::bridge
