// internal: a character device of the machine as a terminal that viewers see.
#pragma once

#include <memory>

#include "ui/dbus/chardev.hpp"
#include "ui/display.hpp"

namespace qio::bridge {

/// Takes the device, shows what the machine writes there, and sends what viewers type.
/// When the machine has gone, the terminal says so, and goes on with the next one.
///
/// Context: that of the device, and of the display's servers.
/// Lifetime: the device must live longer.
class TextConsole {
public:
    /// Whether there are terminals in this build.
    static bool is_supported();
    /// Requires: is_supported(), and that nobody uses the device.
    static std::unique_ptr<TextConsole> create(dbus::Chardev& chardev);
    virtual ~TextConsole() = default;

    const dbus::ChardevInfo& info() const { return chardev_.info(); }
    bool is_attached() const { return chardev_.is_attached(); }
    virtual const std::shared_ptr<ui::Display>& display() const = 0;

protected:
    explicit TextConsole(dbus::Chardev& chardev) : chardev_(chardev) {}

    dbus::Chardev& chardev_;
};

} // namespace qio::bridge
