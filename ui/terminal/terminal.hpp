// internal: a text terminal drawn as a display, for what a machine says on a serial port.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "io/base/bytes.hpp"
#include "io/core/timer.hpp"
#include "ui/display.hpp"
#include "ui/terminal/decoder.hpp"
#include "ui/terminal/encoding.hpp"
#include "ui/terminal/keys.hpp"
#include "ui/terminal/painter.hpp"
#include "ui/terminal/screen.hpp"
#include "ui/terminal/sequence-guard.hpp"

namespace qio::terminal {

/// A terminal of 80 × 24 characters, which understands what a VT220 does, and colours.
/// It takes keys by their keysyms, so a server needs no keyboard layout for it. The text
/// that a viewer has copied last is typed when it asks for that, as on other terminals:
/// by Shift and Insert, or by the middle button of its mouse.
///
/// Limits: nothing that the machine writes makes it grow. It draws at most every 16 ms.
/// Context: one, that of the constructor's caller, and of the display's servers.
class Terminal final : private ui::InputSink {
public:
    /// Takes bytes for the machine, in order. It must not call or destroy the terminal.
    using Send = std::function<void(ByteView)>;
    /// The most that a key, or a receive(), sends.
    static constexpr std::size_t max_answer_bytes = Screen::max_output_bytes;
    /// Of a viewer's text, which is sent at once; a longer one is not typed, instead of
    /// half of it.
    static constexpr std::size_t max_paste_bytes = 32 * 1024;

    explicit Terminal(Send send);
    ~Terminal() override;
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;

    /// What to serve; its input goes to the machine as text.
    const std::shared_ptr<ui::Display>& display() const { return display_; }
    /// What the machine wrote, cut anywhere. It may answer, by `send`. At worst a byte
    /// costs some microseconds, so a main loop reads a few KiB at a time.
    void receive(ByteView bytes);
    /// How the machine writes, and reads, from now on; at first it is UTF-8.
    void set_encoding(Encoding encoding);

private:
    void key(const ui::KeyEvent& event) override;
    void pointer(const ui::PointerEvent& event) override;
    void cut_text(std::string utf8) override;
    ui::ResizeAnswer resize_request(int, int) override {
        return ui::ResizeAnswer::prohibited;
    }

    void type(const KeyMeaning& meaning);
    void paste();
    void send_output();
    void send_text(std::string_view bytes);
    void show();
    void draw();

    const Send send_;
    const std::shared_ptr<ui::Display> display_;
    Encoding encoding_ = Encoding::utf8;
    Decoder decoder_;
    SequenceGuard guard_;
    Screen screen_;
    Painter painter_;
    Modifiers modifiers_;
    std::string copied_; // by a viewer
    std::uint16_t buttons_ = 0;
    Alarm next_frame_; // set for a while after each
};

} // namespace qio::terminal
