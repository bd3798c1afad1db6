// What viewers do: keys, pointer, clipboard text, wishes for another size or state.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "ui/screens.hpp"

namespace qio::ui {

/// One press or release of a key.
struct KeyEvent {
    std::uint32_t keysym = 0; ///< an X11 keysym, 0 if unknown
    /// PC XT set 1 scan code; bit 7 stands for the prefix 0xE0. Empty if the viewer only
    /// knows the keysym.
    std::optional<std::uint32_t> xt_keycode{};
    bool down = false;

    bool operator==(const KeyEvent&) const = default;
};

/// Where the pointer is now, and which buttons are down: bit 0 left, 1 middle, 2 right,
/// 3 wheel up, 4 wheel down, 5 wheel left, 6 wheel right, 7 back, 8 forward.
struct PointerEvent {
    int x = 0; ///< in pixels of the surface the viewer saw last
    int y = 0;
    std::uint16_t buttons = 0;

    bool operator==(const PointerEvent&) const = default;
};

/// The lights of a keyboard: which lock keys are on.
struct LockLeds {
    bool scroll = false;
    bool num = false;
    bool caps = false;

    bool operator==(const LockLeds&) const = default;
};

/// What a viewer may want done to the machine.
enum class PowerAction : std::uint8_t {
    shut_down, ///< as by its power button
    reboot,    ///< by its own means
    reset,     ///< at once
};

/// What becomes of a viewer's wish for another size.
enum class ResizeAnswer : std::uint8_t {
    accepted,         ///< set_surface() with the new layout follows, or has happened
    prohibited,       ///< this display's size cannot be changed by viewers
    out_of_resources, ///< not enough memory for that size
    invalid,          ///< such a size is not possible
};

/// Implemented by the emulator.
///
/// Context: all calls come from the server's main context.
class InputSink {
public:
    virtual ~InputSink() = default;

    virtual void key(const KeyEvent& event) = 0;
    virtual void pointer(const PointerEvent& event) = 0;
    /// A viewer's clipboard has new text: valid UTF-8, lines end in LF, may be empty.
    virtual void cut_text(std::string utf8) = 0;
    virtual ResizeAnswer resize_request(int width, int height) = 0;
    /// A viewer's wish for a size and the screens in it, which passed check(). Unless
    /// this is overridden, wishes for one screen are resize_request()s, others invalid.
    virtual ResizeAnswer layout_request(const ScreenLayout& wish) {
        if (wish.screens.size() != 1)
            return ResizeAnswer::invalid;
        return resize_request(wish.width, wish.height);
    }
    /// The pointer moved by so many pixels, and these buttons are down. Called instead of
    /// pointer() while the display wants PointerMode::relative.
    virtual void pointer_motion(int dx, int dy, std::uint16_t buttons) {
        (void)dx, (void)dy, (void)buttons;
    }
    /// A viewer wants the text that was announced with Display::announce_clipboard().
    /// Display::set_clipboard() answers, now or later.
    virtual void clipboard_wanted() {}
    /// Whether it is being done.
    virtual bool power(PowerAction action) {
        (void)action;
        return false;
    }
};

} // namespace qio::ui
