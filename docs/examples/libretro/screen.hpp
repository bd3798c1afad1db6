// What a libretro core sees of a viewer: its frames, its sound and its input devices.
#pragma once

#include <memory>

#include <ui/display.hpp>

#include "controls.hpp"
#include "core.hpp"

/// Context: the core's thread.
class Screen final : public Host {
public:
    Screen();
    /// Requires: the server of its display is gone.
    ~Screen() override { display_->set_input(nullptr); }
    Screen(const Screen&) = delete;
    Screen& operator=(const Screen&) = delete;

    /// What to serve.
    const std::shared_ptr<qio::ui::Display>& display() const { return display_; }
    bool is_shut_down() const { return is_shut_down_; }

    bool set_pixel_format(retro_pixel_format format) override;
    void show_frame(const void* pixels, int width, int height,
                    std::size_t pitch) override;
    void play_audio(std::span<const std::int16_t> samples, int rate) override;
    void poll_input() override { controls_.poll(); }
    std::int16_t input(unsigned device, unsigned index, unsigned id) override;
    void set_keyboard(retro_keyboard_event_t callback) override {
        controls_.set_keyboard(callback);
    }
    void shut_down() override { is_shut_down_ = true; }

private:
    bool fits(int width, int height) const;
    qio::ui::Rect copy_frame(const void* pixels, std::size_t pitch);

    std::shared_ptr<qio::ui::Display> display_ = std::make_shared<qio::ui::Display>();
    std::shared_ptr<qio::ui::Surface> surface_; // null before the first frame
    pixman_format_code_t format_ = PIXMAN_x1r5g5b5;
    Controls controls_;
    bool is_shut_down_ = false;
};
