// internal: one screen of the machine: a display, and input for it.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string_view>

#include "io/core/context.hpp"
#include "ui/dbus/console-info.hpp"
#include "ui/dbus/console-input.hpp"
#include "ui/dbus/registration.hpp"
#include "ui/dbus/remote.hpp"
#include "ui/dbus/screen.hpp"
#include "ui/display.hpp"

namespace qio::dbus {

/// A console, which stays when its machine goes: then its display shows the placeholder,
/// until a machine with such a console comes.
///
/// `unreadable` is called when the machine shows something in the memory of a graphics
/// card, once for each listener.
///
/// Units: what the machine has lost or refused is offered again after `retry_after`.
/// Context: the one of its machine.
class Console final {
public:
    Console(std::string path, std::uint32_t index, ClipboardOwner& clipboard,
            std::shared_ptr<const ui::Keymap> keymap,
            std::chrono::milliseconds retry_after, std::function<void()> unreadable);
    ~Console();
    Console(const Console&) = delete;
    Console& operator=(const Console&) = delete;

    const ConsoleInfo& info() const { return info_; }
    /// What to serve; its input goes to the machine.
    const std::shared_ptr<ui::Display>& display() const { return display_; }
    bool is_attached() const { return remote_ != nullptr; }

    /// Shows what that machine shows, until detach(). `remote` is borrowed until then.
    void attach(Remote& remote);
    void detach();
    /// News of the properties of one of its interfaces: a dictionary a{sv}.
    void set_properties(std::string_view interface, GVariant* properties);

private:
    std::shared_ptr<CallHandler> make_listener();
    std::function<void()> later(void (Console::*what)()) const;
    void tell_unreadable() { unreadable_(); }
    void show_nothing();
    void ask_size();
    void set_console_properties(GVariant* properties);

    ConsoleInfo info_;
    const std::shared_ptr<ui::Display> display_;
    ConsoleInput input_;
    ContextRef context_;
    const std::function<void()> unreadable_;
    Remote* remote_ = nullptr;
    std::shared_ptr<Screen> screen_;
    Registration registration_;
    std::shared_ptr<Console*> self_; // what runs later finds out whether we are there
};

} // namespace qio::dbus
