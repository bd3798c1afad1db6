// internal: what a client is to be told in updates besides pixels and sizes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "io/base/bytes.hpp"
#include "ui/display-changes.hpp"
#include "ui/pixel-format.hpp"
#include "ui/vnc/client-features.hpp"

namespace qio::vnc {

/// The pointer, the lights, the name, and what is acknowledged, as one client knows them.
/// Of each the latest is told once, and acknowledgements once for each SetEncodings.
class PseudoRectangles {
public:
    /// What is so when the client comes.
    explicit PseudoRectangles(const ui::DisplayChanges& state);

    const std::string& name() const { return name_; }

    /// A SetPixelFormat.
    void set_pixel_format(const ui::PixelFormat& format);
    /// A SetEncodings.
    void set_features(const ClientFeatures& features);
    void display_changed(const ui::DisplayChanges& changes);

    /// Whether there is something to tell.
    bool any() const;
    /// Appends all that is to be told; how many rectangles they were. Units/limits: the
    /// framebuffer's, as the client knows it.
    std::uint16_t append_to(Bytes& out, int width, int height);

    /// What the client was told last: it sends how far the pointer moved, not where it
    /// is.
    bool client_sends_motion() const { return told_mode_ == ui::PointerMode::relative; }
    /// The client may send nine buttons.
    bool extended_mouse_buttons() const { return told_extended_mouse_buttons_; }

private:
    /// Appends rectangles and counts them.
    class Appender;

    bool wants_cursor() const {
        return features_.cursor != CursorKind::none &&
               (cursor_ != nullptr || cursor_sent_ || !visible_);
    }
    void append_acknowledgements(Appender& out, int width, int height);
    void append_pointer(Appender& out, int width, int height);
    void append_cursor(Bytes& out) const;

    ClientFeatures features_;
    ui::PixelConverter converter_;
    std::string name_;
    std::shared_ptr<const ui::Cursor> cursor_;
    bool visible_;
    ui::PointerMode mode_;
    ui::PointerMode told_mode_ = ui::PointerMode::absolute;
    std::optional<ui::LockLeds> leds_;
    std::optional<ui::Point> moved_; // told once
    bool told_extended_mouse_buttons_ = false;
    bool cursor_sent_ = false; // ever: the client no longer draws one of its own
    bool new_cursor_ = false;
    bool new_visibility_ = false;
    bool new_mode_ = false;
    bool new_leds_ = false;
    bool new_name_ = false;
    bool new_extended_keys_ = false;
    bool new_extended_mouse_buttons_ = false;
    bool new_audio_ = false;
};

} // namespace qio::vnc
