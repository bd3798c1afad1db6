// What one client holds down, so that it can be lifted when the client leaves.
#include "ui/vnc/held-input.hpp"

#include <algorithm>
#include <utility>

namespace qio::vnc {

bool is_same_key(const ui::KeyEvent& one, const ui::KeyEvent& other) {
    if (one.xt_keycode || other.xt_keycode)
        return one.xt_keycode == other.xt_keycode;
    return one.keysym == other.keysym;
}

bool HeldInput::key(const ui::KeyEvent& event) {
    const auto held = std::ranges::find_if(
        down_, [&](auto& candidate) { return is_same_key(candidate, event); });
    const bool is_held = held != down_.end();
    if (!event.down) {
        if (is_held)
            down_.erase(held);
        return is_held;
    }
    if (!is_held && down_.size() == max_keys)
        return false;
    if (!is_held)
        down_.push_back(event);
    return true;
}

ui::PointerEvent HeldInput::pointer(ui::PointerEvent event, const ui::Rect& area) {
    event.x = std::clamp(event.x, 0, std::max(area.width - 1, 0));
    event.y = std::clamp(event.y, 0, std::max(area.height - 1, 0));
    pointer_ = event;
    has_position_ = true;
    return event;
}

// Motion is 16 bits wide and positions lie in the framebuffer: no sum is too large.
ui::PointerEvent HeldInput::pointer_moved(PointerMotion motion, std::uint16_t buttons,
                                          const ui::Rect& area) {
    return pointer(
        {.x = pointer_.x + motion.dx, .y = pointer_.y + motion.dy, .buttons = buttons},
        area);
}

PointerMotion HeldInput::motion_to(const ui::PointerEvent& event) const {
    if (!has_position_)
        return {};
    return {event.x - pointer_.x, event.y - pointer_.y};
}

std::optional<ui::KeyEvent> HeldInput::release_key() {
    if (down_.empty())
        return std::nullopt;
    auto event = down_.back();
    down_.pop_back();
    event.down = false;
    return event;
}

std::optional<ui::PointerEvent> HeldInput::release_buttons() {
    has_position_ = false; // where it goes meanwhile is not seen
    if (std::exchange(pointer_.buttons, 0) == 0)
        return std::nullopt;
    return pointer_;
}

} // namespace qio::vnc
