// internal: keeps the machine's lock keys in step with a client's.
#pragma once

#include <cstdint>
#include <optional>

#include "ui/input.hpp"

namespace qio::vnc {

/// For a client that does not show the machine's lights, and so cannot keep its own lock
/// keys in step: its keysyms tell what they are. When the next key would mean something
/// else to the machine, a lock key is to be tapped first.
///
/// As long as the emulator has not told its lights, nothing is known and nothing done.
class LockKeys {
public:
    /// The machine's lights; empty = they are not known.
    void set_leds(const std::optional<ui::LockLeds>& leds) { leds_ = leds; }

    /// Whether Caps Lock is known to be on.
    bool has_caps() const { return leds_ && leds_->caps; }

    /// The press of the lock key to tap before this event is passed on; empty = none.
    std::optional<ui::KeyEvent> key_before(const ui::KeyEvent& event) const;
    /// The event was passed on, or the tap's press.
    void passed(const ui::KeyEvent& event);

private:
    bool caps_disagrees(std::uint32_t keysym) const;
    bool num_disagrees(std::uint32_t keysym) const;

    std::optional<ui::LockLeds> leds_; // and what was tapped since they were told
    bool left_shift_ = false;
    bool right_shift_ = false;
};

} // namespace qio::vnc
