// internal: the machine's keyboard, which all clients share.
#pragma once

#include <optional>
#include <vector>

#include "ui/vnc/keyboard-options.hpp"
#include "ui/vnc/lock-keys.hpp"

namespace qio::vnc {

/// Whether a client is told of the machine's lock keys, and keeps its own in step.
enum class SeesLights : bool { no, yes };

/// One event on the way to a key that a client pressed.
struct KeyStep {
    ui::KeyEvent event;
    /// Whether whoever presses it holds it. What is lifted for a moment is somebody's who
    /// still holds it.
    bool is_held = true;
    bool operator==(const KeyStep&) const = default;
};

/// Finds the keys of a layout that give a client's keysyms, and what has to be pressed or
/// lifted around them: a character means what the client says, whatever the client holds
/// in order to type it on a keyboard of its own.
///
/// While Ctrl, Alt, Meta or Super is held a key is a command, and nothing is put around
/// it. The same holds for keys that give no character.
///
/// Limits: remembers modifiers that are held, of which clients have a bounded number.
class Keyboard {
public:
    /// A key, and how the layout gives its keysym; empty where the layout is not asked.
    struct Key {
        ui::KeyEvent event;
        std::optional<ui::KeyStroke> stroke{};
    };

    explicit Keyboard(KeyboardOptions options) : options_(std::move(options)) {}

    /// The machine's lights; empty = they are not known.
    void set_leds(const std::optional<ui::LockLeds>& leds) { lock_keys_.set_leds(leds); }

    /// Which key a client means.
    Key identify(const ui::KeyEvent& event) const;
    /// What is to be passed on for it, the event itself included.
    std::vector<KeyStep> steps(const Key& key, SeesLights lights) const;
    /// The machine was given this event.
    void passed(const ui::KeyEvent& event);

private:
    std::optional<bool> wanted_shift(const Key& key, bool caps) const;

    const KeyboardOptions options_;
    LockKeys lock_keys_;
    std::vector<ui::KeyEvent> modifiers_; // that are down
};

} // namespace qio::vnc
