// internal: a machine whose screens come over D-Bus, as displays for servers.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "io/base/error.hpp"
#include "io/core/timer.hpp"
#include "ui/dbus/audio-out.hpp"
#include "ui/dbus/chardevs.hpp"
#include "ui/dbus/clipboard.hpp"
#include "ui/dbus/console.hpp"
#include "ui/dbus/display-set.hpp"
#include "ui/dbus/patience.hpp"
#include "ui/dbus/remote.hpp"
#include "ui/keymap.hpp"

namespace qio::dbus {

/// Whom a machine tells what becomes of it. Any may be empty.
///
/// Context: the machine's. None may destroy the machine.
struct MachineEvents {
    /// A console that was not known before. It stays as long as the machine.
    std::function<void(Console&)> console_added{};
    /// A character device that was not known before. It stays as long as the machine, and
    /// is nobody's until it is used.
    std::function<void(Chardev&)> chardev_added{};
    /// What the machine shows there is in the memory of a graphics card, and cannot be
    /// read.
    std::function<void(const ConsoleInfo&)> unreadable{};
    /// The machine has come, and all of its consoles are attached.
    std::function<void()> appeared{};
    /// There is no machine, or it has gone, or it does not tell what it has, for this
    /// reason; it or another one may come.
    std::function<void(const Error&)> vanished{};
};

/// The consoles, the character devices, the clipboard and the sound of whatever machine
/// is there. BusSource or PeerSource bring it, and the next one when it was started
/// again.
///
/// Nothing here waits for the machine, and the machine never waits for the caller's main
/// context: what it tells its listeners is taken, and answered, in a thread of GDBus.
///
/// Context: the caller's thread-default one, in whose thread everything here is called,
/// and which must be that of the displays' servers.
class Machine final {
public:
    /// Of one machine; more are ignored.
    static constexpr std::size_t max_consoles = 64;

    /// `keymap` is for viewers that know no codes of keys; null: they cannot type.
    explicit Machine(MachineEvents events,
                     std::shared_ptr<const ui::Keymap> keymap = nullptr,
                     const Patience& patience = {});
    ~Machine();
    Machine(const Machine&) = delete;
    Machine& operator=(const Machine&) = delete;

    /// A machine has come. `name` is its unique name; empty: no bus is between us.
    void attach(ConnectionRef connection, std::string name);
    /// It has gone, or there was none.
    void detach(const Error& reason);
    bool is_attached() const { return is_ready_; }
    /// As it is to be shown: "QEMU (its name)". Empty until there was one.
    const std::string& name() const { return name_; }

    /// All that were ever seen, in the order of their numbers.
    std::vector<Console*> consoles() const;
    /// All that were ever seen, as they came.
    std::vector<Chardev*> chardevs() const { return chardevs_.all(); }
    /// The first console that a person means; see is_meant(). Null: there is none.
    Console* find(std::string_view wanted, std::uint32_t head = 0) const;

private:
    void ask_objects();
    void receive_objects(const Result<VariantRef>& reply);
    void ask_again(const Error& reason);
    void tell_vanished(const Error& reason);
    void take_objects(GVariant* objects);
    void add_object(std::string_view path, GVariant* interfaces);
    void add_console(std::string_view path, GVariant* interfaces);
    void set_interfaces(Console& console, GVariant* interfaces);
    void set_vm_properties(GVariant* properties);
    void properties_changed(std::string_view path, GVariant* values);
    void interfaces_added(GVariant* values);
    void interfaces_removed(GVariant* values);
    Console* known(std::string_view path) const;
    Console* known_or_new(std::string_view path);
    std::unique_ptr<Console> make_console(std::string_view path, std::uint32_t index);
    void forget_remote();

    MachineEvents events_;
    const std::shared_ptr<const ui::Keymap> keymap_;
    const Patience patience_;
    const std::shared_ptr<DisplaySet> displays_ = std::make_shared<DisplaySet>();
    Clipboard clipboard_{displays_, patience_.retry_after};
    AudioOut audio_{displays_, patience_.retry_after};
    Chardevs chardevs_;
    std::vector<std::unique_ptr<Console>> consoles_;
    std::string name_;
    bool is_ready_ = false;
    Timer again_;
    std::unique_ptr<Remote> remote_; // all above may borrow it
};

} // namespace qio::dbus
