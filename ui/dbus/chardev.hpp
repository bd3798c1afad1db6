// internal: a character device of the machine, such as a serial port.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "io/core/timer.hpp"
#include "ui/dbus/chardev-info.hpp"
#include "ui/dbus/chardev-stream.hpp"
#include "ui/dbus/remote.hpp"

namespace qio::dbus {

/// Whom a character device tells what comes. Any may be empty.
///
/// Context: the device's. None may destroy the device.
struct ChardevEvents {
    /// It is ours now: what is sent gets to the machine, and what the machine writes
    /// comes. Info may have changed before.
    std::function<void()> opened{};
    std::function<void(ByteView)> received{};
    /// The machine has gone, or somebody else has taken the device.
    std::function<void()> closed{};
    /// info() has changed.
    std::function<void()> changed{};
};

/// A device, which stays when its machine goes. It has a single user: whoever comes last
/// takes it from the one before. So it is taken once, when it appears, and, when it was
/// lost, only as soon as nobody has it.
///
/// Context: the one of its machine.
class Chardev final {
public:
    /// A device that was lost, or refused, is looked at again after `retry_after`.
    Chardev(std::string_view path, std::string_view id,
            std::chrono::milliseconds retry_after);
    Chardev(const Chardev&) = delete;
    Chardev& operator=(const Chardev&) = delete;

    const ChardevInfo& info() const { return info_; }
    bool is_attached() const { return remote_ != nullptr; }
    bool is_used() const { return is_used_; }
    bool is_open() const { return is_open_; }

    /// Takes the device now, and of each machine that comes. Nobody else is disturbed
    /// before that. Requires: it is not used.
    void use(ChardevEvents events);
    /// Gives the device back, without a word to the events.
    void release();
    /// All of `bytes`, or, if the machine does not take them, nothing: false.
    bool send(ByteView bytes) { return is_open_ && stream_->send(bytes); }

    /// The device is that machine's, until detach(). `remote` is borrowed until then.
    void attach(Remote& remote);
    void detach();
    /// News of the properties of one of its interfaces: a dictionary a{sv}.
    void set_properties(std::string_view interface, GVariant* properties);

private:
    void take();
    void taken(const Result<VariantRef>& reply);
    void lost();
    void look_again();
    void ask_owner();
    void owner_told(const Result<VariantRef>& reply);
    void close();

    ChardevInfo info_;
    const std::chrono::milliseconds retry_after_;
    ChardevEvents events_{};
    bool is_used_ = false;
    bool is_open_ = false;
    Remote* remote_ = nullptr;
    std::uint64_t epoch_ = 0; // grows with each stream: answers may be late
    std::unique_ptr<ChardevStream> stream_;
    Timer again_;
};

} // namespace qio::dbus
