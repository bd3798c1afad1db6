// The demo's display: draws the picture as time goes by and input comes (internal to
// vnc-demo).
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "io/base/error.hpp"
#include "io/core/timer.hpp"
#include "ui/display.hpp"
#include "ui/tools/demo/picture.hpp"

namespace qio::demo {

/// Owns a display and is its input. Context: one, that of the constructor's caller.
class Screen final : private ui::InputSink {
public:
    /// Requires: a size that make_layout() takes. Errors: exhausted.
    static Result<std::unique_ptr<Screen>> create(int width, int height);
    ~Screen() override;

    const std::shared_ptr<ui::Display>& display() const { return display_; }
    /// Draws 30 times a second, as long as `is_watched` says yes.
    void start(std::function<bool()> is_watched);

private:
    using Clock = std::chrono::steady_clock;

    Screen(int width, int height, std::shared_ptr<ui::Surface> surface);

    void key(const ui::KeyEvent& event) override;
    void pointer(const ui::PointerEvent& event) override;
    void cut_text(std::string) override {}
    ui::ResizeAnswer resize_request(int width, int height) override;

    ui::Region draw();
    void show();

    std::shared_ptr<ui::Surface> surface_;
    Picture picture_;
    std::shared_ptr<ui::Display> display_;
    Clock::time_point start_;
    std::function<bool()> is_watched_;
    Timer timer_;
};

} // namespace qio::demo
