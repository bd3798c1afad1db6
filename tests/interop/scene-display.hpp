// internal: a display that shows the moving picture, and says what viewers do to it.
#pragma once

#include <memory>

#include "io/core/timer.hpp"
#include "tests/interop/conversation.hpp"
#include "ui/display.hpp"

namespace qio::interop {

/// Any viewer that presses F7 makes the picture move to its last step.
///
/// Says "key KEYSYM CODE down|up" (CODE is "-" if it is not known), "pointer X Y
/// BUTTONS", "motion DX DY BUTTONS", "cut TEXT", "wanted", "resize W H" and "power
/// ACTION".
class SceneDisplay final : public ui::InputSink {
public:
    SceneDisplay();
    ~SceneDisplay() override;

    const std::shared_ptr<ui::Display>& display() const { return display_; }
    /// What a driver can have done: step, play, film, size, clipboard, leds, bell, name,
    /// cursor, pointer, relative, tone.
    Commands commands();

    void key(const ui::KeyEvent& event) override;
    void pointer(const ui::PointerEvent& event) override;
    void cut_text(std::string utf8) override;
    ui::ResizeAnswer resize_request(int width, int height) override;
    void pointer_motion(int dx, int dy, std::uint16_t buttons) override;
    void clipboard_wanted() override;
    bool power(ui::PowerAction action) override;

private:
    void show(int step);
    void play();
    void play_film(int pictures);
    void resize(int width, int height);
    void set_cursor(bool visible);
    void start_tone();

    std::shared_ptr<ui::Display> display_ = std::make_shared<ui::Display>();
    std::shared_ptr<ui::Surface> surface_;
    int step_ = 0;
    int film_left_ = 0; // pictures
    Timer player_;
    Timer tone_;
};

} // namespace qio::interop
