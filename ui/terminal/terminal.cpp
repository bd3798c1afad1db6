// A text terminal drawn as a display, for what a machine says on a serial port.
#include "ui/terminal/terminal.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "ui/terminal/paste.hpp"

namespace qio::terminal {

namespace {

constexpr std::chrono::milliseconds frame_interval{16};
constexpr std::size_t max_step_bytes = 4096; // so that what is in between stays small
constexpr std::uint16_t middle_button = 1 << 1;

} // namespace

Terminal::Terminal(Send send)
    : send_(std::move(send)), display_(std::make_shared<ui::Display>()),
      next_frame_([this] { draw(); }) {
    (void)painter_.draw(screen_, screen_.take_damage());
    display_->set_surface(painter_.surface());
    display_->set_input(this);
}

Terminal::~Terminal() {
    display_->set_input(nullptr);
}

void Terminal::set_encoding(Encoding encoding) {
    encoding_ = encoding;
    decoder_.set_encoding(encoding);
}

void Terminal::receive(ByteView bytes) {
    std::string utf8, harmless;
    while (!bytes.empty()) {
        const auto step = bytes.first(std::min(bytes.size(), max_step_bytes));
        bytes = bytes.subspan(step.size());
        utf8.clear();
        harmless.clear();
        decoder_.decode(step, utf8);
        guard_.filter(utf8, harmless);
        screen_.write(harmless);
    }
    send_output();
    show();
}

/// The first change is seen at once, and those that follow closely at the next frame.
void Terminal::show() {
    if (!next_frame_.is_set())
        draw();
}

void Terminal::draw() {
    if (screen_.take_bell())
        display_->bell();
    const auto changed = painter_.draw(screen_, screen_.take_damage());
    for (const auto& rect : changed)
        display_->damage(rect);
    if (!changed.empty())
        next_frame_.set(deadline_after(frame_interval));
}

void Terminal::send_text(std::string_view bytes) {
    if (!bytes.empty())
        send_(as_bytes(bytes));
}

void Terminal::send_output() {
    send_text(screen_.take_output());
}

void Terminal::key(const ui::KeyEvent& event) {
    if (modifiers_.take(event.keysym, event.down) || !event.down)
        return;
    const auto meaning = meaning_of(event.keysym, modifiers_);
    if (meaning.key == VTERM_KEY_INS && meaning.modifiers == VTERM_MOD_SHIFT)
        paste();
    else
        type(meaning);
}

void Terminal::type(const KeyMeaning& meaning) {
    if (meaning.is_character) {
        const auto character = encoded(meaning.character, encoding_);
        send_text(meaning.has_escape ? "\x1B" + character : character);
    } else if (meaning.key != VTERM_KEY_NONE) {
        screen_.press(meaning.key, meaning.modifiers);
        send_output();
    }
}

void Terminal::pointer(const ui::PointerEvent& event) {
    const auto pressed = event.buttons & ~std::exchange(buttons_, event.buttons);
    if ((pressed & middle_button) != 0)
        paste();
}

void Terminal::cut_text(std::string utf8) {
    if (utf8.size() > max_paste_bytes)
        utf8.clear();
    copied_ = std::move(utf8);
}

void Terminal::paste() {
    if (copied_.empty())
        return;
    screen_.begin_paste();
    auto all = screen_.take_output() + typed(copied_, encoding_);
    screen_.end_paste();
    send_text(all + screen_.take_output());
}

} // namespace qio::terminal
