// internal: what a console's display tells us, call by call.
#pragma once

#include <functional>
#include <memory>

#include "ui/dbus/incoming.hpp"
#include "ui/dbus/screen.hpp"
#include "ui/display.hpp"

namespace qio::dbus {

/// Answers the calls to org.qemu.Display1.Listener, and to its extension for pictures in
/// shared memory. Pictures in the memory of graphics cards are refused.
///
/// Context: GDBus's thread.
class Listener final : public CallHandler {
public:
    /// `unreadable` is called once, when a picture is in the memory of a graphics card.
    Listener(std::shared_ptr<Screen> screen, std::shared_ptr<ui::Display> display,
             std::function<void()> unreadable)
        : screen_(std::move(screen)), display_(std::move(display)),
          unreadable_(std::move(unreadable)) {}

    std::optional<Answer> answer(const Call& call) override;

private:
    Answer answer_picture(const Call& call);
    Answer refuse_picture();
    Answer answer_shared(const Call& call);
    Result<void> scanout(const Call& call);
    Result<void> update(const Call& call);
    Result<void> scanout_map(const Call& call);
    Result<void> update_map(const Call& call);
    Result<void> define_cursor(const Call& call);
    void set_pointer(const Call& call);

    const std::shared_ptr<Screen> screen_;
    const std::shared_ptr<ui::Display> display_;
    std::function<void()> unreadable_; // empty once it was called
};

} // namespace qio::dbus
