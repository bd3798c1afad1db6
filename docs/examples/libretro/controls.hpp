// Viewers' keys and pointer on their way to a libretro core.
#pragma once

#include <bitset>
#include <cstdint>
#include <mutex>
#include <vector>

#include <libretro-common/libretro.h>

#include <ui/input.hpp>

/// The server calls the first half in its thread, the core's thread the second: what came
/// in between is taken over by poll(). A key that was pressed and released meanwhile
/// counts as held for one frame.
class Controls final : public qio::ui::InputSink {
public:
    void key(const qio::ui::KeyEvent& event) override;
    void pointer(const qio::ui::PointerEvent& event) override;
    void cut_text(std::string) override {}
    qio::ui::ResizeAnswer resize_request(int, int) override {
        return qio::ui::ResizeAnswer::prohibited; // it is the core's size
    }

    void poll();
    /// What libretro calls the input state; `width` and `height` are the picture's.
    std::int16_t state(unsigned device, unsigned index, unsigned id, int width,
                       int height) const;
    /// Called by poll() for each key; null: nobody.
    void set_keyboard(retro_keyboard_event_t callback) { keyboard_ = callback; }

private:
    void pass_on(const qio::ui::KeyEvent& event);
    std::int16_t joypad(unsigned id) const;
    std::int16_t mouse(unsigned id) const;
    std::int16_t touch(unsigned id, int width, int height) const;
    bool button(unsigned bit) const { return buttons_ >> bit & 1; }

    std::mutex mutex_; // guards the next five
    std::uint32_t joypad_held_ = 0;
    std::uint32_t joypad_pressed_ = 0; // since the last poll()
    qio::ui::PointerEvent pointer_held_;
    std::uint16_t buttons_pressed_ = 0;
    std::vector<qio::ui::KeyEvent> keys_waiting_;

    // As of the last poll().
    std::uint32_t joypad_ = 0;
    qio::ui::PointerEvent pointer_;
    std::uint16_t buttons_ = 0;
    int moved_x_ = 0, moved_y_ = 0;
    std::bitset<RETROK_LAST> keys_;
    std::uint16_t modifiers_ = 0;
    retro_keyboard_event_t keyboard_ = nullptr;
};
