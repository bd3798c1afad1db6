// One client's keys and pointer, on their way to the emulator.
#include "ui/vnc/client-input.hpp"

namespace qio::vnc {

void ClientInput::key(const ui::KeyEvent& event, SeesLights lights) {
    if (!held_.key(event))
        return;
    if (lights == SeesLights::no) {
        if (auto tap = lock_keys_.key_before(event)) {
            pass_on(*tap);
            tap->down = false;
            pass_on(*tap);
        }
    }
    pass_on(event);
}

void ClientInput::pass_on(const ui::KeyEvent& event) {
    if (is_stopped_)
        return;
    lock_keys_.passed(event);
    if (auto* sink = host_.input())
        sink->key(event);
}

void ClientInput::pointer(const ui::PointerEvent& event, const ui::Rect& area) {
    const auto motion = held_.motion_to(event);
    pass_on(held_.pointer(event, area), motion);
}

void ClientInput::pointer_moved(PointerMotion motion, std::uint16_t buttons,
                                const ui::Rect& area) {
    pass_on(held_.pointer_moved(motion, buttons, area), motion);
}

void ClientInput::pass_on(const ui::PointerEvent& event, PointerMotion motion) {
    auto* sink = host_.input();
    if (sink == nullptr)
        return;
    if (host_.display_state().pointer_mode == ui::PointerMode::relative)
        sink->pointer_motion(motion.dx, motion.dy, event.buttons);
    else
        sink->pointer(event);
}

/// The emulator may go away, or exchange its sink, in each of the calls.
void ClientInput::release() {
    while (const auto event = held_.release_key())
        if (auto* sink = host_.input())
            sink->key(*event);
    if (const auto event = held_.release_buttons())
        pass_on(*event, {});
}

} // namespace qio::vnc
