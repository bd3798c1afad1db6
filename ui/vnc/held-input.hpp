// internal: what one client holds down, so that it can be lifted when the client leaves.
#pragma once

#include <cstddef>
#include <vector>

#include "ui/input.hpp"
#include "ui/rect.hpp"

namespace qio::vnc {

/// Passes a client's keys and pointer on to the emulator, and remembers what is down.
///
/// Limits: max_keys keys at a time; the press of another one is dropped. The release of a
/// key whose press went through always does too.
class HeldInput {
public:
    static constexpr std::size_t max_keys = 64;

    /// Null sink: nobody listens; what is held is remembered all the same.
    void key(ui::InputSink* sink, const ui::KeyEvent& event);
    /// The position is moved into `area`, the framebuffer the client sees.
    void pointer(ui::InputSink* sink, ui::PointerEvent event, const ui::Rect& area);
    /// Lifts every key and button.
    void release_all(ui::InputSink* sink);

private:
    std::vector<ui::KeyEvent> down_; // in the order they were pressed
    ui::PointerEvent pointer_;
};

} // namespace qio::vnc
