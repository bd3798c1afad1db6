// What a client is to be told in updates besides pixels and sizes.
#include "ui/vnc/pseudo-rectangles.hpp"

#include <algorithm>
#include <utility>

#include "ui/vnc/rfb/cursor-writer.hpp"
#include "ui/vnc/rfb/extension-writer.hpp"
#include "ui/vnc/rfb/writer.hpp"

namespace qio::vnc {

namespace {

/// For a client whose picture of the pointer was taken back: a dot, as viewers draw it.
ui::Cursor dot_cursor() {
    constexpr int side = 5;
    constexpr std::uint32_t white = 0xFFFFFFFF, black = 0xFF000000;
    std::vector<std::uint32_t> argb(side * side, white);
    for (int y = 1; y < side - 1; ++y)
        std::fill_n(argb.begin() + y * side + 1, side - 2, black);
    return *ui::Cursor::make(side, side, side / 2, side / 2, std::move(argb));
}

} // namespace

class PseudoRectangles::Appender {
public:
    explicit Appender(Bytes& out) : out_(out) {}

    /// Appends one, once, if it is new.
    template <class Append>
    void once(bool& is_new, Append append) {
        if (!std::exchange(is_new, false))
            return;
        append(out_);
        ++count_;
    }
    std::uint16_t count() const { return count_; }

private:
    Bytes& out_;
    std::uint16_t count_ = 0;
};

PseudoRectangles::PseudoRectangles(const ui::DisplayChanges& state)
    : name_(state.name), cursor_(state.cursor), visible_(state.pointer_visible),
      mode_(state.pointer_mode), leds_(state.leds) {}

void PseudoRectangles::set_pixel_format(const ui::PixelFormat& format) {
    converter_ = ui::PixelConverter(format);
    // The picture of the pointer was in the old format.
    new_cursor_ = wants_cursor();
}

void PseudoRectangles::set_features(const ClientFeatures& features) {
    const auto had = std::exchange(features_, features);
    new_cursor_ = wants_cursor();
    new_visibility_ = features.vmware_cursor_state && !visible_;
    new_mode_ = features.pointer_motion;
    if (!features.pointer_motion)
        told_mode_ = ui::PointerMode::absolute;
    new_leds_ = features.knows_leds() && leds_;
    new_extended_keys_ = features.extended_keys;
    new_extended_mouse_buttons_ = features.extended_mouse_buttons;
    new_audio_ = features.audio;
    // ServerInit has told the name; it may have changed before the client said that it
    // wants to know.
    new_name_ = features.desktop_name && (new_name_ || !had.desktop_name);
    moved_.reset();
}

void PseudoRectangles::display_changed(const ui::DisplayChanges& changes) {
    const bool was_visible = std::exchange(visible_, changes.pointer_visible);
    cursor_ = changes.cursor;
    if (changes.cursor_changed || was_visible != visible_)
        new_cursor_ = wants_cursor();
    if (was_visible != visible_)
        new_visibility_ = features_.vmware_cursor_state;
    if (std::exchange(mode_, changes.pointer_mode) != mode_)
        new_mode_ = features_.pointer_motion;
    leds_ = changes.leds;
    if (changes.leds_changed)
        new_leds_ = features_.knows_leds() && leds_;
    if (changes.pointer_moved &&
        (features_.pointer_position || features_.vmware_cursor_position))
        moved_ = changes.pointer_moved;
    name_ = changes.name;
    new_name_ = new_name_ || (changes.name_changed && features_.desktop_name);
}

bool PseudoRectangles::any() const {
    return new_cursor_ || new_visibility_ || new_mode_ || new_leds_ || new_name_ ||
           new_extended_keys_ || new_extended_mouse_buttons_ || new_audio_ || moved_;
}

std::uint16_t PseudoRectangles::append_to(Bytes& out, int width, int height) {
    Appender appender(out);
    append_acknowledgements(appender, width, height);
    appender.once(new_name_, [&](Bytes& to) { append_desktop_name(to, name_); });
    bool vmware_leds = new_leds_ && features_.vmware_led_state && !features_.led_state;
    bool leds = std::exchange(new_leds_, false) && features_.led_state;
    appender.once(leds, [&](Bytes& to) { append_qemu_led_state(to, *leds_); });
    appender.once(vmware_leds, [&](Bytes& to) { append_vmware_led_state(to, *leds_); });
    append_pointer(appender, width, height);
    return appender.count();
}

void PseudoRectangles::append_acknowledgements(Appender& out, int width, int height) {
    out.once(new_audio_, [&](Bytes& to) { append_qemu_audio(to, width, height); });
    out.once(new_extended_keys_,
             [&](Bytes& to) { append_qemu_extended_key_event(to, width, height); });
    out.once(new_extended_mouse_buttons_, [&](Bytes& to) {
        append_extended_mouse_buttons(to);
        told_extended_mouse_buttons_ = true;
    });
}

void PseudoRectangles::append_pointer(Appender& out, int width, int height) {
    out.once(new_mode_, [&](Bytes& to) {
        told_mode_ = mode_;
        append_qemu_pointer_motion(to, mode_ == ui::PointerMode::absolute, width, height);
    });
    out.once(new_cursor_, [&](Bytes& to) {
        append_cursor(to);
        cursor_sent_ = true;
    });
    out.once(new_visibility_,
             [&](Bytes& to) { append_vmware_cursor_state(to, visible_); });
    bool moved = moved_.has_value();
    out.once(moved, [&](Bytes& to) {
        const int x = std::clamp(moved_->x, 0, std::max(width - 1, 0));
        const int y = std::clamp(moved_->y, 0, std::max(height - 1, 0));
        if (features_.vmware_cursor_position)
            append_vmware_cursor_position(to, x, y);
        else
            append_pointer_position(to, x, y);
    });
    moved_.reset();
}

void PseudoRectangles::append_cursor(Bytes& out) const {
    const auto cursor = !visible_ ? ui::Cursor() : cursor_ ? *cursor_ : dot_cursor();
    const auto kind = cursor.inverts() && features_.vmware_cursor ? CursorKind::vmware
                                                                  : features_.cursor;
    switch (kind) {
    case CursorKind::alpha:
        return append_cursor_with_alpha(out, cursor);
    case CursorKind::vmware:
        return append_vmware_cursor(out, cursor, converter_);
    case CursorKind::x:
        return append_x_cursor(out, cursor);
    case CursorKind::rich:
    case CursorKind::none:
        return vnc::append_cursor(out, cursor, converter_);
    }
}

} // namespace qio::vnc
