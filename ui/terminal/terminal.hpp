// internal: a text terminal drawn as a display, for what a machine says on a serial port.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "io/base/bytes.hpp"
#include "ui/display.hpp"
#include "ui/terminal/encoding.hpp"

namespace qio::terminal {

/// A terminal of 80 × 24 characters, which understands what a VT220 does, and colours.
/// It takes keys by their keysyms, so a server needs no keyboard layout for it.
///
/// Limits: nothing that the machine writes makes it grow. It draws at most every 16 ms.
/// Context: one, that of the constructor's caller, and of the display's servers.
class Terminal final : private ui::InputSink {
public:
    /// Takes bytes for the machine, in order. It must not call or destroy the terminal.
    using Send = std::function<void(ByteView)>;
    /// The most that `send` is given at a time, and what a receive() is answered at most.
    static constexpr std::size_t max_piece_bytes = 4096;

    explicit Terminal(Send send);
    ~Terminal() override;
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;

    /// What to serve; its input goes to the machine as text.
    const std::shared_ptr<ui::Display>& display() const { return display_; }
    /// What the machine wrote, cut anywhere. It may answer, by `send`.
    void receive(ByteView bytes);
    /// How the machine writes, and reads, from now on; at first it is UTF-8.
    void set_encoding(Encoding encoding);

private:
    void key(const ui::KeyEvent& event) override;
    void pointer(const ui::PointerEvent&) override {}
    void cut_text(std::string utf8) override;
    ui::ResizeAnswer resize_request(int, int) override {
        return ui::ResizeAnswer::prohibited;
    }

    const Send send_;
    const std::shared_ptr<ui::Display> display_;
};

} // namespace qio::terminal
