// internal: one client's keys and pointer, on their way to the emulator.
#pragma once

#include "ui/vnc/held-input.hpp"
#include "ui/vnc/input-host.hpp"

namespace qio::vnc {

/// What the client has pressed is passed on, and lifted in the end.
///
/// The emulator may end the client in each call, or exchange its sink: after stop()
/// nothing is passed on but what release() lifts.
class ClientInput {
public:
    /// The host outlives this.
    explicit ClientInput(InputHost& host) : host_(host) {}

    void key(const ui::KeyEvent& event, SeesLights lights);
    /// Where the pointer is in `area`, the framebuffer the client sees.
    void pointer(const ui::PointerEvent& event, const ui::Rect& area);
    /// The same of a client that tells how far it moved.
    void pointer_moved(PointerMotion motion, std::uint16_t buttons, const ui::Rect& area);

    /// Lifts the keys that are held.
    void release_keys();
    /// Lifts all that is held down.
    void release();
    void stop() { is_stopped_ = true; }

private:
    void pass_on(const KeyStep& step);
    void pass_to_sink(const ui::KeyEvent& event);
    void pass_on(const ui::PointerEvent& event, PointerMotion motion);

    InputHost& host_;
    HeldInput held_;
    bool is_stopped_ = false;
};

} // namespace qio::vnc
