// Viewers' keys and pointer on their way to a libretro core.
#include "controls.hpp"

#include <algorithm>
#include <utility>

#include "keys.hpp"

namespace {

// Of events that no frame has taken; more are dropped, for the core hangs.
constexpr std::size_t max_keys_waiting = 1000;

// The bits of PointerEvent::buttons.
enum Button : unsigned {
    left,
    middle,
    right,
    wheel_up,
    wheel_down,
    wheel_left,
    wheel_right,
    back,
    forward,
};

// Where 0 … size - 1 is in libretro's -0x7FFF … 0x7FFF.
std::int16_t scaled(int position, int size) {
    const int last = std::max(size - 1, 1);
    return std::int16_t(std::clamp(position, 0, last) * 0xFFFE / last - 0x7FFF);
}

} // namespace

void Controls::key(const qio::ui::KeyEvent& event) {
    const std::lock_guard lock(mutex_);
    if (const auto button = joypad_button(event.keysym)) {
        const auto bit = std::uint32_t(1) << *button;
        joypad_held_ = event.down ? joypad_held_ | bit : joypad_held_ & ~bit;
        joypad_pressed_ |= event.down ? bit : 0;
    }
    if (keys_waiting_.size() < max_keys_waiting)
        keys_waiting_.push_back(event);
}

void Controls::pointer(const qio::ui::PointerEvent& event) {
    const std::lock_guard lock(mutex_);
    buttons_pressed_ |= event.buttons & ~pointer_held_.buttons;
    pointer_held_ = event;
}

void Controls::poll() {
    std::vector<qio::ui::KeyEvent> keys;
    {
        const std::lock_guard lock(mutex_);
        joypad_ = joypad_held_ | std::exchange(joypad_pressed_, 0);
        moved_x_ = pointer_held_.x - pointer_.x;
        moved_y_ = pointer_held_.y - pointer_.y;
        pointer_ = pointer_held_;
        buttons_ = pointer_.buttons | std::exchange(buttons_pressed_, 0);
        keys.swap(keys_waiting_);
    }
    for (const auto& event : keys)
        pass_on(event);
}

void Controls::pass_on(const qio::ui::KeyEvent& event) {
    const auto key = key_of(event.keysym);
    const auto modifier = modifier_of(event.keysym);
    modifiers_ =
        std::uint16_t(event.down ? modifiers_ | modifier : modifiers_ & ~modifier);
    keys_.set(key, event.down && key != RETROK_UNKNOWN);
    if (keyboard_)
        keyboard_(event.down, key, event.down ? character_of(event.keysym) : 0,
                  modifiers_);
}

std::int16_t Controls::state(unsigned device, unsigned index, unsigned id, int width,
                             int height) const {
    switch (device & RETRO_DEVICE_MASK) {
    case RETRO_DEVICE_JOYPAD:
        return joypad(id);
    case RETRO_DEVICE_KEYBOARD:
        return id < keys_.size() && keys_[id];
    case RETRO_DEVICE_MOUSE:
        return mouse(id);
    case RETRO_DEVICE_POINTER:
        return index == 0 ? touch(id, width, height) : 0;
    default:
        return 0;
    }
}

std::int16_t Controls::joypad(unsigned id) const {
    if (id == RETRO_DEVICE_ID_JOYPAD_MASK)
        return std::int16_t(joypad_);
    return id <= RETRO_DEVICE_ID_JOYPAD_R3 && (joypad_ >> id & 1);
}

std::int16_t Controls::mouse(unsigned id) const {
    switch (id) {
    case RETRO_DEVICE_ID_MOUSE_X:
        return std::int16_t(moved_x_);
    case RETRO_DEVICE_ID_MOUSE_Y:
        return std::int16_t(moved_y_);
    case RETRO_DEVICE_ID_MOUSE_LEFT:
        return button(left);
    case RETRO_DEVICE_ID_MOUSE_RIGHT:
        return button(right);
    case RETRO_DEVICE_ID_MOUSE_MIDDLE:
        return button(middle);
    case RETRO_DEVICE_ID_MOUSE_WHEELUP:
        return button(wheel_up);
    case RETRO_DEVICE_ID_MOUSE_WHEELDOWN:
        return button(wheel_down);
    case RETRO_DEVICE_ID_MOUSE_HORIZ_WHEELUP:
        return button(wheel_right);
    case RETRO_DEVICE_ID_MOUSE_HORIZ_WHEELDOWN:
        return button(wheel_left);
    case RETRO_DEVICE_ID_MOUSE_BUTTON_4:
        return button(back);
    case RETRO_DEVICE_ID_MOUSE_BUTTON_5:
        return button(forward);
    default:
        return 0;
    }
}

std::int16_t Controls::touch(unsigned id, int width, int height) const {
    switch (id) {
    case RETRO_DEVICE_ID_POINTER_X:
        return scaled(pointer_.x, width);
    case RETRO_DEVICE_ID_POINTER_Y:
        return scaled(pointer_.y, height);
    case RETRO_DEVICE_ID_POINTER_PRESSED:
    case RETRO_DEVICE_ID_POINTER_COUNT:
        return button(left);
    default:
        return 0;
    }
}
