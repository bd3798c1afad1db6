// internal: what one client holds down, so that it can be lifted when the client leaves.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "ui/input.hpp"
#include "ui/rect.hpp"

namespace qio::vnc {

/// How far a pointer moved, in pixels.
struct PointerMotion {
    int dx = 0;
    int dy = 0;
    bool operator==(const PointerMotion&) const = default;
};

/// The same physical key: the scan code decides where there is one, because the keysym
/// of a key can change between press and release (shift).
bool is_same_key(const ui::KeyEvent& one, const ui::KeyEvent& other);

/// Decides which of a client's events go to the emulator, and remembers what is down.
/// Knows no emulator: that may vanish from inside each event it is given.
///
/// Limits: max_keys keys at a time; the press of another one is dropped. The release of a
/// key whose press went through always does too.
class HeldInput {
public:
    static constexpr std::size_t max_keys = 64;

    /// Whether the event is to be passed on.
    bool key(const ui::KeyEvent& event);
    /// The event to pass on: its position is moved into `area`, the framebuffer the
    /// client sees.
    ui::PointerEvent pointer(ui::PointerEvent event, const ui::Rect& area);
    /// The same for a client that tells how far the pointer moved.
    ui::PointerEvent pointer_moved(PointerMotion motion, std::uint16_t buttons,
                                   const ui::Rect& area);
    /// How far it is from the last position to this one; from an unknown one, nothing.
    PointerMotion motion_to(const ui::PointerEvent& event) const;

    /// The event that lifts the key pressed last; empty when no key is down.
    std::optional<ui::KeyEvent> release_key();
    /// The event that lifts all buttons; empty when none is down. The position counts as
    /// unknown from now on.
    std::optional<ui::PointerEvent> release_buttons();

private:
    std::vector<ui::KeyEvent> down_; // in the order they were pressed
    ui::PointerEvent pointer_;
    bool has_position_ = false;
};

} // namespace qio::vnc
