// One client's keys and pointer, on their way to the emulator.
#include "ui/vnc/client-input.hpp"

#include "ui/vnc/text-typer.hpp"

namespace qio::vnc {

namespace {

constexpr std::uint32_t escape = 0xFF1B;

} // namespace

void ClientInput::key(const ui::KeyEvent& event, SeesLights lights) {
    // Of what was held when typing began nothing is any more: releases go nowhere.
    if (event.down && host_.typer().is_typing()) {
        if (event.keysym == escape)
            host_.typer().stop();
        return;
    }
    const auto key = host_.keyboard().identify(event);
    if (!held_.key(key.event))
        return;
    for (const auto& step : host_.keyboard().steps(key, lights))
        pass_on(step);
}

void ClientInput::pass_on(const KeyStep& step) {
    if (is_stopped_)
        return;
    // What finds no room cannot be lifted later, so it is not pressed.
    if (step.is_held && !held_.key(step.event) && step.event.down)
        return;
    pass_to_sink(step.event);
}

void ClientInput::pass_to_sink(const ui::KeyEvent& event) {
    host_.keyboard().passed(event);
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
        return sink->pointer_motion(motion.dx, motion.dy, event.buttons);
    host_.pointer_moved({event.x, event.y});
    sink->pointer(event);
}

/// The emulator may go away, or exchange its sink, in each of the calls.
void ClientInput::release_keys() {
    while (const auto event = held_.release_key())
        pass_to_sink(*event);
}

void ClientInput::release() {
    release_keys();
    if (const auto event = held_.release_buttons())
        pass_on(*event, {});
}

} // namespace qio::vnc
